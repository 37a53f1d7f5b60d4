package logstream.buffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The format of a file of single dead letters, version 2 (version 1 had no cause and was never released).
 *
 * <p>The file is named by 16 hex digits and {@code .letters}. Numbers are little-endian.
 *
 * <pre>
 * offset  bytes  file
 *      0      8  magic "LSDEADL\n"
 *      8      4  version, 2
 *     12         the first letter
 *
 * offset  bytes  letter
 *      0      4  length of all that follows the checksum
 *      4      4  CRC-32C of all that follows
 *      8      8  time, milliseconds since 1970
 *     16      4  length of the key
 *     20      4  length of the cause
 *     24      4  length of the reason
 *     28         key, cause, reason (UTF-8), data
 * </pre>
 *
 * <p>Threading: stateless.
 */
final class LetterFormat {
    static final int VERSION = 2;

    /** The ASCII bytes {@code LSDEADL\n} as one number. */
    static final long MAGIC = 0x0a4c44414544534cL;

    static final int FILE_HEADER_BYTES = 12;
    static final int LETTER_HEADER_BYTES = 28;
    static final String SUFFIX = ".letters";

    /** Length and checksum, which the length does not count. */
    private static final int UNCOUNTED_BYTES = 8;

    /** A partition key has at most 256 characters, of at most 4 bytes each. */
    private static final int MAX_KEY_BYTES = 1024;

    private static final int MAX_CAUSE_BYTES = 256;

    /** What an endpoint says of itself may be long; nobody reads more than this. */
    private static final int MAX_REASON_CHARACTERS = 2000;

    private static final int MAX_REASON_BYTES = 4 * MAX_REASON_CHARACTERS;

    private LetterFormat() {}

    static boolean isNameOfLetters(Path file) {
        return file.getFileName().toString().matches("[0-9a-f]{16}\\" + SUFFIX);
    }

    static ByteBuffer fileHeader() {
        ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return header.putLong(MAGIC).putInt(VERSION).flip();
    }

    static ByteBuffer toBytes(DeadLetter letter) {
        String shortened = letter.reason().length() <= MAX_REASON_CHARACTERS
                ? letter.reason()
                : letter.reason().substring(0, MAX_REASON_CHARACTERS);
        byte[] key = letter.key().getBytes(StandardCharsets.UTF_8);
        byte[] cause = letter.cause().getBytes(StandardCharsets.UTF_8);
        byte[] reason = shortened.getBytes(StandardCharsets.UTF_8);
        int size = LETTER_HEADER_BYTES + key.length + cause.length + reason.length + letter.data().length;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(size - UNCOUNTED_BYTES).putInt(0).putLong(letter.time().toEpochMilli());
        out.putInt(key.length).putInt(cause.length).putInt(reason.length);
        out.put(key).put(cause).put(reason).put(letter.data());
        return out.putInt(4, checksum(out.array(), 0, size)).flip();
    }

    private static int checksum(byte[] bytes, int letterAt, int letterBytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, letterAt + UNCOUNTED_BYTES, letterBytes - UNCOUNTED_BYTES);
        return (int) crc.getValue();
    }

    /**
     * Bytes of the letter that these 28 bytes begin, or -1 when they begin none.
     *
     * @param most bytes until the end of the file
     */
    static long letterBytes(byte[] bytes, int at, long most) {
        ByteBuffer in = ByteBuffer.wrap(bytes, at, LETTER_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long size = UNCOUNTED_BYTES + (long) in.getInt(at);
        int key = in.getInt(at + 16);
        int cause = in.getInt(at + 20);
        int reason = in.getInt(at + 24);
        boolean plausible = key >= 0
                && key <= MAX_KEY_BYTES
                && cause >= 0
                && cause <= MAX_CAUSE_BYTES
                && reason >= 0
                && reason <= MAX_REASON_BYTES
                && size >= LETTER_HEADER_BYTES + key + cause + reason
                && size <= Math.min(most, Integer.MAX_VALUE);
        return plausible ? size : -1;
    }

    /** The letter in a range of bytes; null when its checksum is wrong. */
    static @Nullable DeadLetter parse(byte[] bytes, int at, int letterBytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes, at, letterBytes).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(at + 4) != checksum(bytes, at, letterBytes)) {
            return null;
        }
        Instant time = Instant.ofEpochMilli(in.getLong(at + 8));
        byte[] key = new byte[in.getInt(at + 16)];
        byte[] cause = new byte[in.getInt(at + 20)];
        byte[] reason = new byte[in.getInt(at + 24)];
        in.position(at + LETTER_HEADER_BYTES);
        in.get(key).get(cause).get(reason);
        byte[] data = new byte[in.remaining()];
        in.get(data);
        return new DeadLetter(
                new String(key, StandardCharsets.UTF_8),
                new String(cause, StandardCharsets.UTF_8),
                new String(reason, StandardCharsets.UTF_8),
                time,
                data);
    }
}
