package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import logstream.engines.DockerEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Puppet module applied for real, with the agent's own image, from a bare host to one that is cleaned up. */
class PuppetIT {
    private static final String IMAGE = "logstream-test/agent:1";
    private static final int MEBIBYTES = 160;
    private static final String CONTAINER = "logstream";

    @TempDir
    Path folder;

    private final DockerEngine docker = DockerEngine.shared();
    private final Instant begin = Instant.now();
    private final int port = freePort();
    private final int monitorPort = freePort();

    @BeforeEach
    void haveTheImageAsAFile() throws IOException {
        assertThat(docker.docker("container", "inspect", CONTAINER).exitCode())
                .as("a container %s is there, and not ours", CONTAINER)
                .isNotZero();
        docker.docker("tag", AgentImage.built(), IMAGE).orFail("docker tag");
        docker.docker("save", "--output", folder.resolve("image.tar").toString(), IMAGE)
                .orFail("docker save");
        docker.docker("image", "rm", IMAGE).orFail("docker image rm");
    }

    @AfterEach
    void leaveNothing() {
        docker.docker("rm", "--force", CONTAINER);
        docker.docker("image", "rm", "--force", IMAGE);
    }

    @Test
    void fromABareHostToACleanOne() throws IOException {
        try (PuppetHost host = PuppetHost.start(docker, folder)) {
            setsUp(host);
            loadsAChangedConfiguration(host);
            refusesABrokenConfiguration(host);
            refusesWhatTheImageDoesNotTake(host);
            replacesTheContainer(host);
            comesBackByItself(host);
            cleansUp(host);
        }
    }

    private void setsUp(PuppetHost host) throws IOException {
        Path daemonJson = Files.createDirectories(host.file("/etc/docker")).resolve("daemon.json");
        Files.writeString(daemonJson, "{\"debug\": true}");
        host.hiera(hiera("grid.**", MEBIBYTES));

        assertThat(apply(host)).isEqualTo(PuppetHost.CHANGED);

        assertThat(host.run("systemctl", "is-active", "logstream").output().strip())
                .isEqualTo("active");
        assertThat(host.run("systemctl", "is-enabled", "logstream").output().strip())
                .isEqualTo("enabled");
        assertThat(host.run("systemd-analyze", "verify", "logstream.service").orFail("systemd-analyze"))
                .isEmpty();
        assertThat(
                        inspect(
                                "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.NetworkMode}}"
                                        + " {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}}"
                                        + " {{range .HostConfig.Ulimits}}{{.Name}}={{.Soft}}:{{.Hard}}{{end}} {{.HostConfig.LogConfig.Type}} {{.HostConfig.CapDrop}}"))
                .isEqualTo("10001:10001 true host 167772160 167772160 1000000000 nofile=4096:4096 none [ALL]");
        assertThat(Files.getAttribute(folder.resolve("data"), "unix:uid")).isEqualTo(10001);
        assertThat(Files.readString(daemonJson))
                .contains("\"debug\": true", "\"log-driver\": \"fluentd\"", "\"fluentd-address\": \"127.0.0.1:" + port);

        assertThat(apply(host)).as("a second time").isEqualTo(PuppetHost.NOTHING_CHANGED);
        assertThat(signals()).isEmpty();
    }

    private void loadsAChangedConfiguration(PuppetHost host) throws IOException {
        String before = container();
        try (Socket connection = connect()) {
            host.hiera(hiera("app.**", MEBIBYTES));

            assertThat(apply(host)).isEqualTo(PuppetHost.CHANGED);

            assertStillOpen(connection);
        }
        assertThat(Files.readString(config())).contains("app.**");
        assertThat(container()).isEqualTo(before);
        assertThat(signals()).containsExactly("1");
    }

    private void refusesABrokenConfiguration(PuppetHost host) throws IOException {
        String before = container();
        String old = Files.readString(config());
        host.hiera(hiera("app.**", MEBIBYTES) + "  shutdown: {no_such_setting: 1}\n");

        DockerEngine.Finished applied = host.apply("logstream", "logstream::log_driver");

        assertThat(applied.exitCode() & PuppetHost.FAILED).as(applied.output()).isNotZero();
        assertThat(applied.output()).contains("no_such_setting");
        assertThat(Files.readString(config())).isEqualTo(old);
        assertThat(container()).isEqualTo(before);
        assertThat(signals()).containsExactly("1");
        try (Socket connection = connect()) {
            assertStillOpen(connection);
        }
    }

