package logstream.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Each record of 350 bytes: appended, forced, read, put into a batch, settled and released; the stream is none. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ShippingBenchmark {
    private static final int RECORDS = 5_000;
    private static final int RECORD_BYTES = 350;
    private static final RecordResult ACCEPTED = new RecordResult.Accepted("shardId-000000000000", "1");

    private final Queue<Runnable> requests = new ArrayDeque<>();
    private final FrameBatch records = new FrameBatch(RECORDS * (RECORD_BYTES + 100));
    private long now = System.nanoTime();
    private Path folder;
    private Buffer buffer;
    private Shipper shipper;

    @Setup
    public void open() throws IOException {
        byte[] text = ("{\"log\":\"" + "x".repeat(RECORD_BYTES - 10) + "\"}").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < RECORDS; i++) {
            int at = records.begin();
            System.arraycopy(text, 0, records.reserve(at, text.length), at, text.length);
            if (!records.end(FrameKind.RECORD, at + text.length)) {
                throw new IllegalStateException("a record found no room");
            }
        }
        folder = Files.createTempDirectory("shipping");
        Metrics metrics = new Metrics();
        buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics);
        shipper = new Shipper(
                buffer,
                batch -> new PutOutcome.Answered(Collections.nCopies(batch.size(), ACCEPTED)),
                requests::add,
                KinesisConfig.of("logs"),
                Duration.ofSeconds(10),
                metrics,
                () -> now);
    }

    @TearDown
    public void close() throws IOException {
        buffer.close();
        try (var files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void appendReadBatchSettle() throws Exception {
        buffer.awaitDurable(buffer.append(records));
        while (buffer.bufferedFrames() > 0) {
            now += Duration.ofMillis(200).toNanos();
            shipper.step(now);
            requests.forEach(Runnable::run);
            requests.clear();
        }
    }
}
