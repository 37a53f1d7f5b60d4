package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.BufferConfig.MinFree;
import logstream.buffer.BufferConfig.Overflow;
import logstream.buffer.TestDisk.Operation;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of events when the buffer is full, for each choice of {@code buffer.overflow}. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OverflowTest {
    /** Ten frames of 100 bytes go into a chunk. */
    private static final int CHUNK = 1000;

    private static final byte[] PAYLOAD =
            "x".repeat(100 - FrameBatch.HEADER_BYTES).getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** Three chunks at most; the caller of {@code step} is the commit thread. */
    private Buffer open(Overflow overflow) throws IOException {
        return open(overflow, CHUNK);
    }

    private Buffer open(Overflow overflow, int chunk) throws IOException {
        BufferConfig config = TestBuffers.with(TestBuffers.config(folder, chunk, 3), overflow, MinFree.NONE);
        return BufferOpening.open(config, metrics, TestBuffers.sources(disk, nanos, 1));
    }

    private static FrameBatch frames(int count) {
        FrameBatch batch = new FrameBatch(1 << 10);
        for (int frame = 0; frame < count; frame++) {
            TestBuffers.add(batch, PAYLOAD);
        }
        return batch;
    }

    private static void fill(Buffer buffer) throws BufferClosedException {
        buffer.append(frames(30));
        force(buffer);
        assertThat(buffer.isFull()).isTrue();
    }

    private static void force(Buffer buffer) {
        buffer.wantDurable();
        buffer.step();
    }

    /** Starts a thread that appends, and returns when that waits for room. */
    private <T> Future<T> waiting(Buffer buffer, Callable<T> append) {
        long before = buffer.gauges().waiting();
        Future<T> appending = threads.submit(append);
        await().until(() -> buffer.gauges().waiting() == before + 1);
        return appending;
    }

    private long dropped() {
        return metrics.dropped(DropCause.OVERFLOW).sum();
    }

    // drop_newest

    @Test
    void newFramesThatNobodyWantsAnAckForAreDroppedAtOnce() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_NEWEST)) {
            fill(buffer);

            assertThat(buffer.appendOrDrop(frames(4))).isEqualTo(new Appended(30, 4));

            assertThat(dropped()).isEqualTo(4);
            assertThat(metrics.framesAppended.sum()).isEqualTo(30);
            assertThat(buffer.bufferedFrames()).isEqualTo(30);
            TestBuffers.drain(buffer);
            buffer.release(10);
            buffer.step();
            assertThat(buffer.appendOrDrop(frames(4))).as("a chunk went").isEqualTo(new Appended(34, 0));
            assertThat(dropped()).isEqualTo(4);
        }
    }

    @Test
    void ofABatchOnlyWhatFindsNoRoomIsDropped() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_NEWEST)) {
            buffer.append(frames(27));
            assertThat(buffer.appendOrDrop(frames(8))).isEqualTo(new Appended(30, 5));
            assertThat(dropped()).isEqualTo(5);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(30);
        }
    }

    @Test
    void framesThatAreToBeAcknowledgedWaitAndOthersDoNotWaitBehindThem() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_NEWEST)) {
            fill(buffer);
            Future<Long> acked = waiting(buffer, () -> buffer.append(frames(2)));

            assertThat(buffer.appendOrDrop(frames(3)).dropped()).isEqualTo(3);

            assertThat(acked).isNotDone();
            TestBuffers.drain(buffer);
            buffer.release(10);
            buffer.step();
            assertThat(acked.get()).isEqualTo(32);
            assertThat(dropped()).isEqualTo(3);
        }
    }

    @Test
    void whoWaitsForATurnIsRefusedWhenThoseBeforeTakeTheLastRoom() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_NEWEST, 2 << 20)) {
            FrameBatch large = new FrameBatch(1 << 10);
            TestBuffers.add(large, new byte[1_900_000]);
            buffer.append(large);
            buffer.append(large);
            Future<Long> acked = waiting(buffer, () -> buffer.append(large));
            Future<Appended> unasked = waiting(buffer, () -> buffer.appendOrDrop(large));
            assertThat(unasked).as("memory is short, chunks are not: it waits").isNotDone();

            force(buffer);

            assertThat(acked.get()).isEqualTo(3);
            assertThat(unasked.get()).isEqualTo(new Appended(3, 1));
            assertThat(dropped()).isEqualTo(1);
        }
    }

    @Test
    void memoryThatTheNextForceFreesIsWaitedFor() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_NEWEST, 8 << 20)) {
            FrameBatch batch = new FrameBatch(1 << 10);
            TestBuffers.add(batch, new byte[200_000]);
            while (buffer.hasRoomFor(batch.length())) {
                buffer.appendOrDrop(batch);
            }
            Future<Appended> unasked = waiting(buffer, () -> buffer.appendOrDrop(batch));
            force(buffer);
            assertThat(unasked.get().dropped()).isZero();
            assertThat(dropped()).isZero();
        }
    }

    @Test
    void onADiskThatRefusesNewFramesAreDroppedOnceMemoryIsFull() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_NEWEST, 8 << 20)) {
            FrameBatch batch = new FrameBatch(1 << 10);
            TestBuffers.add(batch, new byte[200_000]);
            buffer.append(batch);
            disk.failing((operation, path) -> operation == Operation.WRITE || operation == Operation.CREATE);
            force(buffer);
            buffer.step();
            int taken = 1;
            while (buffer.appendOrDrop(batch).dropped() == 0) {
                taken++;
            }
            assertThat(taken).isEqualTo(Pending.MAX_BYTES / Pending.BLOCK_BYTES);
            assertThat(dropped()).isEqualTo(1);
            Future<Long> acked = waiting(buffer, () -> buffer.append(batch));

            disk.healed();
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            force(buffer);

            assertThat(acked.get()).isEqualTo(taken + 1);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(taken + 1);
        }
    }

    @Test
    void withTheOtherPoliciesNobodyIsRefused() throws Exception {
        for (Overflow overflow : new Overflow[] {Overflow.BLOCK, Overflow.DROP_OLDEST_CHUNK}) {
            try (Buffer buffer = TestBuffers.manual(
                    TestBuffers.with(
                            TestBuffers.config(folder.resolve(overflow.name()), CHUNK, 3), overflow, MinFree.NONE),
                    TestBuffers.sources(disk, nanos, 1))) {
                fill(buffer);
                Future<Appended> unasked = waiting(buffer, () -> buffer.appendOrDrop(frames(1)));
                TestBuffers.drain(buffer);
                buffer.release(10);
                buffer.step();
                assertThat(unasked.get().dropped()).isZero();
            }
        }
    }

    // drop_oldest_chunk

    @Test
    void theOldestChunkGoesWhenIntakeWaits() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_OLDEST_CHUNK)) {
            fill(buffer);
            for (int frame = 0; frame < 4; frame++) {
                buffer.read();
            }
            buffer.release(2);
            assertThat(buffer.isOverflowing()).as("nobody waits").isFalse();
            AtomicInteger told = new AtomicInteger();
            buffer.onOverflow(told::incrementAndGet);
            Future<Long> late = threads.submit(() -> buffer.append(frames(12)));
            await().until(() -> told.get() > 0 && buffer.isOverflowing());

            assertThat(buffer.dropOldestChunk()).isEqualTo(8);

            await().until(() -> buffer.gauges().waiting() == 1);
            buffer.checkInvariant();
            assertThat(TestBuffers.chunkFiles(folder))
                    .extracting(Path::getFileName)
                    .containsExactly(Path.of(ChunkFormat.name(1)), Path.of(ChunkFormat.name(2)));
            assertThat(folder.resolve(DeadLetters.FOLDER)).doesNotExist();
            assertThat(buffer.read()).matches(frame -> frame.ordinal() == 10 && frame.sequence() == 1);
            buffer.release(4);
            force(buffer);
            await().until(buffer::isOverflowing);
            assertThat(buffer.dropOldestChunk()).as("two frames more").isEqualTo(10);
            assertThat(late.get()).isEqualTo(42);
            assertThat(buffer.isOverflowing()).isFalse();
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(22);
            buffer.release(42);
            assertThat(buffer.bufferedFrames()).isZero();
        }
    }

    @Test
    void onlyThisPolicyDropsChunks() throws Exception {
        for (Overflow overflow : new Overflow[] {Overflow.BLOCK, Overflow.DROP_NEWEST}) {
            try (Buffer buffer = TestBuffers.manual(
                    TestBuffers.with(
                            TestBuffers.config(folder.resolve(overflow.name()), CHUNK, 3), overflow, MinFree.NONE),
                    TestBuffers.sources(disk, nanos, 1))) {
                fill(buffer);
                Future<Long> late = waiting(buffer, () -> buffer.append(frames(1)));
                assertThat(buffer.isOverflowing()).isFalse();
                buffer.closeIntake();
                assertThatThrownBy(late::get).hasCauseInstanceOf(BufferClosedException.class);
            }
        }
    }

    @Test
    void memoryThatIsShortDropsNoChunk() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_OLDEST_CHUNK, 8 << 20)) {
            FrameBatch batch = new FrameBatch(1 << 10);
            TestBuffers.add(batch, new byte[200_000]);
            while (buffer.hasRoomFor(batch.length())) {
                buffer.append(batch);
            }
            Future<Long> late = waiting(buffer, () -> buffer.append(batch));
            assertThat(buffer.isOverflowing()).isFalse();
            force(buffer);
            late.get();
        }
    }

    @Test
    void whatWasDroppedIsNoHoleAfterACrash() throws Exception {
        Buffer buffer = open(Overflow.DROP_OLDEST_CHUNK);
        fill(buffer);
        TestBuffers.drain(buffer);
        buffer.release(10);
        // The commit thread had no time to delete the first chunk.
        assertThat(buffer.dropOldestChunk()).isEqualTo(10);
        buffer.abandon();
        Metrics after = new Metrics();
        try (Buffer again =
                BufferOpening.open(TestBuffers.config(folder, CHUNK, 4), after, TestBuffers.sources(new TestDisk()))) {
            assertThat(TestBuffers.drain(again)).hasSize(10);
            assertThat(after.framesRecovered.sum()).isEqualTo(10);
            assertThat(after.dropped(DropCause.DAMAGED).sum()).isZero();
        }
    }

    @Test
    void aChunkThatCannotBeDeletedIsNotDropped() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_OLDEST_CHUNK)) {
            fill(buffer);
            disk.failNth(Operation.DELETE, 1);
            assertThatThrownBy(buffer::dropOldestChunk).isInstanceOf(IOException.class);
            buffer.checkInvariant();
            assertThat(buffer.bufferedFrames()).isEqualTo(30);
            assertThat(buffer.dropOldestChunk()).isEqualTo(10);
            assertThat(TestBuffers.drain(buffer)).hasSize(20);
        }
    }

    @Test
    void theLastChunkIsNeverDropped() throws Exception {
        try (Buffer buffer = open(Overflow.DROP_OLDEST_CHUNK)) {
            buffer.append(frames(5));
            force(buffer);
            assertThat(buffer.dropOldestChunk()).isZero();
            assertThat(TestBuffers.drain(buffer)).hasSize(5);
        }
    }
}
