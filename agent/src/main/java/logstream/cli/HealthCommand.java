package logstream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import logstream.config.ConfigException;
import logstream.config.ConfigFile;
import logstream.metrics.MonitorConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks the agent of this host, or of this container, whether it lives. */
@Command(
        name = "health",
        description = "Ask the running agent whether it lives: GET /healthz on its monitoring port. For health checks where"
                + " there is no curl, such as in the image.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Where the configuration has another monitor.port than 24220:",
            "    logstream health --config /etc/logstream/logstream.yml",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:It lives", "1:It does not answer, or not with 200", "2:Wrong options or wrong configuration"})
final class HealthCommand implements Callable<Integer> {
    /** Shorter than what health checks are given: its sentence is worth more than being killed. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The agent's configuration, which names the monitoring port. Default: 24220.")
    private @Nullable Path config;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        MonitorConfig monitor = config == null ? MonitorConfig.DEFAULT : monitor(config);
        if (monitor.port() == 0) {
            throw new Failure(
                    ExitCode.USAGE, "monitor.port is 0: which port the system chose, only the agent's log says");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(ask(monitor));
        out.flush();
        return ExitCode.OK;
    }

    private static MonitorConfig monitor(Path file) throws Failure {
        try {
            return ConfigFile.read(file).monitor();
        } catch (ConfigException wrong) {
            throw new Failure(ExitCode.USAGE, String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static String ask(MonitorConfig monitor) throws Failure {
        String address = "port " + monitor.port();
        try {
            // An agent that listens on every address also listens on loopback.
            InetAddress bound = InetAddress.getByName(monitor.bind());
            InetAddress host = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
            URL page = new URI("http", null, host.getHostAddress(), monitor.port(), "/healthz", null, null).toURL();
            address = page.toString();
            int status = status(page);
            if (status == HttpURLConnection.HTTP_OK) {
                return "ok";
            }
            throw new Failure(ExitCode.FAILED, address + " answered " + status);
        } catch (IOException | java.net.URISyntaxException e) {
            throw new Failure(ExitCode.FAILED, "no answer from " + address + ": " + e.getMessage(), e);
        }
    }

    private static int status(URL page) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) page.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) PATIENCE.toMillis());
        connection.setReadTimeout((int) PATIENCE.toMillis());
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