    /** The image is another one, here one that has no {@code check} at all: the container stays the old one. */
    private void refusesWhatTheImageDoesNotTake(PuppetHost host) throws IOException {
        String before = container();
        host.hiera(hiera("app.**", MEBIBYTES).replace(IMAGE, docker.image()));

        DockerEngine.Finished applied = host.apply("logstream", "logstream::log_driver");

        assertThat(applied.exitCode() & PuppetHost.FAILED).as(applied.output()).isNotZero();
        assertThat(Files.readString(host.file("/etc/systemd/system/logstream.service")))
                .contains(IMAGE);
        assertThat(container()).isEqualTo(before);
    }

    private void replacesTheContainer(PuppetHost host) throws IOException {
        String before = container();
        host.hiera(hiera("app.**", 2 * MEBIBYTES));

        assertThat(apply(host)).isEqualTo(PuppetHost.CHANGED);

        assertThat(container()).isNotEqualTo(before);
        assertThat(inspect("{{.HostConfig.Memory}}")).isEqualTo(Integer.toString((2 * MEBIBYTES) << 20));
    }

    private void comesBackByItself(PuppetHost host) {
        String before = container();
        docker.docker("kill", "--signal=KILL", CONTAINER).orFail("docker kill");

        await("another container")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> host.run("systemctl", "is-active", "--quiet", "logstream")
                                        .exitCode()
                                == 0
                        && !container().equals(before));
    }

    private void cleansUp(PuppetHost host) throws IOException {
        Path chunk = Files.writeString(folder.resolve("data/chunk"), "a line");
        host.hiera(
                hiera("app.**", 2 * MEBIBYTES) + "logstream::ensure: absent\nlogstream::log_driver::ensure: absent\n");

        assertThat(apply(host)).isEqualTo(PuppetHost.CHANGED);

        assertThat(docker.docker("container", "inspect", CONTAINER).exitCode()).isNotZero();
        assertThat(docker.docker("image", "inspect", IMAGE).exitCode()).isNotZero();
        assertThat(host.file("/etc/systemd/system/logstream.service")).doesNotExist();
        assertThat(folder.resolve("config")).doesNotExist();
        assertThat(Files.readString(host.file("/etc/docker/daemon.json")))
                .contains("debug")
                .doesNotContain("log-");
        assertThat(Files.readString(chunk)).isEqualTo("a line");

        assertThat(apply(host)).as("a second time").isEqualTo(PuppetHost.NOTHING_CHANGED);
    }

    /** Gives the exit code; what Puppet said is shown when something failed. */
    private static int apply(PuppetHost host) {
        DockerEngine.Finished applied = host.apply("logstream", "logstream::log_driver");
        assertThat(applied.exitCode()).as(applied.output()).isIn(PuppetHost.NOTHING_CHANGED, PuppetHost.CHANGED);
        return applied.exitCode();
    }

    private String hiera(String tags, int mebibytes) {
        return """
                logstream::image: %s
                logstream::image_archive: %s
                logstream::config_dir: %s
                logstream::data_dir: %s
                logstream::port: %d
                logstream::monitor_port: %d
                logstream::memory: %dm
                # A machine of tests may allow no more.
                logstream::nofile: 4096
                logstream::environment: {AWS_ACCESS_KEY_ID: test, AWS_SECRET_ACCESS_KEY: test}
                logstream::settings:
                  kinesis: {stream: logs, region: eu-west-1, endpoint_url: 'http://127.0.0.1:1'}
                  record: {tags: ['%s']}
                """.formatted(
                        IMAGE,
                        folder.resolve("image.tar"),
                        folder.resolve("config"),
                        folder.resolve("data"),
                        port,
                        monitorPort,
                        mebibytes,
                        tags);
    }

    private Path config() {
        return folder.resolve("config/logstream.yml");
    }

    /** The container, and when it began: another one after each restart. */
    private String container() {
        return inspect("{{.Id}} {{.State.StartedAt}}");
    }

    private String inspect(String format) {
        return docker.docker("container", "inspect", "--format", format, CONTAINER)
                .output()
                .strip();
    }

    /** The signals that the agent's containers were sent by somebody who asked for it, in their order. */
    private List<String> signals() {
        return docker.docker(
                        "events",
                        "--since=" + begin.getEpochSecond(),
                        "--until=" + Instant.now().plusSeconds(1).getEpochSecond(),
                        "--filter=container=" + CONTAINER,
                        "--filter=event=kill",
                        "--format={{.Actor.Attributes.signal}}")
                .orFail("docker events")
                .lines()
                .toList();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static void assertStillOpen(Socket connection) throws IOException {
        connection.setSoTimeout(100);
        assertThatThrownBy(() -> connection.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }
}
