package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A dead letter is at every moment in its file, or safe with whoever took it. */
class TakingOutTest {
    private static final Instant NOW = TestBuffers.START;

    @TempDir
    Path folder;

    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();

    /** Takes what it likes, and remembers what it was given. */
    private static final class Taker implements DeadLetterTaker {
        private final Predicate<String> likes;
        private final List<String> taken = new ArrayList<>();
        private final List<String> safe = new ArrayList<>();
        private @Nullable IOException failure;
        private Runnable onSettle = () -> {};

        Taker(Predicate<String> likes) {
            this.likes = likes;
        }

        @Override
        public boolean take(DeadLetter letter) {
            return take(letter.key());
        }

        @Override
        public boolean take(StoredFrame frame) {
            return take(new String(frame.payload(), StandardCharsets.UTF_8));
        }

        private boolean take(String what) {
            if (likes.test(what)) {
                taken.add(what);
                return true;
            }
            return false;
        }

        @Override
        public void settle() throws IOException {
            onSettle.run();
            if (failure != null) {
                throw failure;
            }
            safe.addAll(taken);
            taken.clear();
        }
    }

    private DeadLetters open() throws IOException {
        BufferConfig config = new BufferConfig(
                folder,
                1 << 20,
                4,
                BufferConfig.Overflow.BLOCK,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.ACK,
                Duration.ofMillis(100),
                1 << 20,
                Duration.ofDays(14));
        return new DeadLetters(config, TestBuffers.sources(disk, nanos, 1), metrics);
    }

    private static DeadLetter letter(String key, String cause, Instant time) {
        return new DeadLetter(key, cause, "because of " + key, time, new byte[20]);
    }

    private static DeadLetter letter(String key) {
        return letter(key, "refused", NOW);
    }

