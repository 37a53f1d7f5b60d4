package logstream.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs the local Kinesis endpoint alone. */
@Command(
        name = "local",
        description = "Run only a local Kinesis endpoint, in memory, for trying out and for tests.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Two streams, and a look at them with the AWS CLI (any credentials and region will do):",
            "    logstream local --stream lines:4 --stream other:1",
            "    aws kinesis list-streams --endpoint-url http://127.0.0.1:4567",
            "",
            "Data is in memory and bounded; it ends with the process. SIGTERM or Ctrl-C ends it.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Ended by a signal", "1:The port is taken", "2:Wrong options"})
final class LocalCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortOption.class,
            description = "Port on 127.0.0.1; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int port = LocalSetting.ENDPOINT_PORT;

    @Option(
            names = "--stream",
            paramLabel = "NAME:SHARDS",
            converter = StreamToCreate.Converter.class,
            description = "Stream to create; may be given more than once. Default: logstream:2.")
    private List<StreamToCreate> streams = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private record StreamToCreate(String name, int shards) {
        private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_.-]{1,128}):(\\d{1,4})");
        private static final int MAX_SHARDS = 1000;

        static final class Converter implements ITypeConverter<StreamToCreate> {
            @Override
            public StreamToCreate convert(String text) {
                Matcher matcher = FORM.matcher(text);
                if (!matcher.matches()) {
                    throw new TypeConversionException("'" + text + "' is no NAME:SHARDS, such as lines:4");
                }
                int shards = Integer.parseInt(matcher.group(2));
                if (shards < 1 || shards > MAX_SHARDS) {
                    throw new TypeConversionException(shards + " shards are not in 1 to " + MAX_SHARDS);
                }
                return new StreamToCreate(matcher.group(1), shards);
            }
        }
    }

    @Override
    public Integer call() throws Failure {
        List<StreamToCreate> wanted = streams.isEmpty()
                ? List.of(new StreamToCreate(LocalSetting.STREAM, LocalSetting.SHARDS))
                : streams.stream().distinct().toList();
        Signals signals = Signals.take();
        try (LocalEndpoint endpoint = LocalEndpoint.open(port, "--port")) {
            for (StreamToCreate stream : wanted) {
                endpoint.create(stream.name, stream.shards);
            }
            String names = wanted.stream()
                    .map(stream -> stream.name + " (" + stream.shards + ")")
                    .collect(Collectors.joining(", "));
            // Read by tests and scripts: the form stays as it is.
            spec.commandLine().getOut().println("listening " + endpoint.uri() + " streams: " + names);
            spec.commandLine().getOut().flush();
            signals.await();
        }
        return ExitCode.OK;
    }
}
