package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import logstream.Symptom;
import logstream.buffer.BufferConfig.MinFree;
import logstream.buffer.BufferConfig.Overflow;
import logstream.buffer.TestDisk.Operation;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code buffer.min_free}: the agent does not fill the disk, says so, and goes on by itself. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReserveTest {
    /** Ten frames of 100 bytes go into a chunk. */
    private static final int CHUNK = 1000;

    private static final int CHUNK_BYTES = ChunkFormat.FIRST_FRAME_AT + CHUNK;
    private static final long MIN_FREE = 100_000;
    private static final byte[] PAYLOAD =
            "x".repeat(100 - FrameBatch.HEADER_BYTES).getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger log = (Logger) org.slf4j.LoggerFactory.getLogger(Reserve.class);

    @BeforeEach
    void listen() {
        log.setLevel(Level.INFO);
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void end() {
        log.detachAppender(logged);
        threads.shutdownNow();
    }

    private Buffer open(Overflow overflow) throws IOException {
        BufferConfig config =
                TestBuffers.with(TestBuffers.config(folder, CHUNK, 20), overflow, MinFree.bytes(MIN_FREE));
        return BufferOpening.open(config, metrics, TestBuffers.sources(disk, nanos, 1));
    }

    /** What the disk has free besides the reserve. */
    private void free(long bytes) {
        disk.space = new ChunkFiles.Space(MIN_FREE + bytes, 10_000_000);
    }

    private static FrameBatch frames(int count) {
        FrameBatch batch = new FrameBatch(1 << 10);
        for (int frame = 0; frame < count; frame++) {
            TestBuffers.add(batch, PAYLOAD);
        }
        return batch;
    }

    private void force(Buffer buffer) {
        buffer.wantDurable();
        buffer.step();
    }

    private void secondLater(Buffer buffer) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        buffer.step();
    }

    private Future<Long> waiting(Buffer buffer, int count) {
        Future<Long> appending = threads.submit(() -> buffer.append(frames(count)));
        await().until(() -> buffer.gauges().waiting() == 1);
        return appending;
    }

    @Test
    void isAShareOfTheFileSystemOrASize() {
        assertThat(MinFree.share(5).of(8 << 20)).isBetween(419_000L, 419_430L);
        assertThat(MinFree.share(5).of(1L << 40)).isEqualTo(1L << 30);
        assertThat(MinFree.bytes(3 << 20).of(1L << 40)).isEqualTo(3 << 20);
        assertThat(MinFree.NONE.of(1L << 40)).isZero();
    }

    @Test
    void noChunkIsBegunWithoutRoomForIt() throws Exception {
        free(3L * CHUNK_BYTES);
        try (Buffer buffer = open(Overflow.BLOCK)) {
            buffer.append(frames(30));
            assertThat(buffer.hasRoomFor(PAYLOAD.length))
                    .as("three chunks were counted, nothing is written yet")
                    .isFalse();
            free(2L * CHUNK_BYTES);
            force(buffer);
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(3);
            free(0);
            secondLater(buffer);
            Future<Long> late = waiting(buffer, 1);
            secondLater(buffer);
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(3);
            assertThat(buffer.isFull())
                    .as("dead letters would make no room on the disk")
                    .isFalse();
            assertThat(TestBuffers.drain(buffer)).as("reading goes on").hasSize(30);

            free(CHUNK_BYTES);
            secondLater(buffer);

            assertThat(late.get()).isEqualTo(31);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(1);
        }
    }

    @Test
    @Symptom("The log says `The disk of the buffer is nearly full`")
    void isSaidOnceWithFreeBytesAndTheSetting() throws Exception {
        free(10L * CHUNK_BYTES);
        try (Buffer buffer = open(Overflow.BLOCK)) {
            buffer.append(frames(5));
            force(buffer);
            free(CHUNK_BYTES);
            for (int second = 0; second < 60; second++) {
                secondLater(buffer);
            }
            assertThat(logged.list).hasSize(1);
            assertThat(logged.list.getFirst().getFormattedMessage())
                    .contains(
                            "free=" + (MIN_FREE + CHUNK_BYTES),
                            "kept_free=" + MIN_FREE,
                            "buffer.min_free=" + MIN_FREE,
                            "buffer.overflow=block");
            assertThat(metrics.diskShortages.sum()).isEqualTo(1);
            assertThat(buffer.gauges().diskFreeBytes()).isEqualTo(MIN_FREE + CHUNK_BYTES);
            free(10L * CHUNK_BYTES);
            secondLater(buffer);
            assertThat(logged.list).hasSize(2);
            assertThat(logged.list.getLast().getFormattedMessage()).contains("room again");
        }
    }

    @Test
    void whatWasTakenBeforeTheDiskFilledWaitsInMemoryAndIsWrittenAtClose() throws Exception {
        free(10L * CHUNK_BYTES);
        Buffer buffer = open(Overflow.BLOCK);
        buffer.append(frames(15));
        free(CHUNK_BYTES - 1);
        force(buffer);
        for (int second = 0; second < 10; second++) {
            secondLater(buffer);
        }
        assertThat(TestBuffers.chunkFiles(folder)).hasSize(1);
        assertThat(TestBuffers.drain(buffer)).hasSize(10);
        buffer.release(10);
        buffer.checkInvariant();

        buffer.close();

        try (Buffer again = open(Overflow.BLOCK)) {
            assertThat(TestBuffers.drain(again)).hasSize(5);
        }
    }

    @Test
    void aDiskThatIsShortAtTheStartDoesNotStopIt() throws Exception {
        free(10L * CHUNK_BYTES);
        try (Buffer buffer = open(Overflow.BLOCK)) {
            buffer.append(frames(3));
        }
        free(0);
        try (Buffer buffer = open(Overflow.BLOCK)) {
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(1);
            assertThat(TestBuffers.drain(buffer)).hasSize(3);
            Future<Long> late = waiting(buffer, 1);
            free(2L * CHUNK_BYTES);
            secondLater(buffer);
            assertThat(late.get()).isEqualTo(4);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(1);
        }
    }

    @Test
    void whereNobodyTellsThereIsNoReserve() throws Exception {
        disk.space = new ChunkFiles.Space(0, 0);
        try (Buffer buffer = open(Overflow.BLOCK)) {
            buffer.append(frames(30));
            force(buffer);
            secondLater(buffer);
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(3);
        }
    }

    @Test
    void withoutReserveTheDiskMayBeFilled() throws Exception {
        disk.space = new ChunkFiles.Space(0, 10_000_000);
        try (Buffer buffer = BufferOpening.open(
                TestBuffers.config(folder, CHUNK, 20), metrics, TestBuffers.sources(disk, nanos, 1))) {
            buffer.append(frames(30));
            force(buffer);
            secondLater(buffer);
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(3);
            assertThat(logged.list).isEmpty();
        }
    }

    @Test
    void newFramesAreDroppedWhereThatIsThePolicy() throws Exception {
        free(2L * CHUNK_BYTES);
        try (Buffer buffer = open(Overflow.DROP_NEWEST)) {
            assertThat(buffer.appendOrDrop(frames(25))).isEqualTo(new Appended(20, 5));
            assertThat(metrics.dropped(DropCause.OVERFLOW).sum()).isEqualTo(5);
            Future<Long> acked = waiting(buffer, 1);
            free(3L * CHUNK_BYTES);
            secondLater(buffer);
            assertThat(acked.get()).isEqualTo(21);
        }
    }

    @Test
    void chunksAreDroppedWhereThatIsThePolicyAsLongAsItHelps() throws Exception {
        free(2L * CHUNK_BYTES);
        try (Buffer buffer = open(Overflow.DROP_OLDEST_CHUNK)) {
            buffer.append(frames(20));
            force(buffer);
            free(-CHUNK_BYTES);
            secondLater(buffer);
            Future<Long> late = waiting(buffer, 1);
            assertThat(buffer.isOverflowing())
                    .as("the one sealed chunk is less than what is missing")
                    .isFalse();

            free(1);
            secondLater(buffer);
            assertThat(buffer.isOverflowing()).isTrue();
            assertThat(buffer.dropOldestChunk()).isEqualTo(10);
            assertThat(buffer.isOverflowing())
                    .as("not before the disk was looked at again")
                    .isFalse();
            free(1 + CHUNK_BYTES);
            buffer.step();
            assertThat(late.get()).isEqualTo(21);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(11);
        }
    }

    @Test
    void aDiskThatIsReallyFullIsMadeRoomOnToo() throws Exception {
        BufferConfig config =
                TestBuffers.with(TestBuffers.config(folder, 1 << 20, 20), Overflow.DROP_OLDEST_CHUNK, MinFree.NONE);
        try (Buffer buffer = BufferOpening.open(config, metrics, TestBuffers.sources(disk, nanos, 1))) {
            FrameBatch batch = new FrameBatch(1 << 10);
            TestBuffers.add(batch, new byte[500_000]);
            for (int frame = 0; frame < 4; frame++) {
                buffer.append(batch);
            }
            force(buffer);
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(2);
            disk.space = new ChunkFiles.Space(0, 10_000_000);
            disk.failing((operation, path) -> operation == Operation.WRITE || operation == Operation.CREATE);
            while (buffer.hasRoomFor(batch.length())) {
                buffer.append(batch);
                buffer.step();
            }
            Future<Long> late = threads.submit(() -> buffer.append(batch));
            await().until(() -> buffer.gauges().waiting() == 1);
            secondLater(buffer);
            assertThat(buffer.isOverflowing()).isTrue();
            assertThat(buffer.dropOldestChunk()).isEqualTo(2);
            disk.space = new ChunkFiles.Space(2 << 20, 10_000_000);
            disk.healed();
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            force(buffer);
            late.get();
            assertThat(buffer.isOverflowing()).isFalse();
            force(buffer);
        }
    }

    /** Few senders, each of which waits for its ack, never fill the memory. */
    @Test
    void soItIsWhenOnlyAcksAreWaitedFor() throws Exception {
        BufferConfig config =
                TestBuffers.with(TestBuffers.config(folder, 1 << 20, 20), Overflow.DROP_OLDEST_CHUNK, MinFree.NONE);
        try (Buffer buffer = BufferOpening.open(config, metrics, TestBuffers.sources(disk, nanos, 1))) {
            FrameBatch batch = new FrameBatch(1 << 10);
            TestBuffers.add(batch, new byte[500_000]);
            for (int frame = 0; frame < 4; frame++) {
                buffer.append(batch);
            }
            force(buffer);
            disk.space = new ChunkFiles.Space(0, 10_000_000);
            disk.failing((operation, path) -> operation == Operation.WRITE || operation == Operation.CREATE);
            buffer.append(TestBuffers.batch("asked"));
            for (int second = 0; second < 3; second++) {
                secondLater(buffer);
            }
            assertThat(buffer.isOverflowing()).as("nobody waits").isFalse();
            buffer.wantDurable();
            assertThat(buffer.isOverflowing()).isTrue();
            disk.healed();
        }
    }
}
