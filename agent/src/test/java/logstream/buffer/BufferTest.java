package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a buffer promises while nothing fails. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BufferTest {
    /** Ten frames of 100 bytes go into a chunk. */
    private static final int CHUNK = 1000;

    private static final String PAYLOAD = "x".repeat(100 - FrameBatch.HEADER_BYTES);

    @TempDir
    Path folder;

    private final Metrics metrics = new Metrics();

    private static FrameBatch frames(int count) {
        FrameBatch batch = new FrameBatch(1 << 10);
        for (int frame = 0; frame < count; frame++) {
            TestBuffers.add(batch, PAYLOAD.getBytes(StandardCharsets.UTF_8));
        }
        return batch;
    }

    @Test
    void givesBackWhatIsDurableInOrder() throws Exception {
        try (Buffer buffer = Buffer.open(TestBuffers.config(folder, CHUNK, 4), metrics)) {
            assertThat(buffer.append(TestBuffers.batch("a", "b"))).isEqualTo(2);
            assertThat(buffer.append(TestBuffers.batch("c"))).isEqualTo(3);
            buffer.awaitDurable(3);

            List<Frame> frames = TestBuffers.drain(buffer);

            assertThat(TestBuffers.texts(frames)).containsExactly("a", "b", "c");
            assertThat(frames).extracting(Frame::ordinal).containsExactly(0L, 1L, 2L);
            assertThat(frames).extracting(Frame::kind).containsOnly(FrameKind.RECORD);
            assertThat(buffer.read()).isNull();
            assertThat(buffer.bufferedFrames()).isEqualTo(3);
            buffer.release(3);
            assertThat(buffer.bufferedFrames()).isZero();
            assertThat(buffer.gauges().bytes()).isZero();
        }
        assertThat(metrics.framesAppended.sum()).isEqualTo(3);
        assertThat(metrics.bytesAppended.sum()).isEqualTo(3L * (FrameBatch.HEADER_BYTES + 1));
    }

    @Test
    void nothingIsReadableBeforeItIsForced() throws Exception {
        TestDisk disk = new TestDisk();
        try (Buffer buffer = TestBuffers.manual(TestBuffers.config(folder, CHUNK, 4), TestBuffers.sources(disk))) {
            buffer.append(TestBuffers.batch("a"));
            buffer.step();

            assertThat(buffer.read()).as("written, not forced").isNull();
            assertThat(Files.size(folder.resolve(ChunkFormat.name(0))))
                    .as("written at once")
                    .isGreaterThan(4180);
        }
    }

    @Test
    void whenNobodyWaitsItIsForcedWithinTheInterval() throws Exception {
        AtomicLong nanos = new AtomicLong();
        BufferConfig config =
                TestBuffers.with(TestBuffers.config(folder, CHUNK, 4), BufferConfig.Sync.ACK, Duration.ofMillis(100));
        try (Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(ChunkFiles.REAL, nanos, 1))) {
            buffer.append(TestBuffers.batch("a"));
            buffer.step();
            nanos.set(TimeUnit.MILLISECONDS.toNanos(99));
            buffer.step();
            assertThat(buffer.read()).isNull();
            nanos.set(TimeUnit.MILLISECONDS.toNanos(100));
            buffer.step();
            assertThat(buffer.read()).isNotNull();
        }
    }

    @Test
    void theCommitThreadForcesByItself() throws Exception {
        BufferConfig config =
                TestBuffers.with(TestBuffers.config(folder, CHUNK, 4), BufferConfig.Sync.ACK, Duration.ofMillis(20));
        AtomicInteger told = new AtomicInteger();
        try (Buffer buffer = Buffer.open(config, metrics)) {
            buffer.onReadable(told::incrementAndGet);
            buffer.append(TestBuffers.batch("a"));
            await().until(() -> told.get() == 1);
            assertThat(buffer.read()).isNotNull();
        }
    }

    @Test
    void syncAlwaysForcesEachWrite() throws Exception {
        BufferConfig config =
                TestBuffers.with(TestBuffers.config(folder, CHUNK, 4), BufferConfig.Sync.ALWAYS, Duration.ofHours(1));
        try (Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(new TestDisk()))) {
            buffer.append(TestBuffers.batch("a"));
            buffer.step();
            assertThat(buffer.read()).isNotNull();
        }
    }

    @Test
    void syncNeverTakesWrittenForDurable() throws Exception {
        BufferConfig config =
                TestBuffers.with(TestBuffers.config(folder, CHUNK, 4), BufferConfig.Sync.NEVER, Duration.ofHours(1));
        try (Buffer buffer = BufferOpening.open(config, metrics, TestBuffers.sources(new TestDisk()))) {
            long end = buffer.append(frames(25));
            buffer.step();
            buffer.awaitDurable(end);
            assertThat(TestBuffers.drain(buffer)).hasSize(25);
            assertThat(metrics.forces.sum()).isZero();
        }
    }

    @Test
    void sealsChunksAndDeletesReleasedOnes() throws Exception {
        try (Buffer buffer =
                TestBuffers.manual(TestBuffers.config(folder, CHUNK, 8), TestBuffers.sources(new TestDisk()))) {
            buffer.append(frames(35));
            force(buffer);
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(4);
            List<Frame> frames = TestBuffers.drain(buffer);
            assertThat(frames).hasSize(35);
            assertThat(frames.get(10)).matches(frame -> frame.sequence() == 1 && frame.index() == 0);

            buffer.release(19);
            buffer.step();
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(3);
            buffer.release(20);
            buffer.step();
            assertThat(TestBuffers.chunkFiles(folder)).hasSize(2);
            buffer.release(35);
            buffer.step();
            assertThat(TestBuffers.chunkFiles(folder))
                    .as("the last is never deleted")
                    .hasSize(1);
            assertThat(buffer.gauges().chunks()).isEqualTo(1);
        }
    }

    @Test
    void aFullBufferMakesIntakeWaitAndReleaseLetsItGoOn() throws Exception {
        try (Buffer buffer = Buffer.open(TestBuffers.config(folder, CHUNK, 3), metrics);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            buffer.awaitDurable(buffer.append(frames(30)));
            assertThat(buffer.isFull()).isTrue();
            assertThat(buffer.gauges().chunks()).isEqualTo(3);

            var waiting = threads.submit(() -> buffer.append(TestBuffers.batch("late")));
            assertThatThrownBy(() -> waiting.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            TestBuffers.drain(buffer);
            buffer.release(10);
            assertThat(waiting.get()).isEqualTo(31);
            buffer.awaitDurable(31);
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("late");
            assertThat(buffer.gauges().chunks()).isEqualTo(3);
        }
    }

    @Test
    void neverMoreThanMaxChunksAreInUse() throws Exception {
        try (Buffer buffer = Buffer.open(TestBuffers.config(folder, CHUNK, 3), metrics);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var appender = threads.submit(() -> {
                for (int batch = 0; batch < 199; batch++) {
                    buffer.append(frames(7));
                }
                buffer.awaitDurable(buffer.append(frames(7)));
                return true;
            });
            long read = 0;
            while (read < 1400) {
                Frame frame = buffer.read();
                assertThat(buffer.gauges().chunks()).isLessThanOrEqualTo(3);
                if (frame == null) {
                    Thread.onSpinWait();
                    continue;
                }
                assertThat(frame.ordinal()).isEqualTo(read);
                read++;
                buffer.release(read);
            }
            assertThat(appender.get()).isTrue();
        }
    }

    @Test
    void memoryForUnforcedFramesIsBounded() throws Exception {
        TestDisk disk = new TestDisk();
        try (Buffer buffer = TestBuffers.manual(TestBuffers.config(folder, 8 << 20, 4), TestBuffers.sources(disk));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            FrameBatch batch = new FrameBatch(64 << 10);
            TestBuffers.add(batch, new byte[60 << 10]);
            AtomicInteger appended = new AtomicInteger();
            var appender = threads.submit(() -> {
                for (int turn = 0; turn < 100; turn++) {
                    buffer.append(batch);
                    appended.incrementAndGet();
                }
                return true;
            });
            // 4 blocks of 60 KiB and their headers go into each of 16 memory blocks.
            await().until(() -> appended.get() == 64);
            while (!appender.isDone()) {
                buffer.step();
            }
            assertThat(appended.get()).isEqualTo(100);
            assertThat(appender.get()).isTrue();
        }
    }

    @Test
    void takesTheLargestFrameAndOnesLargerThanAChunk() throws Exception {
        byte[] largest = new byte[FrameBatch.MAX_PAYLOAD_BYTES];
        Arrays.fill(largest, (byte) 7);
        try (Buffer buffer = Buffer.open(TestBuffers.config(folder, CHUNK, 10_000), metrics)) {
            FrameBatch batch = new FrameBatch(1 << 10);
            TestBuffers.add(batch, largest);
            TestBuffers.add(batch, new byte[] {1});
            TestBuffers.add(batch, largest);
            buffer.awaitDurable(buffer.append(batch));
            List<Frame> frames = TestBuffers.drain(buffer);
            assertThat(frames)
                    .extracting(frame -> frame.payload().length)
                    .containsExactly(largest.length, 1, largest.length);
            assertThat(frames.get(2).payload()).isEqualTo(largest);
        }
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws Exception {
        BufferConfig config = TestBuffers.config(folder, CHUNK, 8);
        long identity;
        try (Buffer buffer = Buffer.open(config, metrics)) {
            identity = buffer.identity();
            buffer.awaitDurable(buffer.append(frames(25)));
            TestBuffers.drain(buffer);
            buffer.release(13);
        }
        try (Buffer buffer = Buffer.open(config, metrics)) {
            assertThat(buffer.identity()).isEqualTo(identity);
            assertThat(metrics.framesRecovered.sum()).isEqualTo(12);
            assertThat(buffer.bufferedFrames()).isEqualTo(12);
            List<Frame> frames = TestBuffers.drain(buffer);
            assertThat(frames).extracting(Frame::ordinal).first().isEqualTo(13L);
            assertThat(frames.getFirst()).matches(frame -> frame.sequence() == 1 && frame.index() == 3);
            assertThat(buffer.append(TestBuffers.batch("new"))).isEqualTo(26);
            buffer.awaitDurable(26);
            assertThat(buffer.read()).matches(frame -> frame.sequence() == 3 && frame.index() == 0);
        }
    }

    @Test
    void manyRestartsDoNotFillTheBuffer() throws Exception {
        BufferConfig config = TestBuffers.config(folder, 64 << 10, 4);
        for (int run = 0; run < 12; run++) {
            try (Buffer buffer = Buffer.open(config, metrics)) {
                assertThat(buffer.isFull()).isFalse();
                buffer.append(TestBuffers.batch("run " + run));
            }
        }
        try (Buffer buffer = Buffer.open(config, metrics)) {
            assertThat(TestBuffers.drain(buffer)).hasSize(12);
            buffer.release(12);
            await().until(() -> buffer.gauges().chunks() == 1);
        }
    }

    @Test
    void restartsWithoutFramesLeaveOneChunk() throws Exception {
        for (int run = 0; run < 5; run++) {
            Buffer.open(TestBuffers.config(folder, CHUNK, 4), metrics).close();
        }
        assertThat(TestBuffers.chunkFiles(folder))
                .extracting(Path::getFileName)
                .containsExactly(Path.of(ChunkFormat.name(4)));
    }

    @Test
    void closedIntakeRefusesButDrains() throws Exception {
        try (Buffer buffer = Buffer.open(TestBuffers.config(folder, CHUNK, 2), metrics);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = buffer.append(frames(20));
            var waiting = threads.submit(() -> buffer.append(TestBuffers.batch("too late")));
            await().until(() -> buffer.gauges().chunks() == 2);
            buffer.closeIntake();
            assertThatThrownBy(waiting::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(BufferClosedException.class);
            assertThatThrownBy(() -> buffer.append(TestBuffers.batch("x"))).isInstanceOf(BufferClosedException.class);
            buffer.awaitDurable(end);
            assertThat(TestBuffers.drain(buffer)).hasSize(20);
            buffer.release(20);
        }
    }

    @Test
    void closeMakesDurableWhatWasAppended() throws Exception {
        TestDisk disk = new TestDisk();
        BufferConfig config = TestBuffers.config(folder, CHUNK, 4);
        Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(disk));
        long end = buffer.append(TestBuffers.batch("a"));
        buffer.close();
        buffer.close();
        buffer.awaitDurable(end);
        disk.cutPower(new Random(1));
        assertThat(disk.open).hasValue(0);
        try (Buffer again = TestBuffers.manual(config, TestBuffers.sources(ChunkFiles.REAL))) {
            assertThat(TestBuffers.texts(TestBuffers.drain(again))).containsExactly("a");
        }
    }

    @Test
    void whenAwaitDurableReturnsACopyOfTheFolderHoldsTheFrames(@TempDir Path copies) throws Exception {
        BufferConfig config = TestBuffers.config(folder, CHUNK, 100);
        TestDisk disk = new TestDisk();
        Buffer buffer = BufferOpening.open(
                config, metrics, new Sources(disk, TestBuffers.sources(disk).clock(), System::nanoTime, () -> 42));
        buffer.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Boolean>> clients = new ArrayList<>();
            for (int client = 0; client < 4; client++) {
                int number = client;
                clients.add(CompletableFuture.supplyAsync(() -> acknowledgedAreForced(buffer, disk, number), threads));
            }
            for (CompletableFuture<Boolean> client : clients) {
                assertThat(client.get()).isTrue();
            }
        }
        buffer.close();
    }

    /** What was forced is what a power cut would leave at the least. */
    private static boolean acknowledgedAreForced(Buffer buffer, TestDisk disk, int client) {
        try {
            for (int turn = 0; turn < 50; turn++) {
                String text = "client " + client + " turn " + turn + ";";
                buffer.awaitDurable(buffer.append(TestBuffers.batch(text)));
                if (!disk.forcedContains(text)) {
                    return false;
                }
            }
            return true;
        } catch (BufferClosedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneFolderHasOneBuffer() throws Exception {
        BufferConfig config = TestBuffers.config(folder, CHUNK, 4);
        try (Buffer _ = Buffer.open(config, metrics)) {
            assertThatThrownBy(() -> Buffer.open(config, metrics))
                    .isInstanceOf(BufferInUseException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("buffer.directory");
        }
        Buffer.open(config, metrics).close();
    }

    @Test
    void aFolderThatIsAFileIsSaidSo() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> Buffer.open(TestBuffers.config(file, CHUNK, 4), metrics))
                .hasMessageContaining("is a file")
                .hasMessageContaining("buffer.directory");
    }

    /** The checkpoint of a second ago speaks of the chunk that is gone. */
    @Test
    void aKillBehindADeletionDoesNotBringBackWhatWasReleased() throws Exception {
        BufferConfig config = TestBuffers.config(folder, CHUNK, 4);
        Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(ChunkFiles.REAL));
        buffer.append(frames(25));
        force(buffer);
        TestBuffers.drain(buffer);
        buffer.release(13);
        buffer.step();
        assertThat(folder.resolve(ChunkFormat.name(0))).doesNotExist();
        buffer.abandon();

        try (Buffer again = TestBuffers.manual(config, TestBuffers.sources(ChunkFiles.REAL))) {
            assertThat(again.bufferedFrames()).isEqualTo(12);
        }
    }

    @Test
    void setsTheOldestChunkAside() throws Exception {
        try (Buffer buffer =
                TestBuffers.manual(TestBuffers.config(folder, CHUNK, 3), TestBuffers.sources(new TestDisk()))) {
            assertThat(buffer.setAsideOldestChunk("nothing there")).isZero();
            buffer.append(frames(30));
            force(buffer);
            assertThat(buffer.isFull()).isTrue();
            for (int frame = 0; frame < 4; frame++) {
                buffer.read();
            }
            buffer.release(2);

            assertThat(buffer.setAsideOldestChunk("17 retries\nand 36 h")).isEqualTo(8);

            buffer.checkInvariant();
            assertThat(buffer.isFull()).isFalse();
            assertThat(buffer.bufferedFrames()).isEqualTo(20);
            assertThat(buffer.read()).matches(frame -> frame.ordinal() == 10 && frame.sequence() == 1);
            buffer.release(4);
            assertThat(buffer.bufferedFrames())
                    .as("a late release changes nothing")
                    .isEqualTo(20);
            Path letters = folder.resolve(DeadLetters.FOLDER);
            assertThat(TestBuffers.names(letters))
                    .containsExactly(ChunkFormat.name(0), ChunkFormat.name(0) + ".reason");
            assertThat(letters.resolve(ChunkFormat.name(0) + ".reason"))
                    .content()
                    .contains("reason=17 retries and 36 h\n", "releasedOrdinal=2\n", "endOrdinal=10\n");
            assertThat(buffer.gauges().deadLetterBytes()).isGreaterThan(1000);

            assertThat(TestBuffers.drain(buffer)).hasSize(19);
            assertThat(buffer.setAsideOldestChunk("again")).isEqualTo(10);
            assertThat(buffer.read()).as("the reader had gone beyond").isNull();
            assertThat(buffer.setAsideOldestChunk("the last is not sealed")).isZero();
            assertThat(buffer.bufferedFrames()).isEqualTo(10);
            buffer.checkInvariant();
        }
    }

    @Test
    void whatWasSetAsideIsNoHoleAfterACrash() throws Exception {
        BufferConfig config = TestBuffers.config(folder, CHUNK, 4);
        Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(new TestDisk()));
        buffer.append(frames(25));
        force(buffer);
        TestBuffers.drain(buffer);
        buffer.release(10);
        // The commit thread had no time to delete the first chunk.
        assertThat(buffer.setAsideOldestChunk("why")).isEqualTo(10);
        buffer.abandon();
        try (Buffer again = BufferOpening.open(config, metrics, TestBuffers.sources(new TestDisk()))) {
            assertThat(TestBuffers.drain(again)).hasSize(5);
            assertThat(metrics.framesRecovered.sum()).isEqualTo(5);
            assertThat(metrics.dropped(Metrics.DropCause.DAMAGED).sum()).isZero();
        }
    }

    @Test
    void keepsSingleDeadLetters() throws Exception {
        BufferConfig config = TestBuffers.config(folder, CHUNK, 4);
        for (int run = 0; run < 2; run++) {
            try (Buffer buffer = Buffer.open(config, metrics)) {
                buffer.keepDeadLetters(List.of(
                        new DeadLetter(
                                "key-é", "refused", "refused 17 times", Instant.ofEpochMilli(1234), new byte[] {1, 2, 3
                                }),
                        new DeadLetter("k", "", "", Instant.EPOCH, new byte[0])));
                buffer.keepDeadLetters(List.of(new DeadLetter("third", "refused", "r", Instant.EPOCH, new byte[] {9})));
                assertThat(buffer.gauges().deadLetterBytes()).isPositive();
            }
        }
        Path letters = folder.resolve(DeadLetters.FOLDER);
        assertThat(TestBuffers.names(letters)).containsExactly("0000000000000000.letters", "0000000000000001.letters");
        assertThat(DeadLettersTest.parse(Files.readAllBytes(letters.resolve("0000000000000001.letters"))))
                .extracting(letter -> letter.key() + "|" + letter.reason() + "|"
                        + letter.time().toEpochMilli() + "|" + letter.data().length)
                .containsExactly("key-é|refused 17 times|1234|3", "k||0|0", "third|r|0|1");
    }

    @Test
    void tellsTheAgeOfTheOldestFrame() throws Exception {
        AtomicLong nanos = new AtomicLong();
        BufferConfig config = TestBuffers.config(folder, CHUNK, 4);
        try (Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(ChunkFiles.REAL, nanos, 1))) {
            nanos.set(TimeUnit.SECONDS.toNanos(10));
            assertThat(buffer.gauges().oldestPendingMillis()).isZero();
            buffer.append(TestBuffers.batch("a"));
            nanos.set(TimeUnit.SECONDS.toNanos(13));
            buffer.append(TestBuffers.batch("b"));
            assertThat(buffer.gauges().oldestPendingMillis()).isEqualTo(3000);
            force(buffer);
            assertThat(buffer.read()).matches(frame -> frame.appendedNanos() == TimeUnit.SECONDS.toNanos(10));
            assertThat(buffer.read()).matches(frame -> frame.appendedNanos() == TimeUnit.SECONDS.toNanos(13));
            buffer.release(1);
            nanos.set(TimeUnit.SECONDS.toNanos(14));
            assertThat(buffer.gauges().oldestPendingMillis()).isEqualTo(1000);
        }
        try (Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(ChunkFiles.REAL, nanos, 1))) {
            assertThat(buffer.gauges().oldestPendingMillis())
                    .as("since the chunk was made")
                    .isEqualTo(14_000);
        }
    }

    @Test
    void releaseBeyondWhatWasReadIsABug() throws Exception {
        try (Buffer buffer =
                TestBuffers.manual(TestBuffers.config(folder, CHUNK, 4), TestBuffers.sources(new TestDisk()))) {
            buffer.append(TestBuffers.batch("a"));
            force(buffer);
            assertThatThrownBy(() -> buffer.release(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    /** Writes and forces everything, as the commit thread would for somebody who waits. */
    private static void force(Buffer buffer) {
        buffer.wantDurable();
        buffer.step();
    }
}
