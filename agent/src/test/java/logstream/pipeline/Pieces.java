package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;

/** Payloads of pieces, as the encoder would make them. */
final class Pieces {
    static final String HEAD = "{\"source\":\"stdout\",";
    static final String TAIL = ",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}";

    private Pieces() {}

    static byte[] payload(String id, int ordinal, boolean last, byte[] log) {
        return payload(id, ordinal, last, log, HEAD, TAIL);
    }

    static byte[] payload(String id, int ordinal, boolean last, byte[] log, String head, String tail) {
        byte[] idBytes = id.getBytes(StandardCharsets.US_ASCII);
        byte[] headBytes = head.getBytes(StandardCharsets.UTF_8);
        byte[] tailBytes = tail.getBytes(StandardCharsets.UTF_8);
        int headAt = Piece.ID_AT + idBytes.length;
        byte[] payload = new byte[headAt + headBytes.length + tailBytes.length + log.length];
        Piece.writeStart(payload, 0, idBytes, ordinal, last, headBytes.length, tailBytes.length);
        System.arraycopy(headBytes, 0, payload, headAt, headBytes.length);
        System.arraycopy(tailBytes, 0, payload, headAt + headBytes.length, tailBytes.length);
        System.arraycopy(log, 0, payload, headAt + headBytes.length + tailBytes.length, log.length);
        return payload;
    }

    /** The payloads of a line that is cut after every {@code size} bytes, as Docker does it, the last one perhaps empty. */
    static List<byte[]> of(String id, byte[] line, int size) {
        List<byte[]> payloads = new ArrayList<>();
        for (int from = 0; from <= line.length; from += size) {
            int to = Math.min(line.length, from + size);
            boolean last = to < from + size;
            payloads.add(payload(id, payloads.size() + 1, last, Arrays.copyOfRange(line, from, to)));
        }
        return payloads;
    }

    static void add(FrameBatch batch, FrameKind kind, byte[] payload) {
        int at = batch.begin();
        System.arraycopy(payload, 0, batch.reserve(at, payload.length), at, payload.length);
        if (!batch.end(kind, at + payload.length)) {
            throw new IllegalStateException("a payload of " + payload.length + " bytes");
        }
    }
}
