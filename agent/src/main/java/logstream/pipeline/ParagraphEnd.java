package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;

/**
 * Writes the empty piece that ends a {@link Paragraph}. Around it stand time and tag alone: it is nearly never a record of its
 * own.
 *
 * <p>Threading: confined to one thread at a time.
 */
final class ParagraphEnd {
    private final JsonWriter json = new JsonWriter();

    /** Appends it to a batch. Returns whether that was done. */
    boolean write(FrameBatch batch, byte[] id, int ordinal, long seconds, byte[] tag) {
        json.begin(batch);
        int start = json.position();
        json.leave(Piece.ID_AT + id.length);
        json.raw('{');
        int tail = json.position();
        json.raw(ascii(",\"time\":\""));
        json.raw(ascii(RecordEncoder.inCalendar(seconds).toString()));
        json.raw(ascii("\",\"tag\":"));
        json.string(tag, 0, tag.length);
        json.raw('}');
        Piece.writeStart(json.bytes(), start, id, ordinal, true, 1, json.position() - tail);
        return batch.end(FrameKind.PIECE, json.position());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
