package logstream.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.buffer.FrameBatch;

/**
 * Writes JSON text into the frame under construction, straight from the bytes that came off the wire.
 *
 * <p>Invariants: what it writes is UTF-8, whatever it is given: each maximal ill-formed part of a sequence becomes one
 * U+FFFD (the Unicode standard's recommended practice). Nothing is written past
 * {@link FrameBatch#MAX_PAYLOAD_BYTES} plus one step: {@link #tooLarge} tells, and the rest of the values is swallowed.
 *
 * <p>Threading: confined to one thread.
 */
final class JsonWriter {
    /** Input bytes after which room is reserved anew, so that a long line of plain text does not ask for six times its size. */
    private static final int STEP_BYTES = 4096;

    /** One input byte becomes at most six: {@code \u001f}. */
    private static final int LONGEST_ESCAPE = 6;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private FrameBatch batch = new FrameBatch(0);
    private byte[] bytes = {};
    private int start;
    private int position;
    private boolean tooLarge;

    /** Begins a frame's payload in a batch. */
    void begin(FrameBatch newBatch) {
        batch = newBatch;
        start = batch.begin();
        position = start;
        bytes = batch.bytes();
        tooLarge = false;
    }

    /** Where the next byte goes: one past the last one written. */
    int position() {
        return position;
    }

    /** Bytes written since {@link #begin}. */
    int length() {
        return position - start;
    }

    /** Whether exactly these bytes were written from a position on. */
    boolean isFrom(int from, byte[] expected) {
        return position - from == expected.length && startsFrom(from, expected);
    }

    /** Whether what was written from a position on begins with these bytes. */
    boolean startsFrom(int from, byte[] expected) {
        return position - from >= expected.length
                && Arrays.equals(expected, 0, expected.length, bytes, from, from + expected.length);
    }

    /** Whether the payload is already larger than a frame may be; what is written from then on is lost. */
    boolean tooLarge() {
        return tooLarge;
    }

    /** The bytes that were written, from where {@link #begin} said to {@link #position}; another array after each write. */
    byte[] bytes() {
        return bytes;
    }

    /** Forgets what was written from a position on; no write may have said {@link #tooLarge} since. */
    void back(int to) {
        position = to;
    }

    /** Leaves room for so many bytes, to be filled in later. */
    void leave(int length) {
        reserve(length);
        position += length;
    }

    /** Writes bytes that are JSON already. */
    void raw(byte[] json) {
        raw(json, 0, json.length);
    }

