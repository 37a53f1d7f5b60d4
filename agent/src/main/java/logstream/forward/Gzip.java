package logstream.forward;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import logstream.metrics.Metrics.MalformedCause;

/**
 * Decompresses gzip.
 *
 * <p>Format (RFC 1952): members one after the other, each of a header (1f 8b, method 8, flags, time, flags, system; then,
 * as the flags say, extra field, name, comment and a checksum of the header), deflated data, CRC-32 and length of what was
 * deflated. Checksums and lengths are checked; what the fields say is not looked at.
 *
 * <p>Threading: confined to the thread of the connection that has borrowed it.
 */
final class Gzip implements Decompressor {
    private static final int HAS_HEADER_CRC = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED_FLAGS = 0xe0;
    private static final int DEFLATED = 8;
    private static final int FIXED_HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;

    /** What comes next. */
    private enum Part {
        FIXED_HEADER,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CRC,
        DATA,
        TRAILER
    }

    private final byte[] window = new byte[ForwardLimits.WINDOW_BYTES];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private Part part = Part.FIXED_HEADER;
    private int flags;
    /** Bytes of the part that were read; of the extra field, bytes that are left. */
    private int count;

    /** The number that the part is, little-endian, as far as it was read. */
    private long number;

    private int consumed;
    private int produced;

    @Override
    public byte[] window() {
        return window;
    }

    @Override
    public void begin() {
        enter(Part.FIXED_HEADER);
    }

    @Override
    public void decompress(byte[] in, int from, int length, byte[] out, int at, int room) throws PayloadException {
        consumed = 0;
        produced = 0;
        while (produced < room) {
            if (part == Part.DATA) {
                inflate(in, from + consumed, length - consumed, out, at + produced, room - produced);
                if (part == Part.DATA) {
                    return;
                }
            } else if (consumed == length) {
                return;
            } else {
                step(in[from + consumed] & 0xff);
                consumed++;
            }
        }
    }

    @Override
    public int consumed() {
        return consumed;
    }

    @Override
    public int produced() {
        return produced;
    }

    @Override
    public boolean mayEnd() {
        return part == Part.FIXED_HEADER && count == 0;
    }

    @Override
    public void end() {
        inflater.reset();
    }

    /** Inflates until the input or the room is used up, or the data ends. */
    private void inflate(byte[] in, int from, int length, byte[] out, int at, int room) throws PayloadException {
        long before = inflater.getBytesRead();
        int made;
        try {
            inflater.setInput(in, from, length);
            made = inflater.inflate(out, at, room);
        } catch (DataFormatException e) {
            throw broken("deflated data that is broken");
        }
        if (inflater.needsDictionary()) {
            throw broken("deflated data that asks for a dictionary");
        }
        consumed += (int) (inflater.getBytesRead() - before);
        produced += made;
        crc.update(out, at, made);
        if (inflater.finished()) {
            enter(Part.TRAILER);
        }
    }

    /** Takes one byte of what is not data. */
    private void step(int value) throws PayloadException {
        if (part == Part.FIXED_HEADER || part == Part.EXTRA_LENGTH || part == Part.EXTRA || isText(part)) {
            crc.update(value);
        }
        switch (part) {
            case FIXED_HEADER -> fixedHeader(value);
            case EXTRA_LENGTH -> {
                if (hasNumber(value, 2)) {
                    int extra = (int) number;
                    enter(extra > 0 ? Part.EXTRA : partAfter(Part.EXTRA));
                    count = extra;
                }
            }
            case EXTRA -> {
                count--;
                if (count == 0) {
                    enter(partAfter(Part.EXTRA));
                }
            }
            case NAME, COMMENT -> {
                if (value == 0) {
                    enter(partAfter(part));
                }
            }
            case HEADER_CRC -> {
                long expected = crc.getValue() & 0xffff;
                if (hasNumber(value, 2)) {
                    require(number == expected, "a gzip header whose checksum is wrong");
                    enter(Part.DATA);
                }
            }
            case TRAILER -> trailer(value);
            case DATA -> throw new IllegalStateException("data is inflated");
        }
    }

    private void fixedHeader(int value) throws PayloadException {
        switch (count) {
            case 0 -> require(value == 0x1f, "bytes behind a gzip member that begin no other");
            case 1 -> require(value == 0x8b, "bytes behind a gzip member that begin no other");
            case 2 -> require(value == DEFLATED, "a gzip member whose method is not deflate");
            case 3 -> {
                require((value & RESERVED_FLAGS) == 0, "a gzip member with unknown flags");
                flags = value;
            }
            default -> {}
        }
        count++;
        if (count == FIXED_HEADER_BYTES) {
            enter(partAfter(Part.FIXED_HEADER));
        }
    }

    private void trailer(int value) throws PayloadException {
        if (hasNumber(value, TRAILER_BYTES)) {
            require((number & 0xffff_ffffL) == crc.getValue(), "a gzip member whose checksum is wrong");
            require(
                    number >>> Integer.SIZE == (inflater.getBytesWritten() & 0xffff_ffffL),
                    "a gzip member whose length is wrong");
            enter(Part.FIXED_HEADER);
        }
    }

    /** Adds a byte to the number; whether that was its last. */
    private boolean hasNumber(int value, int bytes) {
        number |= (long) value << (Byte.SIZE * count);
        count++;
        return count == bytes;
    }

    private Part partAfter(Part before) {
        if (before.compareTo(Part.EXTRA_LENGTH) < 0 && (flags & HAS_EXTRA) != 0) {
            return Part.EXTRA_LENGTH;
        }
        if (before.compareTo(Part.NAME) < 0 && (flags & HAS_NAME) != 0) {
            return Part.NAME;
        }
        if (before.compareTo(Part.COMMENT) < 0 && (flags & HAS_COMMENT) != 0) {
            return Part.COMMENT;
        }
        return (flags & HAS_HEADER_CRC) != 0 ? Part.HEADER_CRC : Part.DATA;
    }

    private void enter(Part next) {
        count = 0;
        number = 0;
        if (next == Part.FIXED_HEADER || next == Part.DATA) {
            crc.reset();
        }
        if (next == Part.DATA) {
            inflater.reset();
        }
        part = next;
    }

    private static boolean isText(Part part) {
        return part == Part.NAME || part == Part.COMMENT;
    }

    private static void require(boolean condition, String otherwise) throws PayloadException {
        if (!condition) {
            throw broken(otherwise);
        }
    }

    private static PayloadException broken(String what) {
        return new PayloadException(MalformedCause.BROKEN_PAYLOAD, what);
    }
}
