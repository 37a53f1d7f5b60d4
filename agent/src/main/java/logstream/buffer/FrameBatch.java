package logstream.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Frames under construction, in memory: what one connection appends to the buffer at once.
 *
 * <p>A payload is written straight into {@link #bytes} between {@link #begin} and {@link #end}, so that a record's bytes
 * are made once and copied once.
 *
 * <p>Format of a frame, little-endian, see {@link ChunkFormat}: payload length (4), checksum (4), index (3), kind
 * (1), payload. The checksum here is the CRC-32C of kind and payload alone, and the index is left to be filled in: both
 * are completed when the frame is given its place.
 *
 * <p>Threading: confined to one thread; {@link Buffer#append} reads it before returning.
 */
public final class FrameBatch {
    /** Length, checksum, index and kind. */
    static final int HEADER_BYTES = 12;

    /** Largest payload: twice the largest record of a stream, which leaves room to keep a refused record whole. */
    public static final int MAX_PAYLOAD_BYTES = 2 << 20;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int usualBytes;
    private final CRC32C crc = new CRC32C();
    private byte[] bytes;
    private int frameStart;
    private int length;
    private int count;

    /**
     * @param usualBytes memory it keeps between uses; more is taken for a large frame and given back by {@link #clear}
     */
    public FrameBatch(int usualBytes) {
        this.usualBytes = usualBytes;
        this.bytes = new byte[usualBytes];
    }

    /** Starts a frame and returns where its payload begins in {@link #bytes}. */
    public int begin() {
        frameStart = length;
        reserve(length, HEADER_BYTES);
        return length + HEADER_BYTES;
    }

    /** The array to write to; changes when {@link #reserve} has to grow it. */
    public byte[] bytes() {
        return bytes;
    }

    /** Makes room for so many more bytes from a position on, and returns the array to write to. */
    public byte[] reserve(int position, int more) {
        if (bytes.length - position < more) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(position + more, Math.min(2 * bytes.length, position + more + (1 << 20))));
        }
        return bytes;
    }

    /**
     * Ends the frame that {@link #begin} started.
     *
     * @param payloadEnd one past the payload's last byte
     * @return false when the payload is larger than {@link #MAX_PAYLOAD_BYTES}: the frame is forgotten
     */
    public boolean end(FrameKind kind, int payloadEnd) {
        int payloadLength = payloadEnd - frameStart - HEADER_BYTES;
        if (frameStart != length || payloadLength < 0 || payloadEnd > bytes.length) {
            throw new IllegalStateException("frame from " + frameStart + " to " + payloadEnd + " in a batch of "
                    + length + " bytes, room for " + bytes.length);
        }
        if (payloadLength > MAX_PAYLOAD_BYTES) {
            return false;
        }
        // The index: three bytes of an array that may hold anything.
        INT.set(bytes, frameStart + ChunkFormat.INDEX_AT, 0);
        bytes[frameStart + ChunkFormat.KIND_AT] = kind.code();
        INT.set(bytes, frameStart, payloadLength);
        sum(frameStart, payloadLength);
        length = payloadEnd;
        count++;
        return true;
    }

    /**
     * Changes one byte of the payload of a frame that was ended.
     *
     * @param frame what {@link #length} was before the frame
     * @param at where in the payload
     */
    public void change(int frame, int at, byte value) {
        int payloadLength = (int) INT.get(bytes, frame);
        if (at < 0 || at >= payloadLength || frame + HEADER_BYTES + payloadLength > length) {
            throw new IllegalStateException("byte " + at + " of the frame at " + frame + " in a batch of " + length
                    + " bytes, where its payload has " + payloadLength);
        }
        bytes[frame + HEADER_BYTES + at] = value;
        sum(frame, payloadLength);
    }

    private void sum(int frame, int payloadLength) {
        crc.reset();
        crc.update(bytes, frame + ChunkFormat.KIND_AT, payloadLength + 1);
        INT.set(bytes, frame + ChunkFormat.CHECKSUM_AT, (int) crc.getValue());
    }

    /** Bytes of the frame that starts at a place, header included. */
    static int frameBytes(byte[] bytes, int frameStart) {
        return HEADER_BYTES + (int) INT.get(bytes, frameStart);
    }

    /** How many frames lie in {@code [from, to)}. */
    static int frames(byte[] bytes, int from, int to) {
        int frames = 0;
        for (int at = from; at < to; at += frameBytes(bytes, at)) {
            frames++;
        }
        return frames;
    }

    /** Bytes of all ended frames, headers included. */
    public int length() {
        return length;
    }

    /** Number of ended frames. */
    public int count() {
        return count;
    }

    /** Bytes of the payloads of all ended frames. */
    public int payloadBytes() {
        return length - count * HEADER_BYTES;
    }

    /** A copy of all ended frames, for {@link #visit}. */
    public byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** What looks at frames one after the other. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Sees one frame.
         *
         * @param from where the payload begins in the array
         * @param to one past its last byte
         */
        void frame(FrameKind kind, int from, int to);
    }

    /** Shows the frames of a {@link #copy} in their order. */
    public static void visit(byte[] copy, Visitor visitor) {
        for (int at = 0; at < copy.length; at += frameBytes(copy, at)) {
            FrameKind kind = FrameKind.of(copy[at + ChunkFormat.KIND_AT]);
            if (kind == null) {
                throw new IllegalArgumentException("no frame begins at " + at);
            }
            visitor.frame(kind, at + HEADER_BYTES, at + frameBytes(copy, at));
        }
    }

    /** Forgets all frames and gives back memory beyond the usual. */
    public void clear() {
        length = 0;
        count = 0;
        if (bytes.length > usualBytes) {
            bytes = new byte[usualBytes];
        }
    }
}
