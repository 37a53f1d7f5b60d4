package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import logstream.AllocatedBytes;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a record costs in memory from the buffer to its request, and until it is done. */
@Timeout(120)
class ShippingAllocationTest {
    private static final int RECORDS = 5_000;
    private static final int ROUNDS = 30;
    private static final int RECORD_BYTES = 350;

    /**
     * Beside the record's own bytes: key (80), what was found and its frame (90), key and frame together, as it goes out and
     * what is known of it (160), and the places in lists; and what the compiler would take away, had it come so far.
     */
    private static final double MOST_BYTES = RECORD_BYTES + 440;

    private static final RecordResult ACCEPTED = new RecordResult.Accepted("shardId-000000000000", "1");

    @TempDir
    private Path folder;

    private final Queue<Runnable> requests = new ArrayDeque<>();
    private long now = System.nanoTime();

    @Test
    void aRecordIsReadSentAndSettledInAFewObjects() throws Exception {
        Metrics metrics = new Metrics();
        try (Buffer buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics)) {
            Shipper shipper = new Shipper(
                    buffer,
                    records -> new PutOutcome.Answered(Collections.nCopies(records.size(), ACCEPTED)),
                    requests::add,
                    KinesisConfig.of("logs"),
                    Duration.ofSeconds(10),
                    metrics,
                    () -> now);
            FrameBatch records = records();
            double bytes = AllocatedBytes.each(RECORDS, ROUNDS, () -> {
                buffer.awaitDurable(buffer.append(records));
                while (buffer.bufferedFrames() > 0) {
                    now += Duration.ofMillis(200).toNanos();
                    shipper.step(now);
                    requests.forEach(Runnable::run);
                    requests.clear();
                }
                return List.of();
            });
            assertThat(metrics.recordsDelivered.sum()).isEqualTo((long) RECORDS * ROUNDS);
            assertThat(bytes).as("bytes allocated for each record").isLessThan(MOST_BYTES);
        }
    }

    private static FrameBatch records() {
        FrameBatch batch = new FrameBatch(RECORDS * (RECORD_BYTES + 100));
        byte[] text = ("{\"log\":\"" + "x".repeat(RECORD_BYTES - 10) + "\"}").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < RECORDS; i++) {
            int at = batch.begin();
            System.arraycopy(text, 0, batch.reserve(at, text.length), at, text.length);
            assertThat(batch.end(FrameKind.RECORD, at + text.length)).isTrue();
        }
        return batch;
    }
}
