package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.BufferConfig.MinFree;
import logstream.buffer.BufferConfig.Overflow;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** A backlog of 2 GiB, as the default bounds allow: what opening it reads, and what memory it takes. */
@Tag("proof")
class LargeBacklogTest {
    private static final int RECORD_BYTES = 350;
    private static final int FRAMES_READ = 10_000;

    @TempDir
    Path temp;

    private BufferConfig config(String folder) {
        BufferConfig defaults = BufferConfig.DEFAULT;
        return new BufferConfig(
                temp.resolve(folder),
                defaults.chunkBytes(),
                defaults.maxChunks(),
                Overflow.BLOCK,
                MinFree.NONE,
                BufferConfig.Sync.NEVER,
                defaults.syncInterval(),
                defaults.deadLetterBytes(),
                defaults.deadLetterAge());
    }

    @Test
    void opensByItsHeadersAndInTheMemoryOfAnEmptyOne(TestReporter reporter) throws Exception {
        BufferConfig full = config("full");
        long frames = fill(full);
        reporter.publishEntry("frames", Long.toString(frames));

        TestDisk disk = new TestDisk();
        long begin = System.nanoTime();
        try (Buffer buffer = BufferOpening.open(full, new Metrics(), TestBuffers.sources(disk))) {
            reporter.publishEntry("opened in ms", Long.toString((System.nanoTime() - begin) / 1_000_000));
            assertThat(buffer.bufferedFrames()).isEqualTo(frames);
            long headers = (long) full.maxChunks() * 2 * ChunkFormat.HEADER_BYTES;
            reporter.publishEntry("bytes read", Long.toString(disk.bytesRead.get()));
            assertThat(disk.bytesRead.get())
                    .as("headers, and the last chunk")
                    .isBetween(full.chunkBytes() / 2L, full.chunkBytes() + headers);
        }

        long withBacklog = heap(full);
        BufferConfig small = config("small");
        try (Buffer buffer = Buffer.open(small, new Metrics())) {
            append(buffer, FRAMES_READ);
        }
        long without = heap(small);
        reporter.publishEntry("heap", "with backlog " + withBacklog + ", without " + without);
        assertThat(withBacklog - without).as("bytes that the backlog takes").isLessThan(1 << 20);
    }

    private static long fill(BufferConfig config) throws IOException, BufferClosedException {
        try (Buffer buffer = Buffer.open(config, new Metrics())) {
            while (!buffer.isFull()) {
                append(buffer, 1_000);
            }
            assertThat(buffer.gauges().bytes()).isGreaterThan(2_100_000_000L);
            return buffer.bufferedFrames();
        }
    }

    private static void append(Buffer buffer, int frames) throws BufferClosedException {
        FrameBatch batch = new FrameBatch(64 << 10);
        byte[] record = new byte[RECORD_BYTES];
        for (int frame = 0; frame < frames; frame++) {
            TestBuffers.add(batch, record);
            if (batch.count() == 100) {
                buffer.append(batch);
                batch.clear();
            }
        }
        buffer.append(batch);
    }

    /** Bytes in use with the buffer open and under way. */
    private static long heap(BufferConfig config) throws IOException {
        AtomicLong nanos = new AtomicLong();
        long before = usedHeap();
        try (Buffer buffer =
                BufferOpening.open(config, new Metrics(), TestBuffers.sources(ChunkFiles.REAL, nanos, 1))) {
            long ordinal = -1;
            for (int frame = 0; frame < FRAMES_READ; frame++) {
                ordinal = Objects.requireNonNull(buffer.read()).ordinal();
            }
            buffer.release(ordinal + 1 - 100);
            buffer.step();
            return usedHeap() - before;
        }
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int turn = 0; turn < 4; turn++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
