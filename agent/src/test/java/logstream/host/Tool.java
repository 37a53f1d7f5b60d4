package logstream.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program of the machine, run to its end.
 *
 * @param exitCode 127 when there is no such program
 * @param output standard output and standard error
 */
record Tool(int exitCode, String output) {
    private static final long PATIENCE_SECONDS = 120;

    /** The folder of the whole project. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    static boolean exists(String... command) {
        return run(Map.of(), command).exitCode != 127;
    }

    static Tool run(Map<String, String> environment, String... command) {
        try {
            Path output = Files.createTempFile("logstream-tool", ".txt");
            try {
                ProcessBuilder builder = new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                process.outputWriter().close();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
                return new Tool(process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("error=2")) {
                return new Tool(127, "");
            }
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
