package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way the folder may look at a start, and what comes of it. */
class FolderAtStartTest {
    /** What is done to a folder with chunk 0 (frames a, b; all older ones) and chunk 1 (frames c, d). */
    @FunctionalInterface
    interface Change {
        void to(Path folder) throws IOException;
    }

    /**
     * @param frames that are read afterwards
     * @param left files that are there before anything is read, without checkpoint
     */
    record Row(String folder, Change change, List<String> frames, List<String> left) {
        @Override
        public String toString() {
            return folder;
        }
    }

    private static final String C0 = ChunkFormat.name(0);
    private static final String C1 = ChunkFormat.name(1);
    private static final String C2 = ChunkFormat.name(2);
    private static final String C3 = ChunkFormat.name(3);

    static Stream<Row> rows() {
        List<String> all = List.of("a", "b", "c", "d");
        return Stream.of(
                new Row("as it was left", folder -> {}, all, List.of(C0, C1, C2)),
                new Row(
                        "without any chunk",
                        folder -> {
                            Files.delete(folder.resolve(C0));
                            Files.delete(folder.resolve(C1));
                        },
                        List.of(),
                        List.of(C0)),
                new Row(
                        "without the last chunk",
                        folder -> Files.delete(folder.resolve(C1)),
                        List.of("a", "b"),
                        List.of(C0, C1)),
                new Row(
                        "without the first chunk",
                        folder -> Files.delete(folder.resolve(C0)),
                        List.of("c", "d"),
                        List.of(C1, C2)),
                new Row(
                        "an empty file behind",
                        folder -> Files.createFile(folder.resolve(C2)),
                        all,
                        List.of(C0, C1, C3)),
                new Row(
                        "a header cut short behind",
                        folder -> Files.write(folder.resolve(C2), new byte[] {76, 83}),
                        all,
                        List.of(C0, C1, C2 + ".torn", C3)),
                new Row(
                        "zeros behind",
                        folder -> Files.write(folder.resolve(C2), new byte[5000]),
                        all,
                        List.of(C0, C1, C2 + ".torn", C3)),
                new Row(
                        "a chunk of the next version behind",
                        folder -> edit(
                                folder.resolve(C1),
                                folder.resolve(C2),
                                bytes -> bytes.putInt(8, 2).putInt(4096 + 8, 2)),
                        all,
                        List.of(C0, C1, C2, C3)),
                new Row(
                        "a chunk under a wrong number",
                        folder -> Files.copy(folder.resolve(C1), folder.resolve(C2)),
                        all,
                        List.of(C0, C1, C2, C3)),
                new Row(
                        "a chunk far ahead that is none",
                        folder -> Files.write(folder.resolve("000000ffffffffff.chunk"), new byte[100]),
                        all,
                        List.of(C0, C1, C2, "000000ffffffffff.chunk.torn")),
                new Row(
                        "foreign files",
                        folder -> {
                            Files.writeString(folder.resolve("README"), "x");
                            Files.writeString(folder.resolve("1.chunk"), "x");
                            Files.writeString(folder.resolve("zz00000000000000.chunk"), "x");
                            Files.createDirectory(folder.resolve(C2));
                        },
                        all,
                        List.of(C0, C1, C2, C3, "1.chunk", "README", "zz00000000000000.chunk")),
                new Row(
                        "a checkpoint that is none",
                        folder -> Files.writeString(folder.resolve(Checkpoint.FILE), "x"),
                        all,
                        List.of(C0, C1, C2)),
                new Row(
                        "a checkpoint of an older chunk",
                        folder -> new Checkpoint(7, 7, 2).save(folder),
                        all,
                        List.of(C0, C1, C2)),
                new Row(
                        "a checkpoint with another seed",
                        folder -> new Checkpoint(0, 7, 2).save(folder),
                        all,
                        List.of(C0, C1, C2)),
                new Row("a checkpoint beyond the chunk", folder -> checkpoint(folder, 0, 3), all, List.of(C0, C1, C2)),
                new Row(
                        "a checkpoint in the first chunk",
                        folder -> checkpoint(folder, 0, 1),
                        List.of("b", "c", "d"),
                        List.of(C0, C1, C2)),
                new Row(
                        "a checkpoint at the end of the first chunk",
                        folder -> checkpoint(folder, 0, 2),
                        List.of("c", "d"),
                        List.of(C0, C1, C2)),
                new Row("a checkpoint in a later chunk", folder -> checkpoint(folder, 1, 1), all, List.of(C0, C1, C2)),
                new Row(
                        "half a checkpoint left",
                        folder -> Files.writeString(folder.resolve(Checkpoint.TEMP_FILE), "x"),
                        all,
                        List.of(C0, C1, C2, Checkpoint.TEMP_FILE)));
    }

