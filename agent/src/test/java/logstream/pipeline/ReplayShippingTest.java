package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterSelection;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DeadLetterCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is replayed, or drained, as the stream sees it: a real buffer, and a shipper driven step by step. */
class ReplayShippingTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    private final Metrics metrics = new Metrics();
    private final Queue<Runnable> requests = new ArrayDeque<>();
    private final Map<String, String> accepted = new HashMap<>();
    private long now = System.nanoTime();
    private long appended;
    private Buffer buffer;
    private Shipper shipper;

    @BeforeEach
    void open() throws IOException {
        buffer = Buffer.open(
                new BufferConfig(
                        folder,
                        1 << 20,
                        8,
                        BufferConfig.Overflow.BLOCK,
                        BufferConfig.MinFree.NONE,
                        BufferConfig.Sync.NEVER,
                        Duration.ofMillis(100),
                        64 << 20,
                        Duration.ofDays(1)),
                metrics);
        shipper = shipper();
    }

    private Shipper shipper() {
        return new Shipper(
                buffer,
                this::accept,
                requests::add,
                KinesisConfig.of("logs"),
                Duration.ofSeconds(10),
                metrics,
                () -> now);
    }

    @AfterEach
    void close() {
        buffer.close();
    }

    private PutOutcome accept(List<OutgoingRecord> records) {
        List<RecordResult> results = new ArrayList<>();
        for (OutgoingRecord record : records) {
            String text = new String(record.data(), StandardCharsets.UTF_8);
            assertThat(accepted.put(record.key(), text))
                    .as("twice under one key")
                    .isNull();
            results.add(new RecordResult.Accepted("shardId-000000000000", "1"));
        }
        return new PutOutcome.Answered(results);
    }

    private void append(FrameKind kind, byte[] payload) throws Exception {
        FrameBatch batch = new FrameBatch(1 << 10);
        Pieces.add(batch, kind, payload);
        appended++;
        buffer.awaitDurable(buffer.append(batch));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void run(long nanos) {
        now = Math.max(now, System.nanoTime());
        long end = now + nanos;
        while (now - end < 0) {
            long wait = shipper.step(now);
            if (requests.isEmpty()) {
                now += Math.max(wait, 1_000_000);
            } else {
                requests.remove().run();
            }
        }
        shipper.step(now);
    }

    private void assertBalance() {
        assertThat(metrics.recordsDelivered.sum()
                        + metrics.eventsMerged.sum()
                        + metrics.deadLettered(DeadLetterCause.REFUSED).sum()
                        + buffer.bufferedFrames()
                        - shipper.doneNotReleased())
                .as("delivered + merged + dead-lettered + buffered")
                .isEqualTo(appended + metrics.created(CreateCause.REPLAYED).sum());
    }

    @Test
    void aRecordGoesOutUnderTheKeyThatItHad() throws Exception {
        buffer.keepDeadLetters(List.of(new DeadLetter("its-key", "refused", "why", Instant.now(), utf8("again"))));
        buffer.takeOutDeadLetters(DeadLetterSelection.ALL, new Replay(buffer, metrics, count -> true));
        run(SECOND);

        assertThat(accepted).isEqualTo(Map.of("its-key", "again"));
        assertBalance();
    }

    /** Its key is that of the first piece's frame, as if it had been sent from there. */
    @Test
    void theLineOfAReplayedChunkIsWholeUnderItsKey() throws Exception {
        for (byte[] piece : Pieces.of("a", utf8("<1><2><3>"), 3)) {
            append(FrameKind.PIECE, piece);
        }
        append(FrameKind.RECORD, new byte[1 << 20]);
        String key = RecordKey.of(buffer.identity(), 0, 0);
        boolean more = true;
        while (more) {
            more = buffer.read() != null;
        }
        long aside = buffer.setAsideOldestChunk("full");
        metrics.deadLettered(DeadLetterCause.REFUSED).add(aside);
        assertThat(aside).isEqualTo(4);
        buffer.release(5);

        buffer.takeOutDeadLetters(DeadLetterSelection.ALL, new Replay(buffer, metrics, count -> true));
        run(SECOND);

        assertThat(accepted.keySet()).containsExactly(key);
        assertThat(accepted.get(key)).contains("\"log\":\"<1><2><3>\"");
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void aFrameThatHoldsNothingGoesToTheDeadLetters() throws Exception {
        append(FrameKind.KEYED, new byte[] {1, 0});
        append(FrameKind.RECORD, utf8("behind it"));
        run(SECOND);

        assertThat(accepted.values()).containsExactly("behind it");
        assertThat(metrics.deadLettered(DeadLetterCause.REFUSED).sum()).isEqualTo(1);
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    @Test
    void aDrainEndsTheLinesThatAreOpen() throws Exception {
        append(FrameKind.PIECE, Pieces.payload("open", 1, false, utf8("the beginning")));
        append(FrameKind.RECORD, utf8("{\"log\":\"x\"}"));
        run(SECOND);
        assertThat(accepted).hasSize(1);

        buffer.closeIntake();
        shipper.shipEverything();
        run(SECOND);

        assertThat(accepted).hasSize(2);
        assertThat(accepted.values()).anyMatch(record -> record.contains("\"log\":\"the beginning\""));
        assertThat(shipper.awaitDrained(Duration.ZERO)).isTrue();
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    @Test
    void anEndInAHurryLeavesThemForTheNextStart() throws Exception {
        append(FrameKind.PIECE, Pieces.payload("open", 1, false, utf8("the beginning")));
        buffer.closeIntake();
        shipper.hurry();
        run(SECOND);

        assertThat(accepted).isEmpty();
        assertThat(shipper.awaitDrained(Duration.ZERO)).isTrue();
        assertThat(buffer.bufferedFrames()).isEqualTo(1);
    }

    /** What is appended and not yet durable may have the rest of a line. */
    @Test
    void aDrainDoesNotEndALineBeforeAllIsRead() throws Exception {
        shipper.shipEverything();
        for (byte[] piece : Pieces.of("a", utf8("<1><2><3>"), 3)) {
            append(FrameKind.PIECE, piece);
        }
        run(SECOND);

        assertThat(accepted.values()).singleElement().asString().contains("\"log\":\"<1><2><3>\"");
    }
}
