package logstream.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.StartAt;
import logstream.tail.Glob;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads a stream, or what an agent takes at present, and prints the lines. */
@Command(
        name = "tail",
        description = "Read the stream and print lines as they come: time container source | line.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  What 'logstream run --local' ships (found by itself on 127.0.0.1:4567):",
            "    logstream tail",
            "  One application's last quarter of an hour, then what comes:",
            "    logstream tail logs --region eu-west-1 --from 15m --tag 'grid.live/www-data/*'",
            "  Everything the stream has, as JSON, for a program:",
            "    logstream tail logs --no-follow --json | jq -r .log",
            "  What an agent takes right now, also when nothing reaches the stream:",
            "    logstream tail --agent http://127.0.0.1:24220 --token-file token.txt --grep '(?i)error'",
            "",
            "Lines of one agent are shown in their order, and once even if they were sent twice. Without a",
            "terminal, or with NO_COLOR set, there is no colour.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Read to the end (--no-follow), or nobody reads the output any more",
            "1:The stream is missing or cannot be read, or the agent does not answer",
            "2:Wrong options",
            "130:Ended by Ctrl-C"
        })
final class TailCommand implements Callable<Integer> {
    private static final int PROBE_MILLIS = 300;

    @Parameters(arity = "0..1", paramLabel = "STREAM", description = "Name or ARN. Default: logstream.")
    private @Nullable String stream;

    @Option(
            names = "--endpoint-url",
            paramLabel = "URL",
            description = "Endpoint to ask instead of the region's own. Without it and without STREAM, a local endpoint"
                    + " on 127.0.0.1:4567 is taken if there is one.")
    private @Nullable URI endpoint;

    @Option(names = "--region", paramLabel = "REGION", description = "AWS region. Default: as the AWS tools find it.")
    private @Nullable String region;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            converter = StartOption.class,
            description =
                    "Where to begin: trim-horizon (the oldest there is), latest, how long ago (5m, 2h) or a moment"
                            + " (2026-01-31T09:30:00Z). Default: latest; with --no-follow, or an endpoint on this machine,"
                            + " trim-horizon.")
    private @Nullable StartAt from;

    @Option(
            names = "--tag",
            paramLabel = "GLOB",
            converter = GlobOption.class,
            description = "Only lines with such a tag; * stands for any characters.")
    private @Nullable Glob tag;

    @Option(
            names = "--container",
            paramLabel = "NAME",
            converter = GlobOption.class,
            description = "Only lines of such containers; * stands for any characters.")
    private @Nullable Glob container;

    @Option(
            names = "--agent",
            paramLabel = "URL",
            description = "Watch the lines that this agent takes, instead of a stream: its monitor's address, such as"
                    + " http://127.0.0.1:24220.")
    private @Nullable URI agent;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "With --agent: file with what monitor.token says. An agent with --local wants none.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--grep",
            paramLabel = "REGEX",
            description = "With --agent: only lines in which this is found (RE2; (?i) at its beginning ignores case).")
    private @Nullable String grep;

    @Option(names = "--no-follow", description = "Read what there is now, then end.")
    private boolean noFollow;

    @Option(names = "--json", description = "Print records as they are, one in a line.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        boolean terminal = TerminalText.onTerminal();
        boolean colour =
                terminal && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
        if (agent != null) {
            return watch(agent, new TailFormat(null, null, json, terminal, colour));
        }
        if (tokenFile != null || grep != null) {
            throw new ParameterException(spec.commandLine(), "--token-file and --grep go with --agent");
        }
        KinesisConfig config = config(System.getenv());
        boolean local = config.endpoint() != null && LocalSetting.isLoopback(config.endpoint());
        boolean credentialsGiven = System.getenv().containsKey("AWS_ACCESS_KEY_ID")
                || System.getenv().containsKey("AWS_PROFILE");
        if (local && !credentialsGiven) {
            LocalSetting.provideCredentials();
        }
        StartAt startAt = from != null ? from : noFollow || local ? new StartAt.TrimHorizon() : new StartAt.Latest();
        Tail tail = new Tail(
                new TailOrder(System::nanoTime), new TailFormat(tag, container, json, terminal, colour), noFollow);
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
            tail.run(() -> RecordSource.open(config, startAt), out);
        } catch (IOException nobodyReads) {
            // As with `| head`: whoever closed the pipe has what they wanted.
            return ExitCode.OK;
        }
        return ExitCode.OK;
    }

    private int watch(URI url, TailFormat format) throws Failure {
        if (stream != null || endpoint != null || region != null || from != null || noFollow) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--agent shows what an agent takes from now on: no STREAM, --endpoint-url, --region, --from or"
                            + " --no-follow goes with it");
        }
        AgentTail tail = new AgentTail(url, format, spec.commandLine().getErr());
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
            tail.run(
                    AgentTail.query(
                            Optional.ofNullable(tag).map(Glob::text),
                            Optional.ofNullable(container).map(Glob::text),
                            Optional.ofNullable(grep)),
                    Optional.ofNullable(tokenFile),
                    out);
        } catch (IOException nobodyReads) {
            return ExitCode.OK;
        }
        return ExitCode.OK;
    }

    private KinesisConfig config(Map<String, String> environment) {
        if (endpoint != null && (endpoint.getScheme() == null || endpoint.getHost() == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--endpoint-url '" + endpoint + "' is no URL with a host, such as " + LocalSetting.ENDPOINT);
        }
        URI found = endpoint;
        boolean toldElsewhere =
                environment.containsKey("AWS_ENDPOINT_URL") || environment.containsKey("AWS_ENDPOINT_URL_KINESIS");
        if (found == null && stream == null && !toldElsewhere && answers(LocalSetting.ENDPOINT_PORT)) {
            found = LocalSetting.ENDPOINT;
            spec.commandLine()
                    .getErr()
                    .println("reading the local endpoint at " + found + "; name a STREAM to ask AWS");
            spec.commandLine().getErr().flush();
        }
        String signed = region;
        if (signed == null && found != null && LocalSetting.isLoopback(found)) {
            signed = environment.getOrDefault("AWS_REGION", LocalSetting.REGION);
        }
        return LocalSetting.kinesis(stream == null ? LocalSetting.STREAM : stream, signed, found);
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_MILLIS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }
}
