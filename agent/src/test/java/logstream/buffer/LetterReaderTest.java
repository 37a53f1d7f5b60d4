package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a file of dead letters, no wrong letter is read, and no more is lost than was hit. */
class LetterReaderTest {
    @TempDir
    Path folder;

    private static final List<DeadLetter> LETTERS = List.of(
            letter("key-1", "refused", "first", 30),
            letter("ключ", "", "zweiter, größer", 0),
            letter("k", "too_large", "", 90));

    private static DeadLetter letter(String key, String cause, String reason, int bytes) {
        byte[] data = new byte[bytes];
        Arrays.fill(data, (byte) 'x');
        return new DeadLetter(key, cause, reason, Instant.ofEpochMilli(1_700_000_000_123L), data);
    }

    private static byte[] file() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(LetterFormat.fileHeader().array());
        for (DeadLetter letter : LETTERS) {
            out.write(LetterFormat.toBytes(letter).array());
        }
        return out.toByteArray();
    }

    private List<String> read(byte[] file) throws IOException {
        Path path = Files.write(folder.resolve("0000000000000000.letters"), file);
        List<String> read = new ArrayList<>();
        try (LetterReader reader = LetterReader.open(path)) {
            for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                read.add(text(letter));
            }
            long good = LetterFormat.FILE_HEADER_BYTES;
            for (DeadLetter letter : LETTERS) {
                good += read.contains(text(letter))
                        ? LetterFormat.toBytes(letter).remaining()
                        : 0;
            }
            assertThat(reader.damagedBytes()).as("bytes passed over").isEqualTo(file.length - good);
        }
        return read;
    }

    private static String text(DeadLetter letter) {
        return letter.key() + "|" + letter.cause() + "|" + letter.reason() + "|" + letter.time() + "|"
                + new String(letter.data(), StandardCharsets.UTF_8);
    }

    private static List<String> all() {
        return LETTERS.stream().map(LetterReaderTest::text).toList();
    }

    @Test
    void readsWhatWasWritten() throws Exception {
        assertThat(read(file())).isEqualTo(all());
    }

    @Test
    void aFlippedByteCostsItsLetter() throws Exception {
        byte[] sound = file();
        for (int at = LetterFormat.FILE_HEADER_BYTES; at < sound.length; at++) {
            byte[] flipped = sound.clone();
            flipped[at] ^= 0x10;
            List<String> expected = new ArrayList<>(all());
            expected.remove(letterAt(at));
            assertThat(read(flipped)).as("byte %d", at).isEqualTo(expected);
        }
    }

    private static int letterAt(int offset) {
        int end = LetterFormat.FILE_HEADER_BYTES;
        for (int letter = 0; ; letter++) {
            end += LetterFormat.toBytes(LETTERS.get(letter)).remaining();
            if (offset < end) {
                return letter;
            }
        }
    }

    @Test
    void aCutCostsTheLetterThatItHits() throws Exception {
        byte[] sound = file();
        for (int length = LetterFormat.FILE_HEADER_BYTES; length < sound.length; length++) {
            assertThat(read(Arrays.copyOf(sound, length)))
                    .as("%d bytes", length)
                    .isEqualTo(all().subList(0, letterAt(length)));
        }
    }

    @Test
    void aReasonIsNotLongerThanAnyoneReads() throws Exception {
        DeadLetter letter = letter("k", "refused", "é".repeat(5000), 3);
        byte[] bytes = LetterFormat.toBytes(letter).array();

        DeadLetter read = LetterFormat.parse(bytes, 0, bytes.length);

        assertThat(read).isNotNull().extracting(DeadLetter::reason).isEqualTo("é".repeat(2000));
        assertThat(LetterFormat.letterBytes(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }
}
