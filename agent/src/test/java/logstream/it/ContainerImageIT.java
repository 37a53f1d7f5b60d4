package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import logstream.engines.DockerEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The image, built and run by a real Docker engine: what is in it, and that an agent in it loses nothing. */
class ContainerImageIT {
    /** Goal for what is pulled. */
    private static final long MOST_COMPRESSED = 90_000_000;

    private static final int CONNECTIONS = 8;
    private static final String MEMORY = "167772160";

    @TempDir
    private Path folder;

    private final DockerEngine docker = DockerEngine.shared();
    private String volume = "";

    @BeforeEach
    void nameVolume() {
        volume = "logstream-test-" + ProcessHandle.current().pid() + "-" + folder.getFileName();
    }

    @AfterEach
    void removeVolume() {
        docker.docker("volume", "rm", "--force", volume).orFail("docker volume rm");
    }

    /** What happens to the agent under load. */
    enum Blow {
        STOPPED,
        KILLED,
        REPLACED
    }

    @Test
    void itSaysWhatItIs() {
        String image = AgentImage.built();
        assertThat(inspect(image, "{{.Config.User}}")).isEqualTo("10001:10001");
        assertThat(inspect(image, "{{json .Config.Entrypoint}}")).isEqualTo("[\"/opt/logstream/bin/logstream-agent\"]");
        assertThat(inspect(image, "{{json .Config.Cmd}}"))
                .isEqualTo("[\"run\",\"--config\",\"/etc/logstream/logstream.yml\"]");
        assertThat(inspect(image, "{{json .Config.Healthcheck.Test}}")).startsWith("[\"CMD\",");
        assertThat(inspect(image, "{{json .Config.ExposedPorts}}")).isEqualTo("{\"24220/tcp\":{},\"24224/tcp\":{}}");
        assertThat(inspect(image, "{{json .Config.Volumes}}"))
                .isEqualTo("{\"/etc/logstream\":{},\"/var/lib/logstream\":{}}");
        assertThat(inspect(image, "{{json .Config.Labels}}"))
                .contains(
                        "org.opencontainers.image.title\":\"logstream\"",
                        "org.opencontainers.image.licenses\":\"Apache-2.0\"",
                        "org.opencontainers.image.version",
                        "org.opencontainers.image.revision",
                        "org.opencontainers.image.created");
    }

    /** What a scanner, or an intruder, looks for. */
    @Test
    void thereIsNothingInItButTheAgent() throws IOException {
        List<Entry> entries = entries();
        // Docker's own, for each container.
        entries.removeIf(
                one -> one.path().matches("\\.dockerenv|(dev|proc|sys)(/.*)?|etc/(hostname|hosts|resolv.conf|mtab)"));

        assertThat(entries)
                .filteredOn(one -> one.mode().matches(".*[sStT].*"))
                .as("setuid, setgid, sticky")
                .isEmpty();
        assertThat(entries)
                .filteredOn(one -> one.mode().charAt(8) == 'w' && one.mode().charAt(0) != 'l')
                .as("writable for everybody")
                .isEmpty();
        assertThat(entries)
                .filteredOn(one -> !one.owner().equals("0/0"))
                .extracting(Entry::path)
                .as("not root's, so that the agent may change it")
                .containsExactlyInAnyOrder("etc/logstream/", "var/lib/logstream/");
        assertThat(entries)
                .filteredOn(Entry::isProgram)
                .extracting(Entry::path)
                .as("what can be executed, but for libraries")
                .containsExactlyInAnyOrder(
                        "opt/logstream/bin/logstream",
                        "opt/logstream/bin/logstream-agent",
                        "opt/logstream/bin/logstream-health");
        assertThat(entries)
                .filteredOn(one ->
                        !one.path().startsWith("opt/logstream/") && one.mode().startsWith("-"))
                .as("files besides the program: the C library, and who runs it")
                .hasSizeLessThan(20);
    }

    @Test
    void itIsSmall() throws IOException {
        AtomicLong bytes = new AtomicLong();
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int one) {
                bytes.incrementAndGet();
            }

