package logstream.deploy.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The built program, jar and libraries as they ship, in processes of their own. */
public final class Program {
    private static final Path JAR = Path.of("target/logstream-deploy.jar").toAbsolutePath();
    private static final long LONGEST_RUN_SECONDS = 60;

    private final Path folder;
    private final URI endpoint;

    /** How it ended, and what it printed. */
    public record Outcome(int exitCode, String out, String err) {}

    /**
     * The program before an endpoint.
     *
     * @param folder for its outputs, and in place of the user's home: no configuration of AWS is there
     */
    public Program(Path folder, URI endpoint) {
        this.folder = folder;
        this.endpoint = endpoint;
    }

    public Outcome run(String... arguments) {
        Process process = start(arguments);
        try {
            if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running: " + String.join(" ", arguments) + "\n" + err());
            }
            return new Outcome(process.exitValue(), out(), err());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Starts it; the caller ends it. */
    public Process start(String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(
                // What is ignored is handed down, an interrupt behind a & of a shell, and Ctrl-C means something here.
                List.of(
                        "env",
                        "--default-signal=INT",
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-Duser.home=" + folder,
                        "-jar",
                        JAR.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--region", "us-east-1", "--endpoint-url", endpoint.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().put("AWS_ACCESS_KEY_ID", "test");
        builder.environment().put("AWS_SECRET_ACCESS_KEY", "secret-of-the-test");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the last started one has printed so far. */
    public String out() {
        return read("out");
    }

    public String err() {
        return read("err");
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
