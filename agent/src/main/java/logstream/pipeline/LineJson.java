package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.buffer.FrameBatch;

/**
 * Writes the records that are made of pieces.
 *
 * <p>Format of a whole line: as if the event had come whole. Of a part, behind {@code log}: {@code line_id}, the same in
 * all parts of a line; {@code line_part}, the ordinal of its first piece; {@code line_pieces}, how many pieces it holds,
 * so that {@code line_part} of the next part is the sum of both; {@code line_last}, whether the line ends with it.
 *
 * <p>Threading: confined to one thread.
 */
final class LineJson {
    private static final byte[] LOG = ascii("\"log\":\"");

    /** What a whole line takes besides head, text and tail. */
    static final int WHOLE_BYTES = LOG.length + 1;

    /** What a part takes besides them: more than the names and values of the four fields. */
    static final int MOST_PART_BYTES = 512;

    private static final byte[] LINE_ID = ascii(",\"line_id\":\"");
    private static final byte[] LINE_PART = ascii("\",\"line_part\":");
    private static final byte[] LINE_PIECES = ascii(",\"line_pieces\":");
    private static final byte[] LAST = ascii(",\"line_last\":true");
    private static final byte[] NOT_LAST = ascii(",\"line_last\":false");

    /** Docker's pieces fit, whatever their bytes are; for larger ones it grows and shrinks. */
    private final FrameBatch scratch = new FrameBatch(128 << 10);

    private final JsonWriter json = new JsonWriter();

    /** Bytes that a piece of a line takes as the inside of a JSON string; between other pieces never more. */
    int escapedLength(Piece piece) {
        json.begin(scratch);
        json.text(piece.payload(), piece.logAt(), piece.logLength());
        int length = json.length();
        scratch.clear();
        return length;
    }

    /** The record of a whole line. */
    byte[] whole(Piece first, byte[] line) {
        int start = begin(first, line, line.length);
        return end(first, start);
    }

    /**
     * The record of a part.
     *
     * @param first its first piece
     * @param line its bytes are those before {@code length}
     * @param last whether the line ends with it
     */
    byte[] part(Piece first, byte[] line, int length, int pieces, boolean last) {
        int start = begin(first, line, length);
        json.raw(LINE_ID);
        json.raw(ascii(first.id()));
        json.raw(LINE_PART);
        json.number(first.ordinal());
        json.raw(LINE_PIECES);
        json.number(pieces);
        json.raw(last ? LAST : NOT_LAST);
        return end(first, start);
    }

    private int begin(Piece around, byte[] line, int length) {
        json.begin(scratch);
        int start = json.position();
        json.raw(around.payload(), around.headAt(), around.headLength());
        json.raw(LOG);
        json.text(line, 0, length);
        json.raw('"');
        return start;
    }

    private byte[] end(Piece around, int start) {
        json.raw(around.payload(), around.headAt() + around.headLength(), around.tailLength());
        byte[] record = Arrays.copyOfRange(json.bytes(), start, json.position());
        scratch.clear();
        return record;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
