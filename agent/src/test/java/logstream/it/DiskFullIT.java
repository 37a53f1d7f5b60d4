package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Engines;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/**
 * A real disk under the buffer, small enough to be filled: for each way in which the buffer can be full, and each policy
 * of overflow, the agent lives, does what the policy says, goes on by itself when there is room again, and its accounts
 * balance.
 */
class DiskFullIT {
    private static final int MIB = 1 << 20;
    private static final int DISK_MEBIBYTES = 12;
    private static final int BALLAST_BYTES = 4 * MIB;
    private static final int MIN_FREE_MEBIBYTES = 6;

    /** More than the disk takes. */
    private static final int BYTES_BEYOND = 2 * DISK_MEBIBYTES * MIB;

    private static final int LINE_BYTES = 8_000;

    /** What bounds the buffer. */
    enum Bound {
        CHUNKS("max_chunks: 4", "min_free: 0"),
        MIN_FREE("max_chunks: 128", "min_free: " + MIN_FREE_MEBIBYTES + "MiB"),
        DISK("max_chunks: 128", "min_free: 0");

        private final String lines;

        Bound(String maxChunks, String minFree) {
            this.lines = maxChunks + "\n  " + minFree;
        }
    }

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @TempDir
    Path folder;

    private Path disk;
    private LocalKinesis kinesis;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        disk = Files.createDirectory(folder.resolve("disk"));
        int mounted =
                run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "logstream-test", disk.toString());
        Engines.require(mounted == 0, "a small disk to fill (only root can mount one)");
        kinesis = LocalKinesis.start(0);
        kinesis.createStream(Yaml.STREAM, 2);
        kinesis.down();
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (kinesis != null) {
            kinesis.close();
        }
        // Lazily: after a failure the agent still has files open.
        run("umount", "--lazy", disk.toString());
    }

    private AgentProcess agent(Bound bound, String overflow) throws IOException {
        URI endpoint = kinesis.endpoint();
        String yaml = Yaml.of(disk.resolve("buffer"), endpoint, "1MiB")
                .replace("buffer:\n", "buffer:\n  " + bound.lines + "\n  overflow: " + overflow + "\n");
        return PROGRAM.runWith(folder, yaml);
    }

    private static AckedLoad load(AgentProcess agent) throws IOException {
        return AckedLoad.start(agent.forwardPort(), 4, Duration.ZERO, LINE_BYTES, new Random(2), count -> {});
    }

    @ParameterizedTest
    @EnumSource(Bound.class)
    @Symptom("Containers hang when they write")
    void aFullBufferMakesSendersWait(Bound bound) throws IOException, InterruptedException {
        Path ballast = Files.write(disk.resolve("ballast"), new byte[BALLAST_BYTES]);
        AgentProcess agent = agent(bound, "block");
        try (AckedLoad load = load(agent)) {
            long untilFull = awaitStandstill(load);
            assertThat(untilFull).as("events taken before it was full").isGreaterThan(200);
            assertThat(gauge(agent, "logstream_buffer_waiting_connections"))
                    .as("connections that wait for room, or for an ack")
                    .isBetween(0.0, 4.0);
            if (bound == Bound.CHUNKS) {
                assertThat(gauge(agent, "logstream_buffer_chunks"))
                        .as("where the alert rings")
                        .isGreaterThan(0.8 * gauge(agent, "logstream_buffer_max_chunks"));
            }
            checkReserve(bound, agent);

            Files.delete(ballast);
            if (bound != Bound.CHUNKS) {
                await("intake after room was made")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> load.acknowledgedCount() > untilFull + 50);
            }
            long untilFullAgain = awaitStandstill(load);
            checkReserve(bound, agent);

            kinesis.up();
            await("intake after Kinesis took the buffer")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> load.acknowledgedCount() > untilFullAgain + 1_000);
            assertThat(load.finish()).as("every connection got its last ack").isTrue();
            assertThat(load.failure()).as("a connection that broke").isEmpty();
            everythingArrives(load, agent);
            assertThat(gauge(agent, "logstream_events_dropped_total{cause=\"overflow\"}"))
                    .isZero();
            endsInOrder(agent);
        }
    }

    private void checkReserve(Bound bound, AgentProcess agent) {
        if (bound == Bound.MIN_FREE) {
            long reserve = (long) MIN_FREE_MEBIBYTES * MIB;
            assertThat(disk.toFile().getUsableSpace()).isGreaterThan(reserve - 64 * 1024);
            assertThat(gauge(agent, "logstream_buffer_disk_free_bytes")).isGreaterThan(reserve - 64 * 1024.0);
            assertThat(gauge(agent, "logstream_buffer_disk_shortages_total")).isPositive();
            assertThat(agent.output()).contains("kept_free=" + reserve, "buffer.min_free");
        }
    }

    @ParameterizedTest
    @EnumSource(Bound.class)
    void theOldestChunksGoAndIntakeGoesOn(Bound bound) throws IOException, InterruptedException {
        AgentProcess agent = agent(bound, "drop_oldest_chunk");
        try (AckedLoad load = load(agent)) {
            long events = 2L * BYTES_BEYOND / LINE_BYTES;
            await("intake that never stands still")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> load.acknowledgedCount() > events);
            double dropped = gauge(agent, "logstream_events_dropped_total{cause=\"overflow\"}");
            assertThat(dropped).as("events given up for room").isPositive();
            assertThat(disk.resolve("buffer").resolve("dead-letters")).doesNotExist();

            kinesis.up();
            assertThat(load.finish()).as("every connection got its last ack").isTrue();
            assertThat(load.failure()).as("a connection that broke").isEmpty();
            Accounting.awaitBalance(agent);
            double droppedInAll = gauge(agent, "logstream_events_dropped_total{cause=\"overflow\"}");
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                await("all that was not dropped")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() ->
                                records.keysByEvent().size() == Math.round(load.acknowledgedCount() - droppedInAll));
                assertThat(load.acknowledged())
                        .containsAll(records.keysByEvent().keySet());
                Duplicates.none(records.keysByEvent());
            }
            endsInOrder(agent);
        }
    }

    @ParameterizedTest
    @EnumSource(Bound.class)
    @Symptom("`logstream_events_dropped_total{cause=\"overflow\"}` grows")
    void newEventsWithoutAckGoAndOthersWait(Bound bound) throws IOException, InterruptedException {
        AgentProcess agent = agent(bound, "drop_newest");
        try (Socket unasked = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort())) {
            long events = BYTES_BEYOND / LINE_BYTES;
            for (long event = 0; event < events; event++) {
                unasked.getOutputStream().write(message(event));
            }
            await("all of them read, though the buffer is full")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> gauge(agent, "logstream_events_received_total") == events);
            await("some of them dropped")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> gauge(agent, "logstream_events_dropped_total{cause=\"overflow\"}") > 0);
            try (AckedLoad load = load(agent)) {
                awaitStandstill(load);
                double before = gauge(agent, "logstream_events_dropped_total{cause=\"overflow\"}");
                unasked.getOutputStream().write(message(events));
                await("one more dropped beside those that wait")
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> gauge(agent, "logstream_events_dropped_total{cause=\"overflow\"}") == before + 1);

                kinesis.up();
                long waited = load.acknowledgedCount();
                await("those that waited")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> load.acknowledgedCount() > waited + 500);
                assertThat(load.finish())
                        .as("every connection got its last ack")
                        .isTrue();
                assertThat(load.failure()).as("a connection that broke").isEmpty();
                Accounting.awaitBalance(agent);
                try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                    await("the acknowledged events")
                            .atMost(Duration.ofSeconds(60))
                            .pollInterval(Duration.ofMillis(200))
                            .until(() -> records.keysByEvent().keySet().containsAll(load.acknowledged()));
                }
                endsInOrder(agent);
            }
        }
    }

    /** As Docker's driver sends it without {@code fluentd-request-ack}. */
    private static byte[] message(long event) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(4).packString(AckedLoad.TAG).packLong(1_700_000_000L);
            packer.packMapHeader(2).packString("event").packString("unasked-" + event);
            packer.packString("log").packString("x".repeat(LINE_BYTES));
            packer.packMapHeader(0);
            return packer.toByteArray();
        }
    }

    @Test
    void ofAFolderThatIsRemovedUnderLoadNothingIsLostUncounted() throws IOException, InterruptedException {
        kinesis.up();
        AgentProcess agent = agent(Bound.CHUNKS, "block");
        // No more than a fresh agent sends at once: its few chunks must not be full when the endpoint goes away.
        try (AckedLoad load = AckedLoad.start(
                agent.forwardPort(), 4, Duration.ofMillis(20), LINE_BYTES, new Random(2), count -> {})) {
            await("some load").until(() -> load.acknowledgedCount() > 200);
            assertThat(run("rm", "-rf", disk.resolve("buffer").toString())).isZero();
            long then = load.acknowledgedCount();
            await("intake after that")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> load.acknowledgedCount() > then + 200);
            assertThat(agent.output()).contains("was removed");
            // A sealed chunk that was removed while it was read is lost with the process: let it be read to its end.
            long old = load.acknowledgedCount();
            await("all from before, delivered or counted")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> gauge(agent, "logstream_records_delivered_total")
                                    + gauge(agent, "logstream_events_dropped_total{cause=\"damaged\"}")
                            >= old);
            kinesis.down();
            long without = load.acknowledgedCount();
            await("more in the new folder")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> load.acknowledgedCount() > without + 50);
            double lost = gauge(agent, "logstream_events_dropped_total{cause=\"damaged\"}");
            agent.kill9();
            kinesis.up();
            AgentProcess again = agent(Bound.CHUNKS, "block");
            Accounting.awaitBalance(again);
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                Set<String> missing = new HashSet<>(load.acknowledged());
                missing.removeAll(records.keysByEvent().keySet());
                assertThat((double) missing.size())
                        .as("acknowledged events that are missing, at most those that the agent counted as lost")
                        .isLessThanOrEqualTo(lost);
                Duplicates.onlyWithTheSameKey(records.keysByEvent());
            }
            endsInOrder(again);
        }
    }

    private void everythingArrives(AckedLoad load, AgentProcess agent) {
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            await("the acknowledged events")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> records.keysByEvent().keySet().containsAll(load.acknowledged()));
            Accounting.awaitBalance(agent);
            assertThat(records.keysByEvent().keySet()).isEqualTo(load.acknowledged());
            Duplicates.none(records.keysByEvent());
        }
    }

    private static void endsInOrder(AgentProcess agent) {
        assertThat(agent.terminate()).as("exit code").isZero();
    }

    private static double gauge(AgentProcess agent, String name) {
        return Objects.requireNonNull(agent.metrics().get(name), name);
    }

    /** Waits until no ack has come for two seconds; returns how many there are. */
    private static long awaitStandstill(AckedLoad load) {
        AtomicLong before = new AtomicLong(-1);
        await("the buffer to be full")
                .pollInterval(Duration.ofMillis(200))
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    long now = load.acknowledgedCount();
                    return now == before.getAndSet(now);
                });
        return load.acknowledgedCount();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