    private List<String> keysOnDisk() throws IOException {
        List<String> keys = new ArrayList<>();
        for (DeadLetterFile file : DeadLetterFiles.list(folder)) {
            if (file instanceof DeadLetterFile.Letters letters) {
                try (LetterReader reader = LetterReader.open(letters.path())) {
                    for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                        keys.add(letter.key());
                    }
                }
            }
        }
        return keys;
    }

    private Path file(int number) {
        return folder.resolve(DeadLetters.FOLDER).resolve(String.format("%016x.letters", number));
    }

    private static DeadLetterSelection match(String text) {
        return new DeadLetterSelection(null, text, null, null);
    }

    @Test
    void whatIsTakenLeavesAndTheFileGoesWithTheLast() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a"), letter("b")));
            Taker taker = new Taker(key -> true);

            assertThat(letters.takeOut(DeadLetterSelection.ALL, taker)).isEqualTo(new TakenOut(2, 40, 1, 0));
            assertThat(taker.safe).containsExactly("a", "b");
            assertThat(file(0)).doesNotExist();
            assertThat(letters.bytes()).isZero();
        }
    }

    @Test
    void onlyWhatIsMeantLeaves() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(
                    letter("a", "too_large", NOW),
                    letter("b", "refused", NOW.minusSeconds(100)),
                    letter("c", "refused", NOW)));
            FileTime before = Files.getLastModifiedTime(file(0));

            Taker large = new Taker(key -> true);
            assertThat(letters.takeOut(match("TOO_"), large)).isEqualTo(new TakenOut(1, 20, 0, 0));
            assertThat(large.safe).containsExactly("a");
            Taker old = new Taker(key -> true);
            letters.takeOut(new DeadLetterSelection(null, null, NOW.minusSeconds(50), null), old);
            assertThat(old.safe).containsExactly("b");
            Taker young = new Taker(key -> true);
            letters.takeOut(new DeadLetterSelection(null, null, null, NOW.plusSeconds(1)), young);
            assertThat(young.safe).isEmpty();
            letters.takeOut(new DeadLetterSelection("other", null, null, null), young);
            letters.takeOut(match("because of x"), young);
            assertThat(young.safe).isEmpty();

            assertThat(keysOnDisk()).containsExactly("c");
            assertThat(Files.getLastModifiedTime(file(0)))
                    .as("the file is as old as before")
                    .isEqualTo(before);
        }
    }

    @Test
    void whatTheTakerDoesNotTakeStays() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a"), letter("b"), letter("c")));

            assertThat(letters.takeOut(DeadLetterSelection.ALL, new Taker(key -> !key.equals("b"))))
                    .isEqualTo(new TakenOut(2, 40, 0, 1));
            assertThat(keysOnDisk()).containsExactly("b");
        }
    }

    @Test
    void nothingLeavesBeforeItIsSafe() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a"), letter("b")));
            Taker taker = new Taker(key -> true);
            taker.onSettle = () -> assertThat(file(0)).exists();
            taker.failure = new IOException("the buffer has no room");

            assertThatThrownBy(() -> letters.takeOut(DeadLetterSelection.ALL, taker))
                    .hasMessage("the buffer has no room");
            assertThat(keysOnDisk()).containsExactly("a", "b");
        }
    }

    /** Each operation of the disk fails once, at each place of the way. */
    @ParameterizedTest
    @EnumSource(
            value = TestDisk.Operation.class,
            names = {"CREATE", "WRITE", "HALF_WRITE", "FORCE", "DELETE", "MOVE", "SYNC_FOLDER", "READ"})
    void afterAFaultOfTheDiskEachIsSafeOrStillThere(TestDisk.Operation operation) throws Exception {
        for (int nth = 1; nth <= 6; nth++) {
            try (DeadLetters letters = open()) {
                letters.keep(List.of(letter("a", "x", NOW), letter("b", "y", NOW), letter("c", "x", NOW)));
                Taker taker = new Taker(key -> true);
                disk.failNth(operation, nth);
                try {
                    letters.takeOut(match("x"), taker);
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("No space left");
                }
                disk.healed();

                List<String> there = new ArrayList<>(keysOnDisk());
                assertThat(there).as("%s %d: not meant", operation, nth).contains("b");
                there.addAll(taker.safe);
                assertThat(there)
                        .as("%s %d: safe, or still there", operation.name().toLowerCase(Locale.ROOT), nth)
                        .contains("a", "b", "c");
                letters.purge(DeadLetterSelection.ALL);
                assertThat(DeadLetterFiles.list(folder))
                        .as("nothing half written")
                        .isEmpty();
            }
        }
        assertThat(disk.open).as("files left open").hasValue(0);
    }

    @Test
    void lettersThatComeMeanwhileGoToAFileOfTheirOwn() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a")));
            Taker taker = new Taker(key -> true);
            taker.onSettle = () -> {
                try {
                    letters.keep(List.of(letter("new")));
                    letters.prune();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            };

            letters.takeOut(DeadLetterSelection.ALL, taker);

            assertThat(taker.safe).containsExactly("a");
            assertThat(keysOnDisk()).containsExactly("new");
            assertThat(file(0)).doesNotExist();
        }
    }

    /** Else a file that is listed could be another one when its turn comes. */
    @Test
    void noNameIsGivenTwice() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a")));
            letters.purge(DeadLetterSelection.ALL);
            letters.keep(List.of(letter("b")));

            assertThat(file(0)).doesNotExist();
            assertThat(file(1)).exists();
        }
    }

    @Test
    void oneTakesOutAtATime() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a")));
            Taker taker = new Taker(key -> true);
            Thread[] other = new Thread[1];
            List<Exception> refused = new ArrayList<>();
            taker.onSettle = () -> {
                other[0] = Thread.ofPlatform().start(() -> {
                    try {
                        letters.purge(DeadLetterSelection.ALL);
                    } catch (DeadLettersBusyException | IOException e) {
                        refused.add(e);
                    }
                });
                try {
                    other[0].join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            };

            letters.takeOut(DeadLetterSelection.ALL, taker);

            assertThat(refused).hasSize(1).first().isInstanceOf(DeadLettersBusyException.class);
        }
    }

    @Test
    void damagedBytesHoldUpNothingAndStay() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a"), letter("b"), letter("c")));
            int letterBytes = LetterFormat.toBytes(letter("a")).remaining();
            flip(file(0), LetterFormat.FILE_HEADER_BYTES + letterBytes + 30);
            Taker taker = new Taker(key -> true);

            assertThat(letters.takeOut(DeadLetterSelection.ALL, taker)).isEqualTo(new TakenOut(2, 40, 0, 0));
            assertThat(taker.safe).containsExactly("a", "c");
            assertThat(Files.size(file(0))).isEqualTo(LetterFormat.FILE_HEADER_BYTES + letterBytes);
            flip(file(0), LetterFormat.FILE_HEADER_BYTES + 30);
            assertThat(keysOnDisk()).as("the same bytes, made whole again").containsExactly("b");

            assertThat(letters.purge(DeadLetterSelection.ALL)).isEqualTo(new TakenOut(1, 20, 1, 0));
            assertThat(file(0)).doesNotExist();
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void whatIsPurgedIsCounted() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a", "x", NOW), letter("b", "y", NOW)));
            letters.purge(match("y"));
            assertThat(keysOnDisk()).containsExactly("a");
            Files.writeString(folder.resolve(DeadLetters.FOLDER).resolve("notes.txt"), "mine");

            assertThat(letters.purge(DeadLetterSelection.ALL)).isEqualTo(new TakenOut(1, 20, 1, 0));
            assertThat(folder.resolve(DeadLetters.FOLDER).resolve("notes.txt"))
                    .as("what is not ours")
                    .exists();
        }
    }

    @Test
    void withoutAnAgentTheLockIsTakenForIt() throws Exception {
        try (Buffer buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics)) {
            buffer.keepDeadLetters(List.of(letter("a")));
            assertThatThrownBy(() -> DeadLetterPurge.offline(folder, DeadLetterSelection.ALL))
                    .isInstanceOf(BufferInUseException.class);
        }
        assertThat(DeadLetterPurge.offline(folder, DeadLetterSelection.ALL)).isEqualTo(new TakenOut(1, 20, 1, 0));
        assertThat(keysOnDisk()).isEmpty();
    }

    // Whole chunks.

    /** A buffer of chunks with two frames, the first chunk set aside. */
    private Buffer withChunkSetAside(int released) throws Exception {
        int frameBytes = FrameBatch.HEADER_BYTES + 5;
        Buffer buffer =
                TestBuffers.manual(TestBuffers.config(folder, 2 * frameBytes, 8), TestBuffers.sources(disk, nanos, 1));
        for (int frame = 0; frame < 3; frame++) {
            buffer.append(TestBuffers.batch("frm-" + frame));
            buffer.wantDurable();
            buffer.step();
        }
        TestBuffers.drain(buffer);
        buffer.release(released);
        assertThat(buffer.setAsideOldestChunk("nothing was accepted")).isEqualTo(2 - released);
        return buffer;
    }

    private DeadLetterFile.WholeChunk onlyChunk() throws IOException {
        List<DeadLetterFile> files = DeadLetterFiles.list(folder);
        assertThat(files).hasSize(1);
        return (DeadLetterFile.WholeChunk) files.getFirst();
    }

    @Test
    void aChunkSaysWhyItIsThere() throws Exception {
        try (Buffer buffer = withChunkSetAside(0)) {
            DeadLetterFile.WholeChunk chunk = onlyChunk();
            assertThat(chunk.cause()).isEqualTo("retries_exhausted");
            assertThat(chunk.reason()).isEqualTo("nothing was accepted");
            assertThat(chunk.records()).hasValue(2);
            assertThat(chunk.identity()).isEqualTo(buffer.identity());
            assertThat(chunk.came()).isEqualTo(NOW);
        }
    }

    @Test
    void aChunkGoesWhenAllOfItIsSafe() throws Exception {
        try (Buffer buffer = withChunkSetAside(0)) {
            Taker taker = new Taker(key -> true);

            assertThat(buffer.takeOutDeadLetters(DeadLetterSelection.ALL, taker))
                    .isEqualTo(new TakenOut(2, 10, 1, 0));
            assertThat(taker.safe).containsExactly("frm-0", "frm-1");
            assertThat(folder.resolve(DeadLetters.FOLDER)).isEmptyDirectory();
        }
    }

    @Test
    void whatWasDeliveredOfAChunkIsNotTakenOut() throws Exception {
        try (Buffer buffer = withChunkSetAside(1)) {
            Taker taker = new Taker(key -> true);

            assertThat(onlyChunk().records()).hasValue(1);
            buffer.takeOutDeadLetters(DeadLetterSelection.ALL, taker);
            assertThat(taker.safe).containsExactly("frm-1");
        }
    }

    @Test
    void aChunkIsGoneOnWithWhereItWasStopped() throws Exception {
        try (Buffer buffer = withChunkSetAside(0)) {
            Taker first = new Taker(key -> key.equals("frm-0"));
            assertThat(buffer.takeOutDeadLetters(DeadLetterSelection.ALL, first))
                    .isEqualTo(new TakenOut(1, 5, 0, 1));
            assertThat(onlyChunk().records()).hasValue(1);
            assertThat(onlyChunk().reason()).isEqualTo("nothing was accepted");

            Taker rest = new Taker(key -> true);
            assertThat(buffer.takeOutDeadLetters(DeadLetterSelection.ALL, rest)).isEqualTo(new TakenOut(1, 5, 1, 0));
            assertThat(rest.safe).containsExactly("frm-1");
        }
    }

    @Test
    void damagedFramesOfAChunkStayWithIt() throws Exception {
        try (Buffer buffer = withChunkSetAside(0)) {
            flip(onlyChunk().path(), ChunkFormat.FIRST_FRAME_AT + FrameBatch.HEADER_BYTES);
            Taker taker = new Taker(key -> true);

            assertThat(buffer.takeOutDeadLetters(DeadLetterSelection.ALL, taker))
                    .isEqualTo(new TakenOut(1, 5, 0, 1));
            assertThat(taker.safe).containsExactly("frm-1");
            assertThat(onlyChunk().records())
                    .as("what could still be taken out")
                    .hasValue(0);
            Taker nothing = new Taker(key -> true);
            buffer.takeOutDeadLetters(DeadLetterSelection.ALL, nothing);
            assertThat(nothing.safe).isEmpty();
        }
    }

    @Test
    void aChunkWithoutItsReasonCanBeTakenOut() throws Exception {
        try (Buffer buffer = withChunkSetAside(0)) {
            Files.delete(SetAside.of(onlyChunk().path()));
            assertThat(onlyChunk().records()).isEmpty();
            Taker taker = new Taker(key -> true);

            assertThat(buffer.takeOutDeadLetters(DeadLetterSelection.ALL, taker))
                    .isEqualTo(new TakenOut(2, 10, 1, 0));
            assertThat(taker.safe).containsExactly("frm-0", "frm-1");
        }
    }

    @Test
    void aChunkAndItsReasonGoTogether() throws Exception {
        try (Buffer buffer = withChunkSetAside(0)) {
            assertThat(buffer.purgeDeadLetters(match("nothing was")).files()).isEqualTo(1);
            assertThat(folder.resolve(DeadLetters.FOLDER)).isEmptyDirectory();
        }
    }

    @Test
    void pruningCountsAChunkAndItsReasonAsOne() throws Exception {
        withChunkSetAside(0).close();
        Path chunk = onlyChunk().path();
        Files.setLastModifiedTime(chunk, FileTime.from(NOW.minus(Duration.ofDays(15))));
        try (DeadLetters letters = open()) {
            // The clock must stay there before it is believed.
            nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
            letters.prune();
            assertThat(letters.bytes()).isZero();
        }
        assertThat(folder.resolve(DeadLetters.FOLDER)).isEmptyDirectory();
        assertThat(metrics.deadLetterFilesDeleted.sum()).isEqualTo(1);
        assertThat(metrics.deadLettersDeleted.sum()).as("records in it").isEqualTo(2);
    }

    @Test
    void aFileThatCannotBeReadHoldsUpNoOther() throws Exception {
        try (DeadLetters letters = open()) {
            letters.keep(List.of(letter("a")));
        }
        byte[] other = Files.readAllBytes(file(0));
        other[8] = 1;
        Files.write(file(7), other);
        Files.write(file(8), new byte[3]);
        Files.write(folder.resolve(DeadLetters.FOLDER).resolve("0000000000000005.chunk"), new byte[200]);

        assertThat(DeadLetterFiles.list(folder).stream()
                        .filter(file -> file instanceof DeadLetterFile.Other)
                        .map(file -> file.name() + ": " + ((DeadLetterFile.Other) file).why()))
                .containsExactlyInAnyOrder(
                        "0000000000000007.letters: its format version is 1",
                        "0000000000000008.letters: it does not begin as a file of dead letters does",
                        "0000000000000005.chunk: it has no readable header");
        try (DeadLetters letters = open()) {
            Taker taker = new Taker(key -> true);
            letters.takeOut(DeadLetterSelection.ALL, taker);
            assertThat(taker.safe).containsExactly("a");
            letters.keep(List.of(letter("b")));
            assertThat(file(9)).as("behind all that are there").exists();
        }
    }
}
