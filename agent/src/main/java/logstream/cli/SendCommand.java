package logstream.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import logstream.config.Quantity;
import logstream.forward.ListenAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Sends standard input to an agent, line by line. */
@Command(
        name = "send",
        description = "Send standard input to an agent, line by line, as a container would.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  One line:",
            "    echo hello | logstream send",
            "  What a program writes, under a name and tag of its own:",
            "    ./program 2>&1 | logstream send --container-name program --tag grid.dev/me/it:dev/me/it",
            "",
            "Each line is kept until the agent has acknowledged it, that is, has forced it to disk; after a lost",
            "connection it is sent again. Lines are sent whole up to 1020 KiB; longer ones are cut and you are told.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Every line was acknowledged (with --no-ack: sent)",
            "1:No agent answers, or standard input cannot be read",
            "2:Wrong options",
            "3:Some lines are not known to be stored"
        })
final class SendCommand implements Callable<Integer> {
    /** Together with the longest line this stays within the largest event that an agent takes. */
    private static final int MAX_FIELD_BYTES = 1000;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where the agent listens. Default: ${DEFAULT-VALUE}.")
    private HostPort address = new HostPort("127.0.0.1", ListenAddress.DEFAULT_PORT);

    @Option(names = "--tag", paramLabel = "TAG", description = "Tag of the lines. Default: ${DEFAULT-VALUE}.")
    private String tag = StartText.TAG;

    @Option(
            names = "--container-name",
            paramLabel = "NAME",
            description = "Name of the container, as Docker gives it. Default: ${DEFAULT-VALUE}.")
    private String containerName = "/hello";

    @Option(
            names = "--container-id",
            paramLabel = "ID",
            description = "Id of the container. Default: 64 zeros.",
            showDefaultValue = Visibility.NEVER)
    private String containerId = "0".repeat(64);

    @Option(names = "--source", paramLabel = "SOURCE", description = "stdout or stderr. Default: ${DEFAULT-VALUE}.")
    private String source = "stdout";

    @Option(
            names = "--ack-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Longest silence of an agent that owes acks. Default: 60s.")
    private Duration ackTimeout = Duration.ofSeconds(60);

    @Option(
            names = "--no-ack",
            description = "Ask for no acks, as Docker does unless told otherwise: what a crash or a lost connection"
                    + " takes is not noticed.")
    private boolean noAck;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Reads durations as the configuration file does. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Quantity.parseDuration(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException("'" + text + "': " + wrong.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws Failure {
        if (!source.equals("stdout") && !source.equals("stderr")) {
            throw new ParameterException(spec.commandLine(), "--source '" + source + "' is neither stdout nor stderr");
        }
        checkLength("--tag", tag);
        checkLength("--container-name", containerName);
        checkLength("--container-id", containerId);
        ContainerEvents events = new ContainerEvents(tag, containerId, containerName, source, InstantSource.system());
        PrintWriter err = spec.commandLine().getErr();
        InputStream in = new FileInputStream(FileDescriptor.in);
        Sending sending = new Sending(new LineReader(in), events, err);
        return noAck ? sending.withoutAcks(address) : sending.withAcks(address, ackTimeout);
    }

    private void checkLength(String option, String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > MAX_FIELD_BYTES) {
            throw new ParameterException(
                    spec.commandLine(), option + " takes 1 to " + MAX_FIELD_BYTES + " bytes, not " + length);
        }
    }
}