            @Override
            public void write(byte[] block, int from, int count) {
                bytes.addAndGet(count);
            }
        };
        Path archive = folder.resolve("image.tar");
        docker.docker("save", "--output", archive.toString(), AgentImage.built())
                .orFail("docker save");
        try (InputStream in = Files.newInputStream(archive);
                GZIPOutputStream out = new GZIPOutputStream(counting)) {
            in.transferTo(out);
        }
        System.out.println("The image has " + bytes.get() / 1_000_000 + " MB compressed, "
                + Files.size(archive) / 1_000_000 + " MB unpacked.");
        assertThat(bytes.get()).isLessThan(MOST_COMPRESSED);
    }

    @Test
    void linesOfAContainerReachTheStream() throws IOException {
        try (AgentContainer endpoint = AgentContainer.endpoint();
                AgentContainer agent = AgentContainer.agent(
                        config(endpoint, ""), volume, "--health-interval=1s", "--health-retries=1");
                StreamRecords records = StreamRecords.open(endpoint.endpointUri(), Yaml.STREAM)) {
            int port = agent.forwardPort();
            try (Container container = Container.start(
                    "seq 1 500",
                    "fluentd-address=127.0.0.1:" + port,
                    "tag=" + AckedLoad.TAG,
                    "fluentd-request-ack=true")) {
                container.awaitEnd();
                await("the container's lines")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> records.all().size() >= 500);
            }
            assertThat(records.all())
                    .extracting(one -> one.json().path("log").asText())
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 500)
                            .mapToObj(Integer::toString)
                            .toList());

            await("healthy")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> agent.inspect("{{.State.Health.Status}}").equals("healthy"));
            hasNoRights(agent);
            assertThat(agent.command("buffer", "ls").orFail("buffer ls")).contains("nothing is left to be read");
            assertThat(agent.exec("/bin/sh", "-c", "true").output()).contains("no such file or directory");
            assertThat(agent.stop()).as("exit code after SIGTERM").isZero();
            assertThat(agent.said()).contains("stopped: every line is delivered");
        }
    }

    /** What the kernel says of the process. */
    private static void hasNoRights(AgentContainer agent) throws IOException {
        String status = Files.readString(Path.of("/proc", agent.inspect("{{.State.Pid}}"), "status"));
        assertThat(status)
                .containsPattern("Uid:\\s+10001\\s+10001\\s+10001\\s+10001")
                .containsPattern("Gid:\\s+10001\\s+10001\\s+10001\\s+10001")
                .containsPattern("CapEff:\\s+0{16}")
                .containsPattern("NoNewPrivs:\\s+1");
        assertThat(agent.inspect("{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Memory}}"))
                .isEqualTo("true " + MEMORY);
    }

    @ParameterizedTest
    @EnumSource(Blow.class)
    void underLoadNothingAcknowledgedIsLost(Blow blow) throws IOException {
        strike(blow, new Random(blow.name().hashCode()));
    }

    @Tag("proof")
    @RepeatedTest(30)
    void inThirtyRoundsNothingAcknowledgedIsLost(RepetitionInfo round) throws IOException {
        int number = round.getCurrentRepetition();
        strike(Blow.values()[number % Blow.values().length], new Random(number));
    }

    private void strike(Blow blow, Random random) throws IOException {
        try (AgentContainer endpoint = AgentContainer.endpoint();
                StreamRecords records = StreamRecords.open(endpoint.endpointUri(), Yaml.STREAM)) {
            Path config = config(endpoint, "");
            Set<String> acknowledged;
            AgentContainer agent = AgentContainer.agent(config, volume);
            try {
                acknowledged = loadUntil(blow, agent, random);
                if (blow == Blow.REPLACED) {
                    agent.close();
                    agent = AgentContainer.agent(config, volume);
                    agent.awaitListening(1);
                } else {
                    agent.startAgain();
                    agent.awaitListening(2);
                }
                Set<String> missing = new HashSet<>(acknowledged);
                await("what was acknowledged is in the stream")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .untilAsserted(() -> {
                            missing.removeAll(records.keysByEvent().keySet());
                            assertThat(missing).isEmpty();
                        });
                assertThat(agent.inspect("{{.State.OOMKilled}}")).isEqualTo("false");
                assertThat(agent.stop()).as("exit code").isZero();
                Duplicates.onlyWithTheSameKey(records.keysByEvent());
            } finally {
                agent.close();
            }
        }
    }

    private static Set<String> loadUntil(Blow blow, AgentContainer agent, Random random) throws IOException {
        long after = 3_000L + random.nextInt(3_000);
        try (AckedLoad load = AckedLoad.start(agent.forwardPort(), CONNECTIONS, Duration.ZERO, 4_000, random, count -> {
            if (count == after && blow != Blow.STOPPED) {
                agent.kill();
            }
        })) {
            if (blow == Blow.STOPPED) {
                await("load").atMost(Duration.ofSeconds(60)).until(() -> load.acknowledgedCount() >= after);
                assertThat(agent.stop()).as("exit code under load").isZero();
            } else {
                assertThat(agent.exitCode()).as("exit code of SIGKILL").isEqualTo(137);
            }
            assertThat(agent.inspect("{{.State.OOMKilled}}"))
                    .as("killed for its memory")
                    .isEqualTo("false");
            assertThat(load.finish()).isTrue();
            assertThat(load.acknowledged()).hasSizeGreaterThanOrEqualTo((int) after);
            return load.acknowledged();
        }
    }

    /** Started with the volumes of the image that it takes the place of. */
    @Test
    void whatAFluentdLeftIsTold() throws IOException {
        readable(Files.createDirectories(folder.resolve("td-agent")));
        Files.writeString(folder.resolve("td-agent/td-agent.conf"), "<source>\n  type forward\n</source>\n");
        readable(Files.createDirectories(folder.resolve("fluent")));
        Files.writeString(folder.resolve("fluent/logstream.q5286f5a4b2c10.buffer"), "");
        String[] volumes = {
            "--volume=" + folder.resolve("td-agent") + ":/etc/td-agent",
            "--volume=" + folder.resolve("fluent") + ":/var/log/fluent"
        };
        List<String> drop = new ArrayList<>(List.of("run", "--rm", "--network=host"));
        drop.addAll(List.of(volumes));
        drop.add(AgentImage.built());
        DockerEngine.Finished refused = docker.docker(drop);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output())
                .contains("/etc/logstream/logstream.yml")
                .contains("logstream convert-config /etc/td-agent/td-agent.conf --output /etc/logstream/logstream.yml");

        try (AgentContainer endpoint = AgentContainer.endpoint();
                AgentContainer agent = AgentContainer.agent(config(endpoint, ""), volume, volumes)) {
            agent.forwardPort();
            assertThat(agent.said())
                    .contains("/var/log/fluent holds 1 chunk file that a fluentd has not sent")
                    .contains("logstream buffer import /var/log/fluent --config /etc/logstream/logstream.yml");
        }
    }

    /** zstd's native library is there, although nothing can be unpacked. */
    @Test
    void zstdNeedsNoFolderToUnpackTo() throws IOException {
        try (AgentContainer endpoint = AgentContainer.endpoint();
                AgentContainer agent = AgentContainer.agent(config(endpoint, "  compression: zstd\n"), volume)) {
            assertThat(agent.forwardPort()).isPositive();
        }
    }

    private Path config(AgentContainer endpoint, String kinesis) throws IOException {
        String yaml = Yaml.of(folder, endpoint.endpointUri())
                .replaceFirst("directory: .*", "directory: /var/lib/logstream/buffer")
                .replace("monitor:\n  port: 0", "monitor:\n  port: " + freePort())
                .replace("  region: us-east-1\n", "  region: us-east-1\n" + kinesis);
        return readable(Files.writeString(folder.resolve("logstream.yml"), yaml));
    }

    /** The health check must know it before. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The agent in the container is another user. */
    private static Path readable(Path path) throws IOException {
        String rights = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }

    private String inspect(String image, String format) {
        return docker.docker("image", "inspect", "--format=" + format, image).orFail("docker inspect");
    }

    /** A line of {@code tar --list --verbose}: mode, owner, size, date, time, path. */
    private record Entry(String mode, String owner, String path) {
        static Entry of(String line) {
            String[] words = line.split("\\s+", 6);
            return new Entry(words[0], words[1], words[5]);
        }

        boolean isProgram() {
            return mode.startsWith("-") && mode.contains("x") && !path.matches(".*\\.so(\\.\\d+)*");
        }
    }

    private List<Entry> entries() throws IOException {
        String id = docker.docker("create", AgentImage.built()).orFail("docker create");
        try {
            Path archive = folder.resolve("container.tar");
            docker.docker("export", "--output", archive.toString(), id).orFail("docker export");
            Process tar = new ProcessBuilder(
                            "tar", "--list", "--verbose", "--numeric-owner", "--file", archive.toString())
                    .start();
            List<Entry> entries = new ArrayList<>();
            try (var lines = tar.inputReader()) {
                lines.lines().map(Entry::of).forEach(entries::add);
            }
            assertThat(entries).hasSizeGreaterThan(50);
            return entries;
        } finally {
            docker.docker("rm", "--volumes", id).orFail("docker rm");
        }
    }
}
