package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small chunk cut at every byte and flipped at every byte, as the last one and as a sealed one: never an exception,
 * never a wrong frame, never more lost than the frames that were damaged, never a place given to two payloads.
 */
class DamageTest {
    private static final int FRAMES = 6;

    @TempDir
    Path temp;

    private static BufferConfig config(Path folder) {
        return TestBuffers.config(folder, 1 << 10, 8);
    }

    private static String payload(int number) {
        return "frame " + number + " " + "abc".repeat(number);
    }

    /** A folder whose chunk 0 holds the frames; and where each frame ends. */
    private List<Integer> write(Path folder, boolean sealed) throws IOException, BufferClosedException {
        List<Integer> ends = new ArrayList<>();
        int end = ChunkFormat.FIRST_FRAME_AT;
        try (Buffer buffer = TestBuffers.manual(config(folder), TestBuffers.sources(new TestDisk()))) {
            for (int number = 0; number < FRAMES; number++) {
                buffer.append(TestBuffers.batch(payload(number)));
                end += FrameBatch.HEADER_BYTES + payload(number).length();
                ends.add(end);
            }
        }
        if (sealed) {
            try (Buffer buffer = TestBuffers.manual(config(folder), TestBuffers.sources(new TestDisk()))) {
                buffer.append(TestBuffers.batch("behind"));
            }
        }
        Files.deleteIfExists(folder.resolve(Checkpoint.FILE));
        return ends;
    }

    @Test
    void aLastChunkCutAnywhere() throws Exception {
        cutAnywhere(false);
    }

    @Test
    void aSealedChunkCutAnywhere() throws Exception {
        cutAnywhere(true);
    }

    private void cutAnywhere(boolean sealed) throws Exception {
        List<Integer> ends = write(temp.resolve("whole"), sealed);
        byte[] whole = Files.readAllBytes(temp.resolve("whole").resolve(ChunkFormat.name(0)));
        for (int cut = 0; cut < whole.length; cut = nextCut(cut)) {
            byte[] left = Arrays.copyOf(whole, cut);
            int at = cut;
            // Without either header nothing in a chunk can be told from chance.
            long survivors = cut < ChunkFormat.HEADER_BYTES
                    ? 0
                    : ends.stream().filter(end -> end <= at).count();
            List<Integer> expected = new ArrayList<>();
            for (int number = 0; number < survivors; number++) {
                expected.add(number);
            }
            check("cut at " + cut, left, expected, sealed);
        }
    }

    /** Between the headers is nothing: a few cuts there stand for all. */
    private static int nextCut(int cut) {
        boolean between = cut > ChunkFormat.HEADER_BYTES && cut < ChunkFormat.HEADER_COPY_AT;
        return between ? Math.min(cut + 500, ChunkFormat.HEADER_COPY_AT) : cut + 1;
    }

    @Test
    void aLastChunkFlippedAnywhere() throws Exception {
        flippedAnywhere(false);
    }

    @Test
    void aSealedChunkFlippedAnywhere() throws Exception {
        flippedAnywhere(true);
    }

    private void flippedAnywhere(boolean sealed) throws Exception {
        List<Integer> ends = write(temp.resolve("whole"), sealed);
        byte[] whole = Files.readAllBytes(temp.resolve("whole").resolve(ChunkFormat.name(0)));
        Random random = new Random(7);
        for (int flip = 0; flip < whole.length; flip = nextCut(flip)) {
            byte[] damaged = whole.clone();
            damaged[flip] ^= (byte) (1 + random.nextInt(255));
            List<Integer> expected = new ArrayList<>();
            for (int number = 0; number < FRAMES; number++) {
                int start = number == 0 ? ChunkFormat.FIRST_FRAME_AT : ends.get(number - 1);
                if (flip < start || flip >= ends.get(number)) {
                    expected.add(number);
                }
            }
            check("flipped at " + flip, damaged, expected, sealed);
        }
    }

    /** Opens, reads, appends, opens again: each time what is expected and nothing else. */
    private void check(String what, byte[] chunk, List<Integer> expected, boolean sealed) throws Exception {
        Path folder = TestBuffers.copy(temp.resolve("whole"), temp.resolve(what));
        Files.write(folder.resolve(ChunkFormat.name(0)), chunk);
        Map<String, String> places = new HashMap<>();
        for (int number = 0; number < FRAMES; number++) {
            places.put("0/" + number, payload(number));
        }
        List<String> texts = new ArrayList<>();
        expected.forEach(number -> texts.add(payload(number)));
        if (sealed) {
            texts.add("behind");
        }
        for (int run = 0; run < 2; run++) {
            Metrics metrics = new Metrics();
            try (Buffer buffer = BufferOpening.open(config(folder), metrics, TestBuffers.sources(new TestDisk()))) {
                List<Frame> frames = TestBuffers.drain(buffer);
                assertThat(TestBuffers.texts(frames)).as(what).containsExactlyElementsOf(texts);
                for (Frame frame : frames) {
                    String place = frame.sequence() + "/" + frame.index();
                    String before = places.put(place, TestBuffers.text(frame));
                    assertThat(before == null || before.equals(TestBuffers.text(frame)))
                            .as(what + " " + place)
                            .isTrue();
                }
                assertThat(metrics.framesRecovered.sum())
                        .as(what + ": accounting")
                        .isEqualTo(buffer.bufferedFrames()
                                + metrics.dropped(DropCause.DAMAGED).sum());
                if (sealed && run == 0 && chunk.length >= ChunkFormat.HEADER_BYTES) {
                    if (chunk.length == Files.size(temp.resolve("whole").resolve(ChunkFormat.name(0)))) {
                        assertThat(metrics.bytesTorn.sum() > 0)
                                .as(what + ": set aside")
                                .isEqualTo(expected.size() < FRAMES);
                    }
                    assertThat(metrics.dropped(DropCause.DAMAGED).sum())
                            .as(what + ": what is missing in a sealed chunk is known")
                            .isEqualTo(FRAMES - expected.size());
                }
                buffer.append(TestBuffers.batch("added in run " + run));
                texts.add("added in run " + run);
            }
            Files.deleteIfExists(folder.resolve(Checkpoint.FILE));
        }
    }

