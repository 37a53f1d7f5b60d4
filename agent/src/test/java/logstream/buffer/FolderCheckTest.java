package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import logstream.buffer.FolderCheck.Damage;
import logstream.buffer.FolderCheck.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage is found wherever it is, and nothing else is called damage. */
class FolderCheckTest {
    private static final int FRAME_BYTES = FrameBatch.HEADER_BYTES + 5;
    private static final int FIRST = ChunkFormat.FIRST_FRAME_AT;

    @TempDir
    Path folder;

    private final List<Damage> damage = new ArrayList<>();

    /** Three chunks: two frames, two frames, one. */
    private Buffer buffer() throws IOException {
        Buffer buffer = TestBuffers.manual(
                TestBuffers.config(folder, 2 * FRAME_BYTES, 8), TestBuffers.sources(ChunkFiles.REAL));
        for (int frame = 0; frame < 5; frame++) {
            append(buffer, "frm-" + frame);
        }
        return buffer;
    }

    private static void append(Buffer buffer, String text) throws IOException {
        try {
            buffer.append(TestBuffers.batch(text));
        } catch (BufferClosedException e) {
            throw new AssertionError(e);
        }
        buffer.wantDurable();
        buffer.step();
    }

    private Path chunk(int sequence) {
        return folder.resolve(ChunkFormat.name(sequence));
    }

    private Result check(boolean live) throws IOException {
        return check(FolderView.look(folder), live);
    }

    private Result check(FolderView view, boolean live) throws IOException {
        damage.clear();
        return new FolderCheck(view, live, damage::add, bytes -> {}).run();
    }

    @Test
    void aSoundBufferHasNoDamage() throws Exception {
        buffer().close();

        assertThat(check(false)).isEqualTo(new Result(3, 5, 5L * FRAME_BYTES, 0, 0));
        assertThat(damage).isEmpty();
    }

    @Test
    void everyFlippedByteIsFoundInItsFrame() throws Exception {
        buffer().close();
        byte[] sound = Files.readAllBytes(chunk(1));
        for (int at = FIRST; at < sound.length; at++) {
            byte[] flipped = sound.clone();
            flipped[at] ^= 0x40;
            Files.write(chunk(1), flipped);

            Result result = check(false);

            int frame = (at - FIRST) / FRAME_BYTES;
            assertThat(damage)
                    .as("byte %d", at)
                    .containsExactly(new Damage(
                            chunk(1),
                            FIRST + (long) frame * FRAME_BYTES,
                            FIRST + (frame + 1L) * FRAME_BYTES,
                            "these bytes do not check"));
            assertThat(result.lostFrames()).isEqualTo(1);
            assertThat(result.frames()).isEqualTo(4);
        }
    }

    @Test
    void aFileThatIsTooShortIsDamaged() throws Exception {
        buffer().close();
        byte[] sound = Files.readAllBytes(chunk(0));
        Files.write(chunk(0), Arrays.copyOf(sound, FIRST + FRAME_BYTES + 3));

        assertThat(check(false).lostFrames()).isEqualTo(1);
        assertThat(damage)
                .containsExactly(new Damage(
                        chunk(0), FIRST + FRAME_BYTES, FIRST + 2L * FRAME_BYTES, "these bytes do not check"));
    }

    @Test
    void aMissingChunkIsDamage() throws Exception {
        buffer().close();
        Files.delete(chunk(1));

        assertThat(check(false).lostFrames()).isEqualTo(2);
        assertThat(damage)
                .containsExactly(new Damage(
                        chunk(0),
                        FIRST + 2L * FRAME_BYTES,
                        FIRST + 2L * FRAME_BYTES,
                        "frames are missing from here to the next chunk in the folder"));
    }

    @Test
    void whatIsBehindTheConfirmedEndIsNotLookedAt() throws Exception {
        buffer().close();
        Files.write(chunk(0), "rubbish".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);

        assertThat(check(false).damages()).isZero();
    }

