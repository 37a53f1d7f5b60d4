package logstream.forward;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads msgpack values out of a byte array, one after the other, without creating an object for any of them.
 *
 * <p>The bytes must hold whole, well-formed values: {@code WireReader} has walked over them before. Reading past the end
 * is a bug and fails with an {@link IndexOutOfBoundsException}.
 *
 * <p>Format: the msgpack specification; the first byte of a value tells its type and width.
 *
 * <p>Threading: confined to one thread.
 */
public final class MsgpackCursor {
    /** What kind of value stands at the cursor. */
    public enum Type {
        NIL,
        BOOLEAN,
        INTEGER,
        FLOAT,
        STRING,
        BINARY,
        ARRAY,
        MAP,
        EXTENSION
    }

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes = new byte[0];
    private int position;
    private int extensionType;

    /** Points the cursor at a value. */
    public MsgpackCursor at(byte[] array, int offset) {
        bytes = array;
        position = offset;
        return this;
    }

    /** The array that the cursor reads; not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the next value, or the payload whose length was just read, begins. */
    public int position() {
        return position;
    }

    /** Moves past a payload whose length was read before. */
    public void advance(int length) {
        position += length;
    }

    /**
     * The type of the value at the cursor.
     *
     * @throws IllegalArgumentException for the byte c1, which msgpack never uses
     */
    public Type type() {
        return typeOf(bytes[position] & 0xff);
    }

    /**
     * The type that a value with this first byte has.
     *
     * @throws IllegalArgumentException for the byte c1, which msgpack never uses
     */
    public static Type typeOf(int first) {
        if (first <= 0x7f || first >= 0xe0) {
            return Type.INTEGER;
        }
        if (first <= 0x8f) {
            return Type.MAP;
        }
        if (first <= 0x9f) {
            return Type.ARRAY;
        }
        if (first <= 0xbf) {
            return Type.STRING;
        }
        return switch (first) {
            case 0xc0 -> Type.NIL;
            case 0xc2, 0xc3 -> Type.BOOLEAN;
            case 0xc4, 0xc5, 0xc6 -> Type.BINARY;
            case 0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> Type.EXTENSION;
            case 0xca, 0xcb -> Type.FLOAT;
            case 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3 -> Type.INTEGER;
            case 0xd9, 0xda, 0xdb -> Type.STRING;
            case 0xdc, 0xdd -> Type.ARRAY;
            case 0xde, 0xdf -> Type.MAP;
            default -> throw new IllegalArgumentException("msgpack has no value that begins with c1");
        };
    }

    /** Reads nil. */
    public void readNil() {
        position++;
    }

    public boolean readBoolean() {
        return bytes[position++] == (byte) 0xc3;
    }

    /** Whether the integer at the cursor is a uint64 above {@link Long#MAX_VALUE}: {@link #readLong} wraps around then. */
    public boolean isBeyondLong() {
        return bytes[position] == (byte) 0xcf && bytes[position + 1] < 0;
    }

    /** Reads an integer of any width; an unsigned 64-bit one keeps its bits, see {@link #isBeyondLong}. */
    public long readLong() {
        int first = bytes[position++] & 0xff;
        if (first <= 0x7f || first >= 0xe0) {
            return (byte) first;
        }
        return switch (first) {
            case 0xcc -> readUnsignedByte();
            case 0xcd -> readUnsignedShort();
            case 0xce -> readInt() & 0xffff_ffffL;
            case 0xcf, 0xd3 -> readEightBytes();
            case 0xd0 -> bytes[position++];
            case 0xd1 -> (short) readUnsignedShort();
            case 0xd2 -> readInt();
            default -> throw notA("integer", first);
        };
    }

    /** Reads a float of either width. */
    public double readDouble() {
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case 0xca -> Float.intBitsToFloat(readInt());
            case 0xcb -> Double.longBitsToDouble(readEightBytes());
            default -> throw notA("float", first);
        };
    }

    /** Reads the header of an array and returns how many values follow. */
    public int readArrayHeader() {
        int first = bytes[position++] & 0xff;
        if (first >= 0x90 && first <= 0x9f) {
            return first & 0x0f;
        }
        return switch (first) {
            case 0xdc -> readUnsignedShort();
            case 0xdd -> readLength();
            default -> throw notA("array", first);
        };
    }

    /** Reads the header of a map and returns how many pairs follow. */
    public int readMapHeader() {
        int first = bytes[position++] & 0xff;
        if (first >= 0x80 && first <= 0x8f) {
            return first & 0x0f;
        }
        return switch (first) {
            case 0xde -> readUnsignedShort();
            case 0xdf -> readLength();
            default -> throw notA("map", first);
        };
    }

    /** Reads the header of a string or of binary data and returns the length in bytes of what follows. */
    public int readBytesHeader() {
        int first = bytes[position++] & 0xff;
        if (first >= 0xa0 && first <= 0xbf) {
            return first & 0x1f;
        }
        return switch (first) {
            case 0xc4, 0xd9 -> readUnsignedByte();
            case 0xc5, 0xda -> readUnsignedShort();
            case 0xc6, 0xdb -> readLength();
            default -> throw notA("string", first);
        };
    }

    /** Reads the header of an extension and returns the length in bytes of what follows; see {@link #extensionType}. */
    public int readExtensionHeader() {
        int first = bytes[position++] & 0xff;
        int length = switch (first) {
            case 0xc7 -> readUnsignedByte();
            case 0xc8 -> readUnsignedShort();
            case 0xc9 -> readLength();
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> 1 << (first - 0xd4);
            default -> throw notA("extension", first);
        };
        extensionType = bytes[position++];
        return length;
    }

    /** The type number, -128 to 127, of the extension whose header was read last. */
    public int extensionType() {
        return extensionType;
    }

    /** Moves past the value at the cursor, whatever it is. */
    public void skip() {
        for (long left = 1; left > 0; left--) {
            switch (type()) {
                case NIL, BOOLEAN -> position++;
                case INTEGER -> readLong();
                case FLOAT -> readDouble();
                case STRING, BINARY -> advance(readBytesHeader());
                case EXTENSION -> advance(readExtensionHeader());
                case ARRAY -> left += readArrayHeader();
                case MAP -> left += 2L * readMapHeader();
            }
        }
    }

    private int readUnsignedByte() {
        return bytes[position++] & 0xff;
    }

    private int readUnsignedShort() {
        int value = (short) SHORT.get(bytes, position) & 0xffff;
        position += Short.BYTES;
        return value;
    }

    private int readInt() {
        int value = (int) INT.get(bytes, position);
        position += Integer.BYTES;
        return value;
    }

    private long readEightBytes() {
        long value = (long) LONG.get(bytes, position);
        position += Long.BYTES;
        return value;
    }

    private int readLength() {
        int length = readInt();
        if (length < 0) {
            throw new IllegalStateException(
                    "a length above 2^31-1 was let through: " + Integer.toUnsignedString(length));
        }
        return length;
    }

    private static IllegalStateException notA(String wanted, int first) {
        return new IllegalStateException(
                "expected " + wanted + ", found a value beginning with " + Integer.toHexString(first));
    }
}