    @Test
    void tornBytesAreSetAsideAndCounted() throws Exception {
        Path folder = temp.resolve("torn");
        List<Integer> ends = write(folder, false);
        byte[] whole = Files.readAllBytes(folder.resolve(ChunkFormat.name(0)));
        int cut = ends.get(3) + 5;
        Files.write(folder.resolve(ChunkFormat.name(0)), Arrays.copyOf(whole, cut));
        Metrics metrics = new Metrics();
        try (Buffer buffer = BufferOpening.open(config(folder), metrics, TestBuffers.sources(new TestDisk()))) {
            assertThat(metrics.bytesTorn.sum()).isEqualTo(5);
            assertThat(folder.resolve(ChunkFormat.name(0) + ".torn"))
                    .hasBinaryContent(Arrays.copyOfRange(whole, cut - 5, cut));
            assertThat(TestBuffers.drain(buffer)).hasSize(4);
        }
    }

    @Test
    void aChunkThatIsGoneIsCounted() throws Exception {
        Path folder = temp.resolve("gone");
        write(folder, true);
        try (Buffer buffer = TestBuffers.manual(config(folder), TestBuffers.sources(new TestDisk()))) {
            buffer.append(TestBuffers.batch("third"));
        }
        Files.delete(folder.resolve(ChunkFormat.name(1)));
        Metrics metrics = new Metrics();
        try (Buffer buffer = BufferOpening.open(config(folder), metrics, TestBuffers.sources(new TestDisk()))) {
            List<Frame> frames = TestBuffers.drain(buffer);
            assertThat(frames).hasSize(FRAMES + 1);
            assertThat(TestBuffers.text(frames.getLast())).isEqualTo("third");
            assertThat(metrics.dropped(DropCause.DAMAGED).sum()).isEqualTo(1);
            assertThat(buffer.bufferedFrames()).isEqualTo(FRAMES + 1);
            buffer.release(frames.getLast().ordinal() + 1);
            assertThat(buffer.bufferedFrames()).isZero();
        }
    }

    @Test
    void whatTheDiskRefusesIsTriedAgainAndThenPassedOver() throws Exception {
        Path folder = temp.resolve("unreadable");
        write(folder, true);
        TestDisk disk = new TestDisk();
        Metrics metrics = new Metrics();
        try (Buffer buffer = BufferOpening.open(config(folder), metrics, TestBuffers.sources(disk))) {
            Path bad = folder.resolve(ChunkFormat.name(0));
            disk.failing((operation, path) -> operation == TestDisk.Operation.READ && path.equals(bad));
            int errors = 0;
            List<String> texts = new ArrayList<>();
            while (texts.isEmpty()) {
                try {
                    texts.addAll(TestBuffers.texts(TestBuffers.drain(buffer)));
                } catch (IOException e) {
                    errors++;
                }
            }
            assertThat(errors).isEqualTo(2);
            assertThat(texts).containsExactly("behind");
            assertThat(metrics.dropped(DropCause.DAMAGED).sum()).isEqualTo(FRAMES);
        }
    }

    @Test
    void aPassingReadErrorLosesNothing() throws Exception {
        Path folder = temp.resolve("passing");
        write(folder, true);
        TestDisk disk = new TestDisk();
        try (Buffer buffer = TestBuffers.manual(config(folder), TestBuffers.sources(disk))) {
            disk.failNth(TestDisk.Operation.READ, 1);
            assertThatThrownBy(buffer::read).isInstanceOf(IOException.class);
            assertThat(TestBuffers.drain(buffer)).hasSize(FRAMES + 1);
        }
    }

    @Test
    void bytesOfAnotherPlaceDoNotPass() throws Exception {
        Path folder = temp.resolve("moved");
        List<Integer> ends = write(folder, false);
        byte[] whole = Files.readAllBytes(folder.resolve(ChunkFormat.name(0)));
        byte[] twice = Arrays.copyOf(whole, whole.length + ends.get(1) - ends.get(0));
        System.arraycopy(whole, ends.get(0), twice, whole.length, ends.get(1) - ends.get(0));
        Files.write(folder.resolve(ChunkFormat.name(0)), twice);
        try (Buffer buffer = TestBuffers.manual(config(folder), TestBuffers.sources(new TestDisk()))) {
            assertThat(TestBuffers.drain(buffer)).hasSize(FRAMES);
        }
    }
}
