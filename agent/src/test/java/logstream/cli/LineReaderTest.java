package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    private static List<String> lines(LineReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Optional<byte[]> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(new String(line.get(), StandardCharsets.ISO_8859_1));
        }
        return lines;
    }

    private static LineReader reader(String text) {
        return new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void linesEndAtLineFeedsAndAtTheEnd() throws IOException {
        assertThat(lines(reader("a\n\nb\r\n\u00ff\u0000c"))).containsExactly("a", "", "b\r", "\u00ff\u0000c");
        assertThat(lines(reader("a\n"))).containsExactly("a");
        assertThat(lines(reader(""))).isEmpty();
    }

    @Test
    void aLineOfTheLargestSizeIsWholeAndALongerOneIsCut() throws IOException {
        String largest = "x".repeat(LineReader.MAX_LINE_BYTES);
        LineReader whole = reader(largest + "\nnext");
        assertThat(lines(whole)).containsExactly(largest, "next");
        assertThat(whole.cutLines()).isZero();

        LineReader cut = reader(largest + "y".repeat(200_000) + "\nnext\n" + largest + "z");
        assertThat(lines(cut)).containsExactly(largest, "next", largest);
        assertThat(cut.cutLines()).isEqualTo(2);
    }

    @Test
    void itKnowsWhetherReadingWillWait() throws IOException {
        LineReader reader = reader("a\nb\nc");
        assertThat(reader.hasLine()).isFalse();
        reader.next();
        assertThat(reader.hasLine()).isTrue();
        reader.next();
        assertThat(reader.hasLine()).as("c may go on").isFalse();
    }

    @Test
    void readsOfOneByteMakeNoDifference() throws IOException {
        InputStream slow = new InputStream() {
            private final byte[] bytes = "ab\ncd\n".getBytes(StandardCharsets.ISO_8859_1);
            private int at;

            @Override
            public int read() {
                return at < bytes.length ? bytes[at++] : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int one = read();
                if (one < 0) {
                    return -1;
                }
                target[offset] = (byte) one;
                return 1;
            }
        };
        assertThat(lines(new LineReader(slow))).containsExactly("ab", "cd");
    }
}
