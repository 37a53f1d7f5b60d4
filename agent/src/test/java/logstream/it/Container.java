package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import logstream.engines.DockerEngine;

/**
 * A container whose output goes through Docker's fluentd driver. Test and script give each other signs: files in
 * {@code /signs}. Removed when closed.
 *
 * <p>Threading: confined to one thread.
 */
final class Container implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final DockerEngine docker;
    private final Path signs;
    private final String name;
    private final String id;

    private Container(DockerEngine docker, Path signs, String name, String id) {
        this.docker = docker;
        this.signs = signs;
        this.name = name;
        this.id = id;
    }

    /**
     * Starts a container that runs a script.
     *
     * @param options arguments of {@code docker run}; those with {@code log-opt} in short: {@code tag=x}
     */
    static Container start(String script, String... options) {
        DockerEngine docker = DockerEngine.shared();
        String name = "logstream-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        try {
            Path signs = Files.createTempDirectory("logstream-signs");
            List<String> command = new ArrayList<>(List.of("run", "--detach", "--name=" + name, "--network=host"));
            command.add("--volume=" + signs + ":/signs");
            command.addAll(driver(options));
            command.addAll(List.of(docker.image(), "sh", "-c", script));
            DockerEngine.Finished run = docker.docker(command);
            if (run.exitCode() != 0) {
                docker.docker("rm", "--force", name);
                Files.delete(signs);
            }
            return new Container(docker, signs, name, run.orFail("docker run"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Arguments that choose the driver; options beginning with {@code --} are as they are, others the driver's. */
    static List<String> driver(String... options) {
        return Stream.concat(
                        Stream.of("--log-driver=fluentd"),
                        Stream.of(options).map(option -> option.startsWith("--") ? option : "--log-opt=" + option))
                .toList();
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    /** Makes a sign that the script can wait for: {@code until [ -e /signs/NAME ]}. */
    void sign(String sign) {
        try {
            Files.createFile(signs.resolve(sign));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the script has made a sign: {@code touch /signs/NAME}. */
    void awaitSign(String sign) {
        await("the container's sign " + sign)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(signs.resolve(sign)));
    }

    /** Waits until it has ended, at most a minute; it must have succeeded. */
    void awaitEnd() {
        assertThat(docker.docker("wait", id).orFail("docker wait")).isEqualTo("0");
    }

    @Override
    public void close() {
        docker.docker("rm", "--force", id).orFail("docker rm");
        try (Stream<Path> all = Files.list(signs)) {
            for (Path one : all.toList()) {
                Files.delete(one);
            }
            Files.delete(signs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