    @Test
    void anUnfinishedEndIsDamageOnlyWhenNobodyIsWritingIt() throws Exception {
        buffer().close();
        byte[] last = Files.readAllBytes(chunk(2));
        Files.write(chunk(2), Arrays.copyOf(last, last.length + 9));

        assertThat(check(true).damages()).isZero();
        assertThat(check(true).frames()).isEqualTo(5);
        assertThat(check(false).damages()).isEqualTo(1);
        assertThat(damage)
                .containsExactly(new Damage(
                        chunk(2),
                        last.length,
                        last.length + 9L,
                        "the last run was cut off here; the next start sets these bytes aside"));
    }

    @Test
    void aHoleBeforeTheEndOfTheLastChunkIsDamageAlsoWhileItGrows() throws Exception {
        Buffer buffer = TestBuffers.manual(
                TestBuffers.config(folder, 4 * FRAME_BYTES, 8), TestBuffers.sources(ChunkFiles.REAL));
        try (buffer) {
            append(buffer, "frm-0");
            append(buffer, "frm-1");
            byte[] bytes = Files.readAllBytes(chunk(0));
            bytes[FIRST + FrameBatch.HEADER_BYTES] ^= 1;
            Files.write(chunk(0), bytes);

            assertThat(check(true).lostFrames()).isEqualTo(1);
            assertThat(damage).extracting(Damage::from).containsExactly((long) FIRST);
        }
    }

    /** Between the look and the reading the last chunk got a successor, which says how far it is confirmed. */
    @Test
    void aChunkThatWasSealedMeanwhileIsReadUpToItsConfirmedEnd() throws Exception {
        FolderView before;
        try (Buffer buffer = buffer()) {
            before = FolderView.look(folder);
            append(buffer, "frm-5");
            append(buffer, "frm-6");
        }
        byte[] bytes = Files.readAllBytes(chunk(2));
        Files.write(chunk(2), Arrays.copyOf(bytes, bytes.length + 7));

        assertThat(check(before, false).damages()).isZero();
        bytes[bytes.length - 1] ^= 1;
        Files.write(chunk(2), bytes);
        assertThat(check(before, true).damages())
                .as("damage at the end of a sealed chunk")
                .isEqualTo(1);
    }

    @Test
    void chunksThatWereDeliveredMeanwhileAreNoDamage() throws Exception {
        FolderView before;
        try (Buffer buffer = buffer()) {
            before = FolderView.look(folder);
            TestBuffers.drain(buffer);
            buffer.release(4);
            buffer.step();
            assertThat(chunk(0)).doesNotExist();
            assertThat(chunk(1)).doesNotExist();

            assertThat(check(before, true)).isEqualTo(new Result(1, 1, FRAME_BYTES, 0, 0));
        }
    }

    @Test
    void aChunkWithoutAHeaderIsDamageUnlessItHasJustBeenBegun() throws Exception {
        buffer().close();
        Files.write(chunk(3), new byte[10]);

        assertThat(check(true).damages()).isZero();
        assertThat(check(false).damages()).isEqualTo(1);
        assertThat(damage)
                .containsExactly(
                        new Damage(chunk(3), 0, 10, "it has no readable header; the next start sets it aside"));
    }

    @Test
    void whatTheDiskDoesNotGiveIsDamage() throws Exception {
        buffer().close();
        FolderView view = FolderView.look(folder);
        TestDisk disk = new TestDisk();
        int[] reads = {0};
        // The header is read once; then the frames cannot be.
        disk.failing(
                (operation, path) -> operation == TestDisk.Operation.READ && path.equals(chunk(1)) && ++reads[0] > 1);

        Result result = new FolderCheck(disk, view, false, damage::add, bytes -> {}).run();

        assertThat(result.lostFrames()).isEqualTo(2);
        assertThat(damage).hasSize(1);
    }
}
