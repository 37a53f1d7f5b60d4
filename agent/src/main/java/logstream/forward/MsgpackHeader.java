package logstream.forward;

/**
 * What the first bytes of a msgpack value say about its extent: enough to step over values that are not all there yet.
 *
 * <p>A value is its header (first byte, then length, count or extension type where the format has them), then
 * {@link #bodyLength} bytes, then {@link #children} more values.
 *
 * <p>Threading: stateless.
 */
final class MsgpackHeader {
    static final int NIL = 0xc0;

    /** Header bytes by first byte; 0 for c1, which msgpack never uses. */
    private static final byte[] LENGTHS = new byte[256];

    /** All bytes of a value without children, by first byte; 0 when the first byte does not tell, or it has children. */
    private static final byte[] WHOLE = new byte[256];

    static {
        for (int first = 0; first < 256; first++) {
            LENGTHS[first] = (byte) headerLengthOf(first);
            boolean readsNoMore = LENGTHS[first] == 1 || (first >= 0xd4 && first <= 0xd8);
            if (readsNoMore && !hasChildren(first)) {
                WHOLE[first] = (byte) (LENGTHS[first] + bodyLength(new byte[1], 0, first));
            }
        }
    }

    private MsgpackHeader() {}

    /** Bytes of the header that begins with this byte; 0 when no value begins so. */
    static int length(int first) {
        return LENGTHS[first];
    }

    /** Bytes of the whole value when the first byte alone tells them and no values follow inside it; otherwise 0. */
    static int wholeLength(int first) {
        return WHOLE[first];
    }

    static boolean isArray(int first) {
        return (first & 0xf0) == 0x90 || first == 0xdc || first == 0xdd;
    }

    static boolean isMap(int first) {
        return (first & 0xf0) == 0x80 || first == 0xde || first == 0xdf;
    }

    static boolean isString(int first) {
        return (first & 0xe0) == 0xa0 || (first >= 0xd9 && first <= 0xdb);
    }

    static boolean isBinary(int first) {
        return first >= 0xc4 && first <= 0xc6;
    }

    static boolean hasChildren(int first) {
        return isArray(first) || isMap(first);
    }

    /** Bytes between the header and the end of the value, 0 to 2^32-1; 0 for arrays and maps. */
    static long bodyLength(byte[] bytes, int at, int first) {
        if ((first & 0xe0) == 0xa0) {
            return first & 0x1f;
        }
        return switch (first) {
            case 0xcc, 0xd0 -> 1;
            case 0xcd, 0xd1 -> 2;
            case 0xca, 0xce, 0xd2 -> 4;
            case 0xcb, 0xcf, 0xd3 -> 8;
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> 1L << (first - 0xd4);
            case 0xc4, 0xc7, 0xd9 -> bytes[at + 1] & 0xff;
            case 0xc5, 0xc8, 0xda -> unsignedShort(bytes, at + 1);
            case 0xc6, 0xc9, 0xdb -> unsignedInt(bytes, at + 1);
            default -> 0;
        };
    }

    /** How many values an array has, or pairs a map: 0 to 2^32-1. */
    static long count(byte[] bytes, int at, int first) {
        return switch (first) {
            case 0xdc, 0xde -> unsignedShort(bytes, at + 1);
            case 0xdd, 0xdf -> unsignedInt(bytes, at + 1);
            default -> first & 0x0f;
        };
    }

    /** How many values follow inside this one: 0 to 2^33-2. */
    static long children(byte[] bytes, int at, int first) {
        if (!hasChildren(first)) {
            return 0;
        }
        long count = count(bytes, at, first);
        return isMap(first) ? 2 * count : count;
    }

    private static int headerLengthOf(int first) {
        return switch (first) {
            case 0xc1 -> 0;
            case 0xc4, 0xd9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> 2;
            case 0xc5, 0xc7, 0xda, 0xdc, 0xde -> 3;
            case 0xc8 -> 4;
            case 0xc6, 0xdb, 0xdd, 0xdf -> 5;
            case 0xc9 -> 6;
            default -> 1;
        };
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    private static long unsignedInt(byte[] bytes, int at) {
        return (long) unsignedShort(bytes, at) << 16 | unsignedShort(bytes, at + 2);
    }
}
