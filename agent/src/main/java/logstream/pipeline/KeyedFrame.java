package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import logstream.buffer.Frame;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.buffer.StoredFrame;

/**
 * What a frame holds, and under which key: the one that it brings along ({@link FrameKind#KEYED}), else the one made from
 * its place.
 *
 * <p>Format of a payload that brings its key along, little-endian:
 *
 * <pre>
 * offset  bytes
 *      0      1  kind of what it holds, as in a frame; not KEYED
 *      1      2  length of the key, 1 to 1024
 *      3         key (UTF-8), then the payload that a frame of that kind would have
 * </pre>
 *
 * @param kind of what it holds; {@link FrameKind#KEYED} only when the payload does not have this form
 * @param payload as a frame of that kind has it
 */
public record KeyedFrame(String key, FrameKind kind, byte[] payload) {
    private static final int KEY_AT = 3;

    /** A partition key has at most 256 characters, of at most 4 bytes each. */
    private static final int MAX_KEY_BYTES = 1024;

    /**
     * A part of a line.
     *
     * @param lineId the same in all parts of the line
     * @param ordinal place in the line, from 1
     * @param log the bytes of the line
     */
    public record LinePiece(String lineId, int ordinal, boolean last, byte[] log) {}

    /** What it holds if that is a part of a line; empty otherwise, and when it makes no sense. */
    public Optional<LinePiece> piece() {
        if (kind != FrameKind.PIECE) {
            return Optional.empty();
        }
        try {
            Piece piece = Piece.read(payload);
            byte[] log = Arrays.copyOfRange(payload, piece.logAt(), piece.logAt() + piece.logLength());
            return Optional.of(new LinePiece(piece.id(), piece.ordinal(), piece.last(), log));
        } catch (IllegalStateException _) {
            return Optional.empty();
        }
    }

    /** What a frame holds that was read from the buffer of this identity. */
    public static KeyedFrame of(long identity, Frame frame) {
        return of(identity, frame.sequence(), frame.index(), frame.kind(), frame.payload());
    }

    /** What a frame holds that was read from a file. */
    public static KeyedFrame of(StoredFrame frame) {
        return of(frame.identity(), frame.sequence(), frame.index(), frame.kind(), frame.payload());
    }

    private static KeyedFrame of(long identity, long sequence, int index, FrameKind kind, byte[] payload) {
        if (kind == FrameKind.KEYED) {
            Optional<KeyedFrame> stored = parse(payload);
            if (stored.isPresent()) {
                return stored.get();
            }
        }
        return new KeyedFrame(RecordKey.of(identity, sequence, index), kind, payload);
    }

    private static Optional<KeyedFrame> parse(byte[] payload) {
        if (payload.length < KEY_AT) {
            return Optional.empty();
        }
        int keyBytes = (payload[1] & 0xff) | (payload[2] & 0xff) << 8;
        if (keyBytes == 0 || keyBytes > MAX_KEY_BYTES || KEY_AT + keyBytes > payload.length) {
            return Optional.empty();
        }
        String key = new String(payload, KEY_AT, keyBytes, StandardCharsets.UTF_8);
        byte[] held = Arrays.copyOfRange(payload, KEY_AT + keyBytes, payload.length);
        // The records that a piece goes into have keys made from its first place.
        boolean isPlace = RecordKey.place(key).isPresent();
        return Arrays.stream(FrameKind.values())
                .filter(kind -> kind.code() == payload[0] && kind != FrameKind.KEYED)
                .filter(kind -> kind != FrameKind.PIECE || isPlace)
                .findFirst()
                .map(kind -> new KeyedFrame(key, kind, held));
    }

    /** Adds the frame that brings all this along to a batch; false when it is larger than any frame: nothing is added. */
    public boolean addTo(FrameBatch batch) {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        if (kind == FrameKind.KEYED || keyBytes.length == 0 || keyBytes.length > MAX_KEY_BYTES) {
            return false;
        }
        int at = batch.begin();
        int size = KEY_AT + keyBytes.length + payload.length;
        byte[] bytes = batch.reserve(at, size);
        bytes[at] = kind.code();
        bytes[at + 1] = (byte) keyBytes.length;
        bytes[at + 2] = (byte) (keyBytes.length >>> 8);
        System.arraycopy(keyBytes, 0, bytes, at + KEY_AT, keyBytes.length);
        System.arraycopy(payload, 0, bytes, at + KEY_AT + keyBytes.length, payload.length);
        return batch.end(FrameKind.KEYED, at + size);
    }
}
