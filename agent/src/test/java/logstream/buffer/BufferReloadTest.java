package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.BufferConfig.MinFree;
import logstream.buffer.BufferConfig.Overflow;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other bounds while the buffer is open. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BufferReloadTest {
    /** Ten frames of 100 bytes go into a chunk. */
    private static final int CHUNK = 1000;

    private static final byte[] PAYLOAD = new byte[100 - FrameBatch.HEADER_BYTES];

    @TempDir
    private Path folder;

    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private BufferConfig config(int maxChunks, Overflow overflow, MinFree minFree) {
        return TestBuffers.with(TestBuffers.config(folder, CHUNK, maxChunks), overflow, minFree);
    }

    private BufferConfig chunks(int maxChunks) {
        return config(maxChunks, Overflow.BLOCK, MinFree.NONE);
    }

    private Buffer open(int maxChunks) throws IOException {
        return BufferOpening.open(chunks(maxChunks), metrics, TestBuffers.sources(disk, nanos, 1));
    }

    private static FrameBatch frames(int count) {
        FrameBatch batch = new FrameBatch(1 << 10);
        for (int frame = 0; frame < count; frame++) {
            TestBuffers.add(batch, PAYLOAD);
        }
        return batch;
    }

    private static void force(Buffer buffer) {
        buffer.wantDurable();
        buffer.step();
        buffer.checkInvariant();
    }

    private Future<Long> waiting(Buffer buffer) {
        Future<Long> appending = threads.submit(() -> buffer.append(frames(1)));
        await().until(() -> buffer.gauges().waiting() == 1);
        return appending;
    }

    @Test
    void aSmallerBoundMakesIntakeWaitUntilEnoughIsGone() throws Exception {
        try (Buffer buffer = open(4)) {
            buffer.append(frames(30));
            force(buffer);
            assertThat(buffer.isFull()).isFalse();

            buffer.reload(chunks(2));

            assertThat(buffer.isFull()).isTrue();
            Future<Long> late = waiting(buffer);
            assertThat(TestBuffers.drain(buffer)).as("nothing is lost").hasSize(30);
            buffer.release(10);
            buffer.step();
            assertThat(late.isDone()).as("two chunks are left, both full").isFalse();
            buffer.release(20);
            buffer.step();

            assertThat(late.get()).isEqualTo(31);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(1);
        }
    }

    @Test
    void aLargerBoundLetsThoseInWhoWait() throws Exception {
        try (Buffer buffer = open(3)) {
            buffer.append(frames(30));
            force(buffer);
            Future<Long> late = waiting(buffer);

            buffer.reload(chunks(4));

            assertThat(late.get()).isEqualTo(31);
        }
    }

    @Test
    void whatAFullBufferDoesIsAnother() throws Exception {
        try (Buffer buffer = open(3)) {
            buffer.append(frames(30));
            force(buffer);
            assertThat(buffer.dropsNow(1)).isFalse();
            assertThat(buffer.isOverflowing()).isFalse();

            buffer.reload(config(3, Overflow.DROP_NEWEST, MinFree.NONE));
            assertThat(buffer.appendOrDrop(frames(2))).isEqualTo(new Appended(30, 2));
            assertThat(buffer.dropsNow(1)).isTrue();

            buffer.reload(config(3, Overflow.DROP_OLDEST_CHUNK, MinFree.NONE));
            assertThat(buffer.dropsNow(1)).isFalse();
            Future<Long> late = waiting(buffer);
            assertThat(buffer.isOverflowing()).isTrue();
            assertThat(buffer.dropOldestChunk()).isEqualTo(10);
            buffer.step();
            assertThat(late.get()).isEqualTo(31);
        }
    }

    @Test
    void whatIsKeptFreeIsAnother() throws Exception {
        disk.space = new ChunkFiles.Space(100_000, 10_000_000);
        try (Buffer buffer = open(20)) {
            buffer.append(frames(10));
            force(buffer);
            assertThat(buffer.hasRoomFor(PAYLOAD.length)).isTrue();

            buffer.reload(config(20, Overflow.BLOCK, MinFree.bytes(100_000)));
            buffer.step();
            assertThat(buffer.hasRoomFor(PAYLOAD.length)).isFalse();

            buffer.reload(chunks(20));
            buffer.step();
            assertThat(buffer.hasRoomFor(PAYLOAD.length)).isTrue();
        }
    }

    @Test
    void deadLettersHaveOtherBounds() throws Exception {
        BufferConfig small = new BufferConfig(
                folder,
                CHUNK,
                3,
                Overflow.BLOCK,
                MinFree.NONE,
                BufferConfig.Sync.ACK,
                Duration.ofHours(1),
                0,
                Duration.ofMinutes(1));
        try (DeadLetters letters = new DeadLetters(chunks(3), TestBuffers.sources(disk, nanos, 1), metrics)) {
            DeadLetter letter = new DeadLetter("key", "refused", "why", TestBuffers.START, new byte[10]);
            letters.keep(List.of(letter));
            assertThat(metrics.deadLettersDeleted.sum()).isZero();

            letters.reload(small);
            letters.keep(List.of(letter));

            assertThat(metrics.deadLettersDeleted.sum()).isEqualTo(2);
        }
    }

    @Test
    void anotherFolderIsAnotherBuffer() throws Exception {
        try (Buffer buffer = open(3)) {
            BufferConfig elsewhere = chunks(3).withDirectory(folder.resolve("elsewhere"));
            assertThatThrownBy(() -> buffer.reload(elsewhere)).isInstanceOf(IllegalStateException.class);
        }
    }
}
