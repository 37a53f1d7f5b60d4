package logstream.pipeline;

import java.nio.charset.StandardCharsets;

/**
 * Bytes as the characters that a regular expression sees. A byte that is no UTF-8 is one of U+DC80 to U+DCFF, which is no
 * character, so that nothing is lost and every place in the text is one in the bytes.
 *
 * <p>Invariant: a search may look at so many characters as {@link #allow} says, and no more: {@link TooManySteps} ends it.
 * An expression that tries all ways to match a line has more ways than there is time.
 *
 * <p>Threading: confined to one thread.
 */
final class LineText implements CharSequence {
    /** Memory that is kept between lines, in characters. */
    private static final int USUAL_CHARS = 16 << 10;

    private static final char FIRST_STRAY = '\udc00';

    private static final byte[] NOTHING = {};
    private static final char[] NO_CHARS = {};

    private byte[] bytes = NOTHING;
    private int from;
    private int length;
    private boolean ascii = true;
    private char[] chars = NO_CHARS;
    private long steps;
    private int knownChar;
    private int knownByte;

    /** A search that was ended. */
    static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooManySteps() {
            super("too many steps", null, false, false);
        }
    }

    /** What is seen from now on. */
    void show(byte[] newBytes, int newFrom, int to) {
        bytes = newBytes;
        from = newFrom;
        length = to - newFrom;
        ascii = true;
        for (int i = newFrom; i < to && ascii; i++) {
            ascii = bytes[i] >= 0;
        }
        if (!ascii) {
            decode(to);
        }
    }

    /** So many characters may be looked at from now on, and places are asked for from the beginning. */
    void allow(long newSteps) {
        steps = newSteps;
        knownChar = 0;
        knownByte = from;
    }

    /** Forgets the text, and memory beyond the usual. */
    void forget() {
        bytes = NOTHING;
        length = 0;
        if (chars.length > USUAL_CHARS) {
            chars = NO_CHARS;
        }
    }

    private void decode(int to) {
        if (chars.length < length) {
            chars = new char[Math.max(length, Math.min(USUAL_CHARS, 2 * length))];
        }
        int count = 0;
        int at = from;
        while (at < to) {
            int first = bytes[at] & 0xff;
            int size = first < 0x80 ? 1 : JsonWriter.sequenceAt(bytes, at, to);
            if (first < 0x80) {
                chars[count++] = (char) first;
            } else if (size == 0) {
                chars[count++] = (char) (FIRST_STRAY + first);
                size = 1;
            } else {
                int codePoint = codePoint(at, size);
                count += Character.toChars(codePoint, chars, count);
            }
            at += size;
        }
        length = count;
    }

    private int codePoint(int at, int size) {
        int value = bytes[at] & (0x7f >> size);
        for (int i = 1; i < size; i++) {
            value = (value << 6) | (bytes[at + i] & 0x3f);
        }
        return value;
    }

    /** Where a character begins in the bytes; asked for from left to right. */
    int byteAt(int character) {
        if (ascii) {
            return from + character;
        }
        while (knownChar < character) {
            char one = chars[knownChar];
            knownByte += one < 0x80 ? 1 : one < 0x800 ? 2 : !Character.isSurrogate(one) ? 3 : surrogateBytes(knownChar);
            knownChar++;
        }
        return knownByte;
    }

    /** The first of a pair stands for all four bytes; one alone is a stray byte. */
    private int surrogateBytes(int at) {
        if (Character.isHighSurrogate(chars[at])) {
            return 4;
        }
        return at > 0 && Character.isHighSurrogate(chars[at - 1]) ? 0 : 1;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public char charAt(int index) {
        if (--steps < 0) {
            throw new TooManySteps();
        }
        return ascii ? (char) bytes[from + index] : chars[index];
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().substring(start, end);
    }

    @Override
    public String toString() {
        if (!ascii) {
            return new String(chars, 0, length);
        }
        return new String(bytes, from, length, StandardCharsets.US_ASCII);
    }
}
