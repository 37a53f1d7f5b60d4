package logstream.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import logstream.engines.DockerEngine;
import org.jspecify.annotations.Nullable;

/**
 * The agent's image, built once in the JVM by its own script and without a registry, from the program that was built.
 *
 * <p>Threading: {@link #built} may be called from any thread.
 */
final class AgentImage {
    private static final Duration LONGEST_BUILD = Duration.ofMinutes(10);
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static @Nullable String name;

    private AgentImage() {}

    /** Its name in the shared engine. */
    static synchronized String built() {
        if (name == null) {
            String wanted = "logstream-test/agent:" + ProcessHandle.current().pid();
            build(wanted);
            Runtime.getRuntime().addShutdownHook(new Thread(AgentImage::remove, "end of the agent's image"));
            name = wanted;
        }
        return name;
    }

    private static void build(String tag) {
        DockerEngine docker = DockerEngine.shared();
        try {
            Path log = Files.createTempFile("logstream-image", ".log");
            ProcessBuilder builder = new ProcessBuilder(
                            ROOT.resolve("images/container/build").toString(), "--offline", tag)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            docker.host().ifPresent(host -> builder.environment().put("DOCKER_HOST", host));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process build = builder.start();
            boolean ended = build.waitFor(LONGEST_BUILD.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                build.destroyForcibly().waitFor();
            }
            String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            Files.delete(log);
            if (!ended || build.exitValue() != 0) {
                throw new IllegalStateException("images/container/build failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** From an engine of our own it goes with the engine, perhaps before. */
    private static void remove() {
        DockerEngine docker = DockerEngine.shared();
        if (docker.host().isEmpty()) {
            docker.docker("image", "rm", "--force", String.valueOf(name), "logstream-build/jdk:local");
        }
    }
}
