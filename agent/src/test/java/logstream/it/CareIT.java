package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The built program takes secrets out of lines, and cuts containers that are too loud. */
class CareIT {
    private static final int LINES = 3_000;

    /** Within the time of a test a second's worth of this is one line. */
    private static final String LIMIT = "record: {rate_limit: [{tags: grid.loud, lines: 1, burst: 100s}]}\n";

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @TempDir
    Path folder;

    private static double metric(AgentProcess agent, String name) {
        return Objects.requireNonNull(agent.metrics().get(name), name);
    }

    private static double cut(AgentProcess agent) {
        return metric(agent, "logstream_events_dropped_total{cause=\"rate_limit\"}");
    }

    private static String[] lines(int count) {
        return IntStream.range(0, count).mapToObj(one -> "line " + one).toArray(String[]::new);
    }

    private static List<JsonNode> of(StreamRecords records, String container, String source) {
        return records.all().stream()
                .map(StreamRecords.Found::json)
                .filter(one -> one.path("container_name").asText().equals(container))
                .filter(one -> one.path("source").asText().equals(source))
                .toList();
    }

    private static void reload(AgentProcess agent, Path file, String yaml, int count) throws Exception {
        Files.writeString(file, yaml);
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(agent.pid()))
                        .start()
                        .waitFor())
                .isZero();
        await("reload")
                .atMost(Duration.ofSeconds(30))
                .until(() -> metric(agent, "logstream_config_reloads_total") == count);
    }

    @Test
    void aLoudContainerIsCutAndAQuietOneLosesNothing() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 1);
            String base = Yaml.of(folder, kinesis.endpoint());
            AgentProcess agent = PROGRAM.runWith(folder, base + LIMIT);
            long cut;
            try (ContainerConnection loud = new ContainerConnection(agent.forwardPort(), "loud", "grid.loud");
                    ContainerConnection quiet = new ContainerConnection(agent.forwardPort(), "quiet", "grid.quiet");
                    StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                for (int block = 0; block < LINES; block += 100) {
                    loud.send(lines(100));
                    quiet.send(lines(100));
                }
                await("all read")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> metric(agent, "logstream_events_received_total") == 2 * LINES);
                cut = Math.round(cut(agent));
                assertThat(cut).isBetween(LINES - 1_000L, LINES - 100L);
                await("the notice, in the container's name")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> !of(records, "/loud", "logstream").isEmpty());
                Accounting.awaitBalance(agent);
                assertThat(of(records, "/quiet", "stdout")).hasSize(LINES);
                assertThat(of(records, "/loud", "stdout")).hasSize(Math.toIntExact(LINES - cut));
                assertThat(of(records, "/loud", "logstream")).singleElement().satisfies(notice -> {
                    assertThat(notice.path("tag").asText()).isEqualTo("grid.loud");
                    assertThat(notice.path("cause").asText()).isEqualTo("rate_limit");
                    assertThat(notice.path("dropped").asLong()).isEqualTo(cut);
                    assertThat(notice.path("log").asText())
                            .startsWith(cut + " events of this container were lost")
                            .endsWith("over record.rate_limit (1 lines/s)");
                });
                assertThat(agent.output()).contains("container \"loud\" with tag \"grid.loud\" sends more than");

                reload(agent, folder.resolve("logstream.yaml"), base, 1);
                loud.send(lines(LINES));
                await("all of it, without a limit")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> of(records, "/loud", "stdout").size() == 2 * LINES - cut);
                assertThat(Math.round(cut(agent))).isEqualTo(cut);
                Accounting.awaitBalance(agent);
                assertThat(metric(agent, "logstream_connections_opened_total")).isEqualTo(2);
            }
            assertThat(agent.terminate()).isZero();
        }
    }

    /** The stream is away: what is written lies on the disk. */
    @Test
    void whatIsTakenOutIsNowhere() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 1);
            kinesis.down();
            String base = Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB");
            AgentProcess agent = PROGRAM.runWith(
                    folder,
                    base
                            + "record: {redact: [passwords, card_numbers, {rule: orders, pattern: 'order-[0-9]+'}], lift_json: true}\n");
            try (ContainerConnection web = new ContainerConnection(agent.forwardPort(), "web", "grid.web")) {
                web.send(
                        "login password=hunter2 ok",
                        "{\"password\":\"hunter2\",\"card\":\"4111 1111 1111 1111\"}",
                        "order-77231 " + "x".repeat(40_000) + " password=hunter2",
                        "plain");
                await("all on disk").until(() -> metric(agent, "logstream_events_appended_total") == 4);
            }
            assertNoFileHasASecret();
            kinesis.up();
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                await("all in the stream")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> records.all().size() == 4);
                Accounting.awaitBalance(agent);
                assertThat(records.all())
                        .extracting(StreamRecords.Found::text)
                        .anyMatch(text -> text.contains("\"log\":\"login password=[redacted:passwords] ok\""))
                        .anyMatch(text -> text.contains(
                                "\"password\":\"[redacted:passwords]\",\"card\":\"[redacted:card_numbers]\""))
                        .anyMatch(text -> text.contains("\"log\":\"[redacted:orders] xxx"))
                        .anyMatch(text -> text.contains("\"log\":\"plain\""))
                        .noneMatch(CareIT::hasSecret);
                assertThat(agent.monitorPage("/metrics"))
                        .contains(
                                "logstream_redacted_total{rule=\"passwords\"} 3.0",
                                "logstream_redacted_total{rule=\"card_numbers\"} 1.0",
                                "logstream_redacted_total{rule=\"orders\"} 1.0");
            }
            agent.kill9();
            assertThat(agent.output()).doesNotContain("hunter2");
            assertNoFileHasASecret();
        }
    }

    private void assertNoFileHasASecret() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("buffer"))) {
            List<Path> written = files.filter(Files::isRegularFile).toList();
            assertThat(written).isNotEmpty().noneMatch(CareIT::fileHasSecret);
        }
    }

    private static boolean hasSecret(String text) {
        return text.contains("hunter2") || text.contains("4111 1111") || text.contains("77231");
    }

    private static boolean fileHasSecret(Path file) {
        try {
            return hasSecret(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }
}
