package logstream.pipeline;

import java.util.Arrays;
import logstream.buffer.FrameBatch;

/**
 * A msgpack map in which strings are replaced: nothing is copied before the first of them.
 *
 * <p>Invariant: its memory is bounded, whatever is replaced by whatever: when it is {@link #full}, what is put in has no bytes.
 *
 * <p>Threading: confined to one thread.
 */
final class MapRewrite {
    /** From here on the event is too large for the buffer anyway. */
    private static final int FULL_BYTES = 2 * FrameBatch.MAX_PAYLOAD_BYTES;

    /** Memory that is kept between events. */
    private static final int USUAL_BYTES = 16 << 10;

    private static final byte[] NOTHING = {};

    /** A string of 32 bits of length. */
    private static final byte STRING_32 = (byte) 0xdb;

    private byte[] source = NOTHING;
    private byte[] bytes = NOTHING;
    private int length;

    /** Of the source all before is written, as soon as anything was replaced. */
    private int copied;

    private boolean changed;

    /** Begins another map. */
    void begin(byte[] newSource, int at) {
        source = newSource;
        copied = at;
        length = 0;
        changed = false;
    }

    boolean changed() {
        return changed;
    }

    boolean full() {
        return length > FULL_BYTES;
    }

    /** The map as it is now, from index 0 on; not a copy. */
    byte[] bytes() {
        return bytes;
    }

    /** Writes what was not replaced, up to a place in the source. */
    void keepTo(int end) {
        append(source, copied, end - copied);
        copied = end;
    }

    /** Leaves out what is before a place in the source. */
    void skipTo(int end) {
        copied = end;
    }

    /** Begins another string of so many bytes in the place of the one whose header is at a place in the source. */
    void beginString(int at, int newLength) {
        keepTo(at);
        changed = true;
        reserve(1 + Integer.BYTES);
        bytes[length++] = STRING_32;
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (newLength >>> shift);
        }
    }

    /** Puts a whole string in the place of the one that is at a place in the source. */
    void replaceString(int at, int end, byte[] text) {
        byte[] fitting = full() ? NOTHING : text;
        beginString(at, fitting.length);
        append(fitting, 0, fitting.length);
        copied = end;
    }

    void append(byte[] from, int offset, int count) {
        reserve(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }

    /** Gives back memory beyond the usual. */
    void forget() {
        source = NOTHING;
        if (bytes.length > USUAL_BYTES) {
            bytes = NOTHING;
        }
    }
}
