package logstream.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The built program, started as users get it: the jar and the libraries beside it, on the small heap of its launcher, by
 * the Java that runs the test. A JUnit extension: register one per test class.
 *
 * <p>Invariant: whatever was started during a test has ended when the test has, and what it said is shown if the test
 * failed.
 *
 * <p>Threading: any thread.
 */
public final class Program implements AfterEachCallback {
    private static final int PATIENCE_SECONDS = 60;
    private static final Map<String, String> CREDENTIALS =
            Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "test");

    private final List<AgentProcess> started = new CopyOnWriteArrayList<>();

    /** What a command that ended by itself gave. */
    public record Finished(int exitCode, String output, String errors) {}

    public Program() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAll, "end of the programs"));
    }

    /**
     * Starts {@code logstream run --config} with a configuration made of this YAML, written into the folder, and with
     * credentials that a local endpoint takes.
     */
    public AgentProcess runWith(Path folder, String yaml) {
        return runWith(folder, yaml, Map.of());
    }

    /** The same, with variables of the environment besides. */
    public AgentProcess runWith(Path folder, String yaml, Map<String, String> environment) {
        try {
            Path config = Files.writeString(folder.resolve("logstream.yaml"), yaml);
            ProcessBuilder builder = builder(CREDENTIALS, "run", "--config", config.toString());
            builder.environment().putAll(environment);
            return start(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the program, without any credentials, and leaves it running. */
    public AgentProcess start(String... arguments) {
        return start(builder(Map.of(), arguments));
    }

    private AgentProcess start(ProcessBuilder builder) {
        try {
            AgentProcess agent = new AgentProcess(builder.start());
            started.add(agent);
            return agent;
        } catch (IOException e) {
            throw new UncheckedIOException("the program could not be started", e);
        }
    }

    /** Runs a command to its end, without any credentials, at most a minute. */
    public Finished command(byte[] input, String... arguments) {
        try {
            Path folder = Files.createTempDirectory("logstream-command");
            Path in = Files.write(folder.resolve("in"), input);
            Path out = folder.resolve("out");
            Path err = folder.resolve("err");
            Process process = builder(Map.of(), arguments)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Finished finished = new Finished(ended ? process.exitValue() : -1, text(out), text(err));
            for (Path file : List.of(in, out, err, folder)) {
                Files.delete(file);
            }
            if (!ended) {
                throw new IllegalStateException(String.join(" ", arguments) + " did not end: " + finished);
            }
            return finished;
        } catch (IOException e) {
            throw new UncheckedIOException("the program could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        endAll();
        if (context.getExecutionException().isPresent()) {
            for (AgentProcess agent : started) {
                System.err.println("--- what the program said in " + context.getDisplayName() + " ---");
                agent.said().forEach(System.err::println);
            }
        }
        started.clear();
    }

    private void endAll() {
        started.forEach(AgentProcess::end);
    }

    private static ProcessBuilder builder(Map<String, String> credentials, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                // What is ignored is handed down: a hangup under nohup, an interrupt behind a & of a shell; both mean
                // something here.
                "env",
                "--default-signal=HUP,INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("bin", "java.options").toAbsolutePath(),
                "-Xmx" + heap(List.of(arguments)),
                "-XX:AOTCache=" + built("logstream-agent.aot"),
                "-jar",
                built("logstream-agent.jar").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("LOGSTREAM_"));
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        environment.putAll(credentials);
        return builder;
    }

    /** As agent/bin/logstream has it: only what holds a stream in memory, or reads one, gets more. */
    private static String heap(List<String> arguments) {
        boolean local = arguments.contains("local") || arguments.contains("--local");
        return local ? "192m" : arguments.contains("tail") ? "256m" : "80m";
    }

    private static Path built(String name) {
        Path file = Path.of("target", name).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException(file + " is missing: mvn package makes it");
        }
        return file;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
