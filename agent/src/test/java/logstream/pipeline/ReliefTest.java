package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A full buffer under {@code overflow: drop_oldest_chunk}, with a shipper behind it: intake goes on, accounts balance. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReliefTest {
    private static final int RECORD_BYTES = 10_000;
    private static final long MILLISECOND = 1_000_000L;

    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics();
    private final Queue<Runnable> requests = new ArrayDeque<>();
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    private boolean up;
    private long now = System.nanoTime();
    private Buffer buffer;
    private Shipper shipper;

    @BeforeEach
    void open() throws IOException {
        BufferConfig config = new BufferConfig(
                folder,
                1 << 20,
                3,
                BufferConfig.Overflow.DROP_OLDEST_CHUNK,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.NEVER,
                Duration.ofMillis(100),
                64 << 20,
                Duration.ofDays(1));
        buffer = Buffer.open(config, metrics);
        shipper = new Shipper(
                buffer, this::put, requests::add, KinesisConfig.of("logs"), Duration.ofSeconds(10), metrics, () -> now);
    }

    @AfterEach
    void close() {
        buffer.close();
        senders.shutdownNow();
    }

    private PutOutcome put(List<OutgoingRecord> records) {
        if (!up) {
            return new PutOutcome.Unavailable("connection refused");
        }
        List<RecordResult> results = new ArrayList<>();
        records.forEach(record -> results.add(new RecordResult.Accepted("shardId-000000000000", "1")));
        return new PutOutcome.Answered(results);
    }

    private Future<Long> send(int count) {
        return senders.submit(() -> {
            long end = 0;
            for (int record = 0; record < count; record++) {
                FrameBatch batch = new FrameBatch(RECORD_BYTES + 100);
                int at = batch.begin();
                batch.reserve(at, RECORD_BYTES);
                batch.end(FrameKind.RECORD, at + RECORD_BYTES);
                end = buffer.append(batch);
            }
            buffer.awaitDurable(end);
            return end;
        });
    }

    /** One turn of the shipper; the clock goes on by a millisecond, or to when it has something to do. */
    private void turn() {
        now += Math.max(Math.min(shipper.step(now), 100 * MILLISECOND), MILLISECOND);
    }

    private void runUntilDone(Future<Long> sending) {
        while (!sending.isDone()) {
            turn();
            answerAll();
        }
    }

    private void answerAll() {
        while (!requests.isEmpty()) {
            requests.remove().run();
        }
    }

    private long dropped() {
        return metrics.dropped(DropCause.OVERFLOW).sum();
    }

    @Test
    void intakeGoesOnWithoutAStreamAndTheNewestIsKept() throws Exception {
        Future<Long> sending = send(1000);
        runUntilDone(sending);

        assertThat(sending.get()).isEqualTo(1000);
        assertThat(dropped()).isBetween(650L, 850L);
        assertThat(buffer.bufferedFrames()).isEqualTo(1000 - dropped());
        assertThat(metrics.deadLettered(DeadLetterCause.RETRIES_EXHAUSTED).sum())
                .isZero();

        up = true;
        while (buffer.bufferedFrames() > 0) {
            turn();
            answerAll();
        }
        assertThat(metrics.recordsDelivered.sum() + dropped()).isEqualTo(1000);
    }

    @Test
    void whatIsInFlightIsAnsweredFirst() throws Exception {
        up = true;
        Future<Long> first = send(200);
        first.get();
        while (requests.isEmpty()) {
            turn();
        }
        int underWay = shipper.inFlight();
        Future<Long> second = send(200);
        await().until(buffer::isOverflowing);

        for (int turns = 0; turns < 20; turns++) {
            turn();
        }
        assertThat(dropped()).as("not while requests are under way").isZero();
        assertThat(shipper.inFlight()).as("and no new ones are begun").isEqualTo(underWay);

        answerAll();
        runUntilDone(second);
        while (buffer.bufferedFrames() > 0) {
            turn();
            answerAll();
        }
        assertThat(metrics.recordsDelivered.sum() + dropped()).isEqualTo(400);
        assertThat(metrics.recordsDelivered.sum()).isPositive();
    }

    @Test
    void nothingIsDroppedWhileNobodyWaits() throws Exception {
        Future<Long> sending = send(250);
        runUntilDone(sending);
        for (int turns = 0; turns < 100; turns++) {
            turn();
            answerAll();
        }
        assertThat(dropped()).isZero();
        assertThat(buffer.bufferedFrames()).isEqualTo(250);
    }
}
