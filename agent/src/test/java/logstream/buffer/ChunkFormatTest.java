package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The format of version 1, pinned byte for byte, and what a reader of today makes of it. */
class ChunkFormatTest {
    private static final String GOLDEN = "version-1.chunk";

    @TempDir
    Path folder;

    @Test
    void writesTheGoldenChunk() throws Exception {
        try (Buffer buffer =
                TestBuffers.manual(TestBuffers.config(folder, 4096, 4), TestBuffers.sources(ChunkFiles.REAL))) {
            buffer.append(TestBuffers.batch("{\"log\":\"first\"}", "", "{\"log\":\"dritte, größer\"}"));
            buffer.append(TestBuffers.batch("x".repeat(300)));
        }

        assertThat(Files.readAllBytes(folder.resolve("0000000000000000.chunk"))).isEqualTo(golden());
    }

    @Test
    void readsTheGoldenChunk() throws Exception {
        Files.write(folder.resolve("0000000000000000.chunk"), golden());

        try (Buffer buffer =
                TestBuffers.manual(TestBuffers.config(folder, 4096, 4), TestBuffers.sources(ChunkFiles.REAL))) {
            List<Frame> frames = TestBuffers.drain(buffer);

            assertThat(TestBuffers.texts(frames))
                    .containsExactly("{\"log\":\"first\"}", "", "{\"log\":\"dritte, größer\"}", "x".repeat(300));
            assertThat(frames).extracting(Frame::sequence).containsOnly(0L);
            assertThat(frames).extracting(Frame::index).containsExactly(0, 1, 2, 3);
            assertThat(buffer.identity()).isEqualTo(0x2ec6b55cc66e273L);
        }
    }

    @Test
    void namesAreSequenceNumbers() {
        assertThat(ChunkFormat.name(0x1234567890L)).isEqualTo("0000001234567890.chunk");
        assertThat(ChunkFormat.sequence(Path.of("0000001234567890.chunk"))).hasValue(0x1234567890L);
        assertThat(ChunkFormat.sequence(Path.of("0000010000000000.chunk")))
                .as("41 bits")
                .isEmpty();
        assertThat(ChunkFormat.sequence(Path.of("000000123456789A.chunk")))
                .as("upper case")
                .isEmpty();
        assertThat(ChunkFormat.sequence(Path.of("1.chunk"))).isEmpty();
        assertThat(ChunkFormat.sequence(Path.of("0000001234567890.chunk.torn"))).isEmpty();
    }

    @Test
    void theMaskDependsOnEachPartOfThePlace() {
        int mask = ChunkFormat.mask(1, 2, 3, 4, 5);

        assertThat(List.of(
                        ChunkFormat.mask(0, 2, 3, 4, 5),
                        ChunkFormat.mask(1, 0, 3, 4, 5),
                        ChunkFormat.mask(1, 2, 0, 4, 5),
                        ChunkFormat.mask(1, 2, 3, 0, 5),
                        ChunkFormat.mask(1, 2, 3, 4, 0)))
                .doesNotContain(mask)
                .doesNotHaveDuplicates();
    }

    private static byte[] golden() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ChunkFormatTest.class.getResourceAsStream(GOLDEN), "no " + GOLDEN)) {
            return in.readAllBytes();
        }
    }
}
