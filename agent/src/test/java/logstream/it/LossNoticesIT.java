package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Whoever reads the stream finds in it how many events are missing from it, and why. */
class LossNoticesIT {
    private static final int FLOOD = 600;
    private static final int FLOOD_LINE_BYTES = 8_000;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @TempDir
    Path folder;

    private LocalKinesis kinesis;

    @BeforeEach
    void open() throws IOException {
        kinesis = LocalKinesis.start(0);
        kinesis.createStream(Yaml.STREAM, 2);
    }

    @AfterEach
    void close() {
        kinesis.close();
    }

    private static double metric(AgentProcess agent, String name) {
        return Objects.requireNonNull(agent.metrics().get(name), name);
    }

    private static double dropped(AgentProcess agent, String cause) {
        return metric(agent, "logstream_events_dropped_total{cause=\"" + cause + "\"}");
    }

    private static double created(AgentProcess agent) {
        return metric(agent, "logstream_events_created_total{cause=\"loss_notice\"}");
    }

    /** As Docker's driver sends it without {@code fluentd-request-ack}. */
    private static byte[] message(String tag, int lineBytes) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(4).packString(tag).packLong(1_700_000_000L);
            packer.packMapHeader(1).packString("log").packString("x".repeat(lineBytes));
            packer.packMapHeader(0);
            return packer.toByteArray();
        }
    }

    /** An entry whose record is no map. */
    private static byte[] noEvent() throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(2).packString("grid.app").packArrayHeader(1);
            packer.packArrayHeader(2).packLong(1_700_000_000L).packString("no map");
            return packer.toByteArray();
        }
    }

    private static Map<String, Long> sums(List<JsonNode> notices) {
        return notices.stream()
                .collect(Collectors.groupingBy(
                        one -> one.path("cause").asText(),
                        Collectors.summingLong(one -> one.path("dropped").asLong())));
    }

    @Test
    void whatWasDroppedWithoutAStreamIsToldWhenItIsBack() throws IOException {
        kinesis.down();
        String yaml = Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB")
                .replace("forward:\n", "forward:\n  max_event_size: 64KiB\n")
                .replace("buffer:\n", "buffer:\n  max_chunks: 3\n  overflow: drop_newest\n");
        AgentProcess agent = PROGRAM.runWith(folder, yaml);
        try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort())) {
            OutputStream out = sender.getOutputStream();
            for (int one = 0; one < 3; one++) {
                out.write(message("other.app", 10));
            }
            for (int one = 0; one < 2; one++) {
                out.write(message("grid.app", 100_000));
            }
            for (int one = 0; one < 4; one++) {
                out.write(noEvent());
            }
            for (int one = 0; one < FLOOD; one++) {
                out.write(message("grid.app", FLOOD_LINE_BYTES));
            }
            await("everything read, though the buffer is full")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> metric(agent, "logstream_events_received_total") == 9 + FLOOD);
        }
        Map<String, Long> lost = Map.of(
                "unmatched_tag",
                3L,
                "too_large",
                2L,
                "invalid",
                4L,
                "overflow",
                Math.round(dropped(agent, "overflow")));
        lost.forEach((cause, count) -> {
            assertThat(count).as(cause).isPositive();
            assertThat(dropped(agent, cause)).as(cause).isEqualTo(count.doubleValue());
        });

        kinesis.up();
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            await("each loss told in the stream")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> sums(records.lossNotices()).equals(lost));
            Accounting.awaitBalance(agent);
            assertThat(created(agent)).isEqualTo(records.lossNotices().size());
            assertThat(agent.terminate()).as("exit code").isZero();
            assertThat(sums(records.lossNotices())).as("nothing is told twice").isEqualTo(lost);
            assertThat(records.all())
                    .hasSize(FLOOD
                            - Math.toIntExact(Objects.requireNonNull(lost.get("overflow")))
                            + records.lossNotices().size());
        }
    }

    @Test
    void anAgentThatEndsTellsWhatItHasNotToldYet() throws IOException {
        String yaml = Yaml.of(folder, kinesis.endpoint());
        loseThreeAndEnd(yaml);
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            assertThat(records.all()).hasSize(1);
            assertThat(sums(records.lossNotices())).isEqualTo(Map.of("unmatched_tag", 3L));
        }
    }

    @Test
    void aStreamOfNothingButLinesStaysSo() throws IOException {
        loseThreeAndEnd(Yaml.of(folder, kinesis.endpoint()) + "record:\n  loss_notices: false\n");
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            assertThat(records.all()).isEmpty();
        }
    }

    private void loseThreeAndEnd(String yaml) throws IOException {
        AgentProcess agent = PROGRAM.runWith(folder, yaml);
        try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort())) {
            for (int one = 0; one < 3; one++) {
                sender.getOutputStream().write(message("other.app", 10));
            }
        }
        await("three events without a matching tag").until(() -> dropped(agent, "unmatched_tag") == 3);
        assertThat(agent.terminate()).as("exit code").isZero();
    }

    @Test
    @Symptom("`logstream_events_dropped_total{cause=\"damaged\"}` grows")
    void whatTheDiskLostBetweenTwoRunsIsTold() throws IOException {
        kinesis.down();
        String yaml = Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB");
        AgentProcess agent = PROGRAM.runWith(folder, yaml);
        try (AckedLoad load = AckedLoad.start(agent.forwardPort(), 2, Duration.ZERO, 300, new Random(5), count -> {})) {
            await("acks").atMost(Duration.ofSeconds(30)).until(() -> load.acknowledgedCount() >= 200);
            assertThat(load.finish()).isTrue();
        }
        agent.kill9();
        damageTheMiddle();
        kinesis.up();

        AgentProcess again = PROGRAM.runWith(folder, yaml);
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            await("the notice")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> !records.lossNotices().isEmpty());
            Accounting.awaitBalance(again);
            assertThat(sums(records.lossNotices())).isEqualTo(Map.of("damaged", Math.round(dropped(again, "damaged"))));
        }
    }

    private void damageTheMiddle() throws IOException {
        List<Path> chunks;
        try (Stream<Path> files = Files.list(folder.resolve("buffer"))) {
            chunks = files.filter(file -> file.toString().endsWith(".chunk")).toList();
        }
        assertThat(chunks).hasSize(1);
        byte[] bytes = Files.readAllBytes(chunks.getFirst());
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(AckedLoad.TAG, bytes.length / 2);
        assertThat(at).isPositive();
        bytes[at] ^= 1;
        Files.write(chunks.getFirst(), bytes);
    }
}