    private static void edit(Path from, Path to, Consumer<ByteBuffer> edit) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(from)).order(ByteOrder.LITTLE_ENDIAN);
        edit.accept(bytes);
        Files.write(to, bytes.array());
    }

    private static void checkpoint(Path folder, int chunk, long index) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(ChunkFormat.name(chunk))))
                .order(ByteOrder.LITTLE_ENDIAN);
        new Checkpoint(chunk, header.getLong(48), index).save(folder);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void opens(Row row, @TempDir Path folder) throws Exception {
        BufferConfig config = TestBuffers.config(folder, 1 << 10, 8);
        for (List<String> frames : List.of(List.of("a", "b"), List.of("c", "d"))) {
            try (Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(new TestDisk()))) {
                buffer.append(TestBuffers.batch(frames.toArray(String[]::new)));
            }
        }
        Files.deleteIfExists(folder.resolve(Checkpoint.FILE));
        row.change.to(folder);

        Metrics metrics = new Metrics();
        Buffer buffer = BufferOpening.open(config, metrics, TestBuffers.sources(new TestDisk()));
        List<String> names = TestBuffers.names(folder).stream()
                .filter(name -> !name.equals(Checkpoint.FILE))
                .toList();
        assertThat(names).containsExactlyInAnyOrderElementsOf(row.left);
        assertThat(metrics.framesRecovered.sum()).isEqualTo(row.frames.size());
        assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactlyElementsOf(row.frames);
        buffer.checkInvariant();
        buffer.step();
        assertThat(TestBuffers.names(folder))
                .as("nothing is deleted before it is released, but by a checkpoint and after reading")
                .containsAll(row.folder.contains("end of the first") ? row.left.subList(1, 3) : row.left);
        buffer.append(TestBuffers.batch("new"));
        buffer.close();
    }

    @Test
    void aFolderOfAnotherBufferInBetweenIsLeftAlone(@TempDir Path folder, @TempDir Path other) throws Exception {
        for (int run = 0; run < 2; run++) {
            try (Buffer buffer = TestBuffers.manual(
                    TestBuffers.config(other, 1 << 10, 8), TestBuffers.sources(new TestDisk(), new AtomicLong(), 99))) {
                buffer.append(TestBuffers.batch("foreign"));
            }
        }
        for (int run = 0; run < 3; run++) {
            try (Buffer buffer =
                    TestBuffers.manual(TestBuffers.config(folder, 1 << 10, 8), TestBuffers.sources(new TestDisk()))) {
                buffer.append(TestBuffers.batch("ours " + run));
            }
        }
        Files.copy(other.resolve(C1), folder.resolve(C1), StandardCopyOption.REPLACE_EXISTING);
        byte[] foreign = Files.readAllBytes(folder.resolve(C1));
        try (Buffer buffer =
                TestBuffers.manual(TestBuffers.config(folder, 1 << 10, 8), TestBuffers.sources(new TestDisk()))) {
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("ours 0", "ours 2");
        }
        assertThat(folder.resolve(C1)).hasBinaryContent(foreign);
    }

    @Test
    void aLargeBacklogOpensByItsHeaders(@TempDir Path folder) throws Exception {
        int chunkBytes = 1 << 20;
        BufferConfig config = TestBuffers.config(folder, chunkBytes, 100);
        try (Buffer buffer = Buffer.open(config, new Metrics())) {
            FrameBatch batch = new FrameBatch(64 << 10);
            TestBuffers.add(batch, new byte[60_000]);
            long end = 0;
            for (int frame = 0; frame < 17 * 20; frame++) {
                end = buffer.append(batch);
            }
            buffer.awaitDurable(end);
            assertThat(buffer.gauges().chunks()).isEqualTo(20);
        }
        TestDisk disk = new TestDisk();
        Metrics metrics = new Metrics();
        try (Buffer buffer = BufferOpening.open(config, metrics, TestBuffers.sources(disk))) {
            assertThat(metrics.framesRecovered.sum()).isEqualTo(17 * 20);
            assertThat(disk.bytesRead.get()).isBetween((long) chunkBytes / 2, 2L * chunkBytes);
            assertThat(buffer.bufferedFrames()).isEqualTo(17 * 20);
        }
    }
}
