package logstream.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that sends records with a client library of another language, as somebody's application would. The programs,
 * and what they send, are test resources in the folder {@code clients}.
 *
 * <p>Threading: any thread.
 */
public final class ForwardClient {
    /**
     * System property or environment variable: a folder with the {@code node_modules} that {@code npm ci} makes of
     * {@code clients/package.json}.
     */
    public static final String NODE_CLIENTS = "NODE_CLIENTS";

    private static final String PYTHON = "/usr/bin/python3";
    private static final Path GO_PATH = Path.of("/usr/share/gocode");
    private static final int PATIENCE_SECONDS = 60;

    private static @Nullable Path goProgram;

    private final List<String> command;
    private final Map<String, String> environment;

    private ForwardClient(List<String> command, Map<String, String> environment) {
        this.command = command;
        this.environment = environment;
    }

    /** fluent-logger for Python as Debian packages it, run by Debian's own interpreter. */
    public static ForwardClient python() {
        boolean available =
                Files.isExecutable(Path.of(PYTHON)) && run(List.of(PYTHON, "-c", "import fluent.sender"), Map.of()).ok;
        Engines.require(available, "fluent-logger for " + PYTHON + " (Debian: apt-get install python3-fluent-logger)");
        return new ForwardClient(List.of(PYTHON, resource("client-python.py").toString()), Map.of());
    }

    /** npm's {@code @fluent-org/logger}. */
    public static ForwardClient nodeFluentOrg() {
        return node("client-fluent-org.js");
    }

    /** npm's {@code fluent-logger}. */
    public static ForwardClient nodeFluentLogger() {
        return node("client-fluent-logger.js");
    }

    /** fluent-logger-golang as Debian packages it. The program is built once per JVM, and deleted with it. */
    public static ForwardClient go() {
        Engines.require(
                EngineProcess.isOnPath("go")
                        && Files.isDirectory(GO_PATH.resolve("src/github.com/fluent/fluent-logger-golang")),
                "fluent-logger-golang (Debian: apt-get install golang-go golang-github-fluent-fluent-logger-golang-dev)");
        return new ForwardClient(List.of(goProgram().toString()), Map.of());
    }

    /** The folder whose modules a program for node finds; the test is skipped, or fails, without it. */
    public static Path nodeModules() {
        Optional<Path> modules = Optional.ofNullable(System.getProperty(NODE_CLIENTS, System.getenv(NODE_CLIENTS)))
                .map(folder -> Path.of(folder, "node_modules"))
                .filter(folder -> Files.isDirectory(folder.resolve("@fluent-org/logger")));
        Engines.require(
                modules.isPresent() && EngineProcess.isOnPath("node"),
                "node, or the clients for it (" + NODE_CLIENTS + " names no folder with their node_modules)");
        return modules.orElseThrow();
    }

    /**
     * Sends records and ends. Returns when the library says that all are sent, or acknowledged.
     *
     * @param address {@code tcp://HOST:PORT} or {@code unix:///PATH}
     * @param options words that the program knows, with commas between them
     * @param records names of records that the program knows
     * @return the version of the library
     */
    public String send(String address, String tag, String options, List<String> records) {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(address, tag, options, String.join(",", records)));
        return run(whole, environment).orFail(String.join(" ", whole));
    }

    private static ForwardClient node(String program) {
        return new ForwardClient(
                List.of("node", resource(program).toString()),
                Map.of("NODE_PATH", nodeModules().toString()));
    }

    private static synchronized Path goProgram() {
        Path known = goProgram;
        if (known != null) {
            return known;
        }
        try {
            Path folder = Files.createTempDirectory("logstream-go");
            Path program = folder.resolve("client");
            // In the reverse of this order.
            folder.toFile().deleteOnExit();
            program.toFile().deleteOnExit();
            List<String> build = List.of(
                    "go",
                    "build",
                    "-o",
                    program.toString(),
                    resource("client-go.go").toString());
            run(build, Map.of("GO111MODULE", "off", "GOPATH", GO_PATH.toString(), "GOFLAGS", "", "CGO_ENABLED", "0"))
                    .orFail("go build");
            goProgram = program;
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path resource(String name) {
        URL url = Objects.requireNonNull(ForwardClient.class.getResource("clients/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How a program ended, and what it said. */
    private record Ended(boolean ok, String output) {
        String orFail(String what) {
            if (!ok) {
                throw new IllegalStateException(what + " failed: " + output);
            }
            return output.strip();
        }
    }

    private static Ended run(List<String> command, Map<String, String> environment) {
        try {
            Path output = Files.createTempFile("logstream-client", ".txt");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (!ended) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                }
                return new Ended(ended && process.exitValue() == 0, Files.readString(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