    /** Writes bytes as they are. */
    void raw(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, position, length);
        position += length;
    }

    /** Writes one ASCII character that is JSON already. */
    void raw(char character) {
        reserve(1);
        bytes[position++] = (byte) character;
    }

    void number(long value) {
        raw(Long.toString(value).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes a string: quotes around the escaped, repaired bytes. */
    void string(byte[] source, int offset, int length) {
        raw('"');
        text(source, offset, length);
        raw('"');
    }

    /** Writes the inside of a string. */
    void text(byte[] source, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end && !tooLarge) {
            int stepEnd = Math.min(end, at + STEP_BYTES);
            reserve((stepEnd - at) * LONGEST_ESCAPE + Long.BYTES);
            at = escape(source, at, stepEnd, end);
        }
    }

    /** How many of the last bytes, 0 to 3, begin a character that more bytes could make whole. */
    static int incompleteTail(byte[] text, int length) {
        for (int tail = 1; tail <= Math.min(3, length); tail++) {
            int first = text[length - tail] & 0xff;
            if ((first & 0xc0) != 0x80) {
                boolean begun = tail == 1 || isSecond(first, text[length - tail + 1] & 0xff);
                return begun && tail < sequenceLength(first) ? tail : 0;
            }
        }
        return 0;
    }

    /** Bytes of the UTF-8 sequences that begin with this byte, 2 to 4; 0 when none does, or one of a single byte. */
    private static int sequenceLength(int first) {
        return first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    }

    /** Turns all that was written from a position on into the inside of a JSON string. */
    void quoteFrom(int from) {
        if (tooLarge) {
            return;
        }
        byte[] json = Arrays.copyOfRange(bytes, from, position);
        position = from;
        string(json, 0, json.length);
    }

    /** Escapes at least up to {@code stepEnd}; may finish a character that crosses it. Returns where it stopped. */
    private int escape(byte[] source, int from, int stepEnd, int end) {
        int at = from;
        while (at < stepEnd) {
            if (stepEnd - at >= Long.BYTES) {
                long eight = (long) LONG.get(source, at);
                if (isPlain(eight)) {
                    LONG.set(bytes, position, eight);
                    position += Long.BYTES;
                    at += Long.BYTES;
                    continue;
                }
            }
            int value = source[at];
            if (value >= 0x20 && value != '"' && value != '\\') {
                bytes[position++] = (byte) value;
                at++;
            } else if (value >= 0) {
                escapeAscii(value);
                at++;
            } else {
                at = copyOrRepair(source, at, end);
            }
        }
        return at;
    }

    /** Whether none of eight bytes is a control character, a quote, a backslash or outside of ASCII. */
    private static boolean isPlain(long eight) {
        long quote = eight ^ (ONES * '"');
        long backslash = eight ^ (ONES * '\\');
        long special = (eight - ONES * 0x20) | (quote - ONES) | (backslash - ONES) | eight;
        return (special & HIGH_BITS) == 0;
    }

    private void escapeAscii(int value) {
        bytes[position++] = '\\';
        switch (value) {
            case '"', '\\' -> bytes[position++] = (byte) value;
            case '\n' -> bytes[position++] = 'n';
            case '\r' -> bytes[position++] = 'r';
            case '\t' -> bytes[position++] = 't';
            case '\b' -> bytes[position++] = 'b';
            case '\f' -> bytes[position++] = 'f';
            default -> {
                bytes[position++] = 'u';
                bytes[position++] = '0';
                bytes[position++] = '0';
                bytes[position++] = HEX[value >> 4];
                bytes[position++] = HEX[value & 0xf];
            }
        }
    }

    /** Copies one well-formed sequence, or writes U+FFFD for the longest part that could have begun one. */
    private int copyOrRepair(byte[] source, int at, int end) {
        int length = sequenceLength(source[at] & 0xff);
        int good = goodBytes(source, at, end, length);
        if (good == length) {
            System.arraycopy(source, at, bytes, position, length);
            position += length;
        } else {
            bytes[position++] = (byte) 0xef;
            bytes[position++] = (byte) 0xbf;
            bytes[position++] = (byte) 0xbd;
        }
        return at + good;
    }

    /** Bytes of the well-formed UTF-8 sequence of several that begins here; 0 when there is none. */
    static int sequenceAt(byte[] source, int at, int end) {
        int length = sequenceLength(source[at] & 0xff);
        return goodBytes(source, at, end, length) == length ? length : 0;
    }

    /** How many bytes, at least 1, begin a sequence of a length that the first of them told. */
    private static int goodBytes(byte[] source, int at, int end, int length) {
        int good = 1;
        if (length > 0 && at + 1 < end && isSecond(source[at] & 0xff, source[at + 1] & 0xff)) {
            good = 2;
            while (good < length && at + good < end && (source[at + good] & 0xc0) == 0x80) {
                good++;
            }
        }
        return good;
    }

    /** Table 3-7 of the Unicode standard: the first byte narrows the second (no overlong forms, no surrogates). */
    private static boolean isSecond(int first, int second) {
        int least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int greatest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        return second >= least && second <= greatest;
    }

    private void reserve(int more) {
        if (position - start > FrameBatch.MAX_PAYLOAD_BYTES) {
            tooLarge = true;
            position = start;
        }
        bytes = batch.reserve(position, more);
    }
}
