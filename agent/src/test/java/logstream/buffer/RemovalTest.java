package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.TestDisk.Operation;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files are taken away while the agent runs: nothing is acknowledged that is not in the folder, what can be is put back. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemovalTest {
    @TempDir
    Path temp;

    private Path folder;
    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();

    @BeforeEach
    void choose() {
        folder = temp.resolve("logstream").resolve("buffer");
    }

    /** Three frames of a hundred bytes to a chunk. */
    private BufferConfig config() {
        return TestBuffers.config(folder, 300, 20);
    }

    private Buffer open() throws IOException {
        return BufferOpening.open(config(), metrics, TestBuffers.sources(disk, nanos, 1));
    }

    private static String text(int number) {
        return "frame " + number + " " + "z".repeat(100 - FrameBatch.HEADER_BYTES - 8);
    }

    private static void append(Buffer buffer, int from, int to) throws BufferClosedException {
        for (int number = from; number < to; number++) {
            buffer.append(TestBuffers.batch(text(number)));
        }
    }

    private static List<String> texts(int from, int to) {
        return java.util.stream.IntStream.range(from, to)
                .mapToObj(RemovalTest::text)
                .toList();
    }

    private static void force(Buffer buffer) {
        buffer.wantDurable();
        buffer.step();
    }

    private void secondsLater(Buffer buffer, int seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        buffer.step();
        buffer.checkInvariant();
    }

    private static void remove(Path path) throws IOException {
        try (var files = Files.walk(path)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private long damaged() {
        return metrics.dropped(DropCause.DAMAGED).sum();
    }

    private List<String> readAfterRestart(Buffer buffer) throws IOException {
        buffer.abandon();
        try (Buffer again = BufferOpening.open(config(), new Metrics(), TestBuffers.sources(disk, nanos, 2))) {
            return TestBuffers.texts(TestBuffers.drain(again));
        }
    }

    @Test
    void afterTheFolderWasRemovedNothingIsDurableBeforeItIsThereAgain() throws Exception {
        Buffer buffer = open();
        append(buffer, 0, 1);
        force(buffer);
        assertThat(TestBuffers.drain(buffer)).hasSize(1);
        remove(folder);
        append(buffer, 1, 2);

        force(buffer);

        assertThat(TestBuffers.drain(buffer))
                .as("forced, and not in the folder")
                .isEmpty();
        buffer.step();
        assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactlyElementsOf(texts(1, 2));
        assertThat(readAfterRestart(buffer))
                .as("what had been durable before is there, too")
                .containsExactlyElementsOf(texts(0, 2));
        assertThat(damaged()).isZero();
    }

    @Test
    void whileTheFolderCannotBeMadeAgainNothingIsDurable() throws Exception {
        Buffer buffer = open();
        append(buffer, 0, 1);
        force(buffer);
        assertThat(TestBuffers.drain(buffer)).hasSize(1);
        Path parent = Objects.requireNonNull(folder.getParent());
        remove(parent);
        Files.writeString(parent, "in the way");
        append(buffer, 1, 2);
        force(buffer);
        for (int second = 0; second < 5; second++) {
            secondsLater(buffer, 1);
        }
        assertThat(TestBuffers.drain(buffer)).isEmpty();

        Files.delete(folder.getParent());
        secondsLater(buffer, 1);

        assertThat(readAfterRestart(buffer)).containsExactlyElementsOf(texts(0, 2));
    }

    @Test
    void whatWasNotYetReadOfOtherChunksIsCountedAndMakesRoom() throws Exception {
        try (Buffer buffer = open()) {
            append(buffer, 0, 11);
            force(buffer);
            assertThat(buffer.gauges().chunks()).isEqualTo(4);
            assertThat(buffer.read()).isNotNull();
            remove(folder);

            secondsLater(buffer, 1);

            assertThat(damaged()).as("chunks 1 and 2").isEqualTo(6);
            assertThat(buffer.bufferedFrames()).isEqualTo(5);
            assertThat(buffer.gauges().chunks()).isEqualTo(2);
            assertThat(TestBuffers.chunkFiles(folder))
                    .extracting(Path::getFileName)
                    .containsExactly(Path.of(ChunkFormat.name(3)));
            List<Frame> rest = TestBuffers.drain(buffer);
            assertThat(TestBuffers.texts(rest))
                    .as("the reader has the first one open; the last was put back")
                    .containsExactly(text(1), text(2), text(9), text(10));
            assertThat(rest.get(2)).matches(frame -> frame.sequence() == 3 && frame.index() == 0);
            assertThat(damaged()).as("counted once").isEqualTo(6);
            buffer.release(11);
            assertThat(buffer.bufferedFrames()).isZero();
            secondsLater(buffer, 1);
            assertThat(buffer.gauges().chunks()).isEqualTo(1);
        }
    }

    @Test
    void aReaderThatHasTheLastChunkOpenGoesOnInTheOneThatWasPutBack() throws Exception {
        try (Buffer buffer = open()) {
            append(buffer, 0, 1);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(1);
            Files.delete(folder.resolve(ChunkFormat.name(0)));
            secondsLater(buffer, 1);
            append(buffer, 1, 2);
            force(buffer);
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly(text(1));
            assertThat(damaged()).isZero();
        }
    }

    @Test
    void aReaderThatComesToTheLastChunkBeforeItWasPutBackWaits() throws Exception {
        try (Buffer buffer = open()) {
            append(buffer, 0, 2);
            force(buffer);
            Files.delete(folder.resolve(ChunkFormat.name(0)));
            assertThatThrownBy(buffer::read).isInstanceOf(IOException.class).hasMessageContaining("put back");
            secondsLater(buffer, 1);
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactlyElementsOf(texts(0, 2));
            assertThat(damaged()).isZero();
        }
    }

    @Test
    void oneChunkThatWasRemovedIsNoticedBeforeTheReaderComesThere() throws Exception {
        try (Buffer buffer = open()) {
            append(buffer, 0, 11);
            force(buffer);
            assertThat(buffer.read()).isNotNull();
            Files.delete(folder.resolve(ChunkFormat.name(2)));
            secondsLater(buffer, 10);
            assertThat(damaged()).isEqualTo(3);
            assertThat(TestBuffers.drain(buffer)).hasSize(7);
            assertThat(damaged()).isEqualTo(3);
        }
    }

    @Test
    void aChunkThatIsSealedWhileItsFileIsGoneIsPutBackFirst() throws Exception {
        Buffer buffer = open();
        append(buffer, 0, 2);
        force(buffer);
        remove(folder);
        append(buffer, 2, 5);
        force(buffer);
        force(buffer);
        assertThat(readAfterRestart(buffer)).containsExactlyElementsOf(texts(0, 5));
    }

    @Test
    void anotherFileInThePlaceOfTheChunkIsLeftAlone() throws Exception {
        Buffer buffer = open();
        append(buffer, 0, 1);
        force(buffer);
        assertThat(TestBuffers.drain(buffer)).hasSize(1);
        buffer.release(1);
        Path chunk = folder.resolve(ChunkFormat.name(0));
        Files.move(chunk, temp.resolve("away"));
        Files.writeString(chunk, "foreign");
        append(buffer, 1, 2);
        force(buffer);
        secondsLater(buffer, 1);
        secondsLater(buffer, 1);
        assertThat(chunk).content().isEqualTo("foreign");
        assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly(text(1));
        assertThat(damaged()).isZero();
        buffer.close();
    }

    @Test
    void aFolderThatWasMovedIsMadeAgainAndTheOldOneKeptAsItIs() throws Exception {
        Buffer buffer = open();
        append(buffer, 0, 4);
        force(buffer);
        Path moved = temp.resolve("moved");
        Files.move(folder, moved);
        append(buffer, 4, 5);
        force(buffer);
        force(buffer);
        assertThat(readAfterRestart(buffer)).containsExactly(text(3), text(4));
        assertThat(damaged()).isEqualTo(3);
        try (Buffer old =
                TestBuffers.manual(TestBuffers.config(moved, 300, 20), TestBuffers.sources(new TestDisk(), nanos, 9))) {
            assertThat(TestBuffers.texts(TestBuffers.drain(old)))
                    .as("moved, not lost; the fifth was forced into it before the move was seen")
                    .containsExactlyElementsOf(texts(0, 5));
        }
    }

    @Test
    void aLockThatWasRemovedIsTakenAgain() throws Exception {
        try (Buffer buffer = open()) {
            Files.delete(folder.resolve(FolderLock.FILE));
            secondsLater(buffer, 1);
            assertThatThrownBy(() -> Buffer.open(config(), new Metrics())).isInstanceOf(BufferInUseException.class);
            append(buffer, 0, 1);
            force(buffer);
            assertThat(TestBuffers.drain(buffer)).hasSize(1);
        }
        Buffer.open(config(), new Metrics()).close();
    }

    @Test
    void whenAnotherAgentHasTheFolderMeanwhileNothingIsDurable() throws Exception {
        Buffer buffer = open();
        append(buffer, 0, 1);
        force(buffer);
        TestBuffers.drain(buffer);
        remove(folder);
        try (Buffer _ = Buffer.open(config(), new Metrics())) {
            append(buffer, 1, 2);
            force(buffer);
            for (int second = 0; second < 3; second++) {
                secondsLater(buffer, 1);
            }
            assertThat(TestBuffers.drain(buffer)).isEmpty();
        }
        buffer.abandon();
    }

    @Test
    void syncNeverLooksToo() throws Exception {
        BufferConfig never = TestBuffers.with(config(), BufferConfig.Sync.NEVER, Duration.ofHours(1));
        Buffer buffer = BufferOpening.open(never, metrics, TestBuffers.sources(disk, nanos, 1));
        append(buffer, 0, 1);
        buffer.step();
        assertThat(TestBuffers.drain(buffer)).hasSize(1);
        remove(folder);
        append(buffer, 1, 2);
        buffer.step();
        assertThat(TestBuffers.drain(buffer)).isEmpty();
        buffer.step();
        assertThat(readAfterRestart(buffer)).containsExactlyElementsOf(texts(0, 2));
    }

    @Test
    void whatWasRemovedJustBeforeTheEndIsPutBackByIt() throws Exception {
        Buffer buffer = open();
        append(buffer, 0, 2);
        force(buffer);
        remove(folder);
        buffer.close();
        try (Buffer again = open()) {
            assertThat(TestBuffers.texts(TestBuffers.drain(again))).containsExactlyElementsOf(texts(0, 2));
        }
        assertThat(disk.open).as("open files").hasValue(0);
    }

    @Test
    void aFileThatCannotBePutBackStaysOpenUntilItCan() throws Exception {
        for (Operation failing : new Operation[] {
            Operation.CREATE, Operation.WRITE, Operation.FORCE, Operation.SYNC_FOLDER, Operation.READ, Operation.LOOK
        }) {
            folder = temp.resolve(failing.name());
            Buffer buffer = open();
            append(buffer, 0, 2);
            force(buffer);
            remove(folder);
            append(buffer, 2, 3);
            force(buffer);
            disk.failing((operation, path) -> operation == failing && path.startsWith(folder));
            for (int second = 0; second < 3; second++) {
                secondsLater(buffer, 1);
            }
            disk.healed();
            secondsLater(buffer, 1);
            secondsLater(buffer, 1);
            assertThat(readAfterRestart(buffer)).as(failing.name()).containsExactlyElementsOf(texts(0, 3));
        }
    }

    @Test
    void deadLettersGoIntoANewFile() throws Exception {
        try (Buffer buffer = open()) {
            buffer.keepDeadLetters(List.of(new DeadLetter("first", "refused", "why", Instant.EPOCH, new byte[1])));
            remove(folder);
            DeadLetter second = new DeadLetter("second", "refused", "why", Instant.EPOCH, new byte[1]);
            assertThatThrownBy(() -> buffer.keepDeadLetters(List.of(second)))
                    .as("no folder yet")
                    .isInstanceOf(IOException.class);
            secondsLater(buffer, 1);
            buffer.keepDeadLetters(List.of(second));
        }
        Path letters = folder.resolve(DeadLetters.FOLDER);
        byte[] kept =
                Files.readAllBytes(letters.resolve(TestBuffers.names(letters).getFirst()));
        assertThat(DeadLettersTest.parse(kept)).extracting(DeadLetter::key).containsExactly("second");
    }

    @Test
    void aChunkOnItsWayToTheDeadLettersIsNotTakenForRemoved() throws Exception {
        try (Buffer buffer = open()) {
            append(buffer, 0, 5);
            force(buffer);
            disk.failing((operation, path) -> {
                if (operation == Operation.MOVE) {
                    // The commit thread looks while the file is under way.
                    nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
                    moveAside(path);
                    buffer.step();
                    moveBack(path);
                }
                return false;
            });
            assertThat(buffer.setAsideOldestChunk("why")).isEqualTo(3);
            assertThat(damaged()).isZero();
            assertThat(TestBuffers.drain(buffer)).hasSize(2);
        }
    }

    private void moveAside(Path path) {
        try {
            Files.move(path, temp.resolve("under way"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void moveBack(Path path) {
        try {
            Files.move(temp.resolve("under way"), path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
