package logstream.forward;

import java.io.IOException;
import java.io.Writer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes msgpack into an array whose end is a bound. Arrays and maps are written before it is known how much is in them:
 * their counts are always 32 bits and are set afterwards.
 *
 * <p>Threading: confined to one thread.
 */
final class MsgpackWriter {
    /** What is written does not fit into the array. */
    static final class FullException extends IOException {
        private FullException() {
            super("the target is full");
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int STR_32 = 0xdb;
    private static final int ARRAY_32 = 0xdd;
    private static final int MAP_32 = 0xdf;
    private static final int HEADER_32_BYTES = 5;
    private static final int REPLACEMENT = 0xfffd;

    private final Writer text = new Utf8();
    private byte[] bytes = {};
    private int position;
    private int stringStart;

    /** The first half of a character of which the second is still to come; 0 when there is none. */
    private char highHalf;

    void begin(byte[] target) {
        bytes = target;
        position = 0;
    }

    /** How many bytes were written. */
    int length() {
        return position;
    }

    void nil() throws IOException {
        one(MsgpackHeader.NIL);
    }

    void bool(boolean value) throws IOException {
        one(value ? 0xc3 : 0xc2);
    }

    void number(long value) throws IOException {
        if (value >= -32 && value <= 127) {
            one((int) value);
        } else {
            eight(0xd3, value);
        }
    }

    /** A number above {@link Long#MAX_VALUE}, as its 64 bits. */
    void unsigned(long value) throws IOException {
        eight(0xcf, value);
    }

    void number(double value) throws IOException {
        eight(0xcb, Double.doubleToRawLongBits(value));
    }

    /** Begins an array; its place is for {@link #setCount}. */
    int array() throws IOException {
        return header(ARRAY_32);
    }

    /** Begins a map; its place is for {@link #setCount}. */
    int map() throws IOException {
        return header(MAP_32);
    }

    /** Whether what begins at this place is a map. */
    boolean isMap(int place) {
        return bytes[place] == (byte) MAP_32;
    }

    /** Says how many values the array, or pairs the map, at this place has. */
    void setCount(int place, int count) {
        INT.set(bytes, place + 1, count);
    }

    /** Begins a string, whose characters are then written to what is returned; {@link #endString} must follow. */
    Writer beginString() throws IOException {
        stringStart = header(STR_32);
        highHalf = 0;
        return text;
    }

    /** Ends the string, with the shortest header that has room for its length, or the next longer one. */
    void endString() throws IOException {
        endHalf();
        int from = stringStart + HEADER_32_BYTES;
        int length = position - from;
        if (length < 32) {
            bytes[stringStart] = (byte) (0xa0 | length);
            System.arraycopy(bytes, from, bytes, stringStart + 1, length);
            position = stringStart + 1 + length;
        } else {
            INT.set(bytes, stringStart + 1, length);
        }
    }

    private int header(int first) throws IOException {
        reserve(HEADER_32_BYTES);
        int place = position;
        bytes[place] = (byte) first;
        position += HEADER_32_BYTES;
        return place;
    }

    private void one(int value) throws IOException {
        reserve(1);
        bytes[position++] = (byte) value;
    }

    private void eight(int first, long value) throws IOException {
        reserve(1 + Long.BYTES);
        bytes[position] = (byte) first;
        LONG.set(bytes, position + 1, value);
        position += 1 + Long.BYTES;
    }

    private void reserve(int more) throws FullException {
        if (more > bytes.length - position) {
            throw new FullException();
        }
    }

    private void character(char value) throws IOException {
        if (highHalf != 0 && Character.isLowSurrogate(value)) {
            int whole = Character.toCodePoint(highHalf, value);
            highHalf = 0;
            codePoint(whole);
            return;
        }
        endHalf();
        if (Character.isHighSurrogate(value)) {
            highHalf = value;
        } else {
            codePoint(Character.isLowSurrogate(value) ? REPLACEMENT : value);
        }
    }

    private void endHalf() throws IOException {
        if (highHalf != 0) {
            highHalf = 0;
            codePoint(REPLACEMENT);
        }
    }

    private void codePoint(int value) throws IOException {
        if (value < 0x80) {
            one(value);
            return;
        }
        int further = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
        reserve(1 + further);
        int mark = 0xff00 >> (further + 1) & 0xff;
        bytes[position++] = (byte) (mark | value >> (6 * further));
        for (int left = further - 1; left >= 0; left--) {
            bytes[position++] = (byte) (0x80 | (value >> (6 * left) & 0x3f));
        }
    }

    /** Turns characters into UTF-8. */
    private final class Utf8 extends Writer {
        @Override
        public void write(char[] characters, int from, int count) throws IOException {
            for (int at = from; at < from + count; at++) {
                character(characters[at]);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
