package logstream.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;

/**
 * A part of a line as it lies in a frame of kind {@link FrameKind#PIECE}: the record around the line as JSON, the line's
 * bytes as they came.
 *
 * <p>Format of the payload, numbers little-endian. It lies on disk: never changed, other pieces get another kind.
 *
 * <pre>
 * offset  bytes
 *      0      1  1 for the last piece of its line, 0 for all others
 *      1      1  length of the id, 1 to 128
 *      2      4  ordinal of the piece in its line, from 1
 *      6      4  length of the head
 *     10      4  length of the tail
 *     14         id of the line, the same in all of its pieces: ASCII that needs no escapes in JSON
 *                head: the record's JSON before the line, "{" or ending in ","
 *                tail: the record's JSON behind the line, beginning with ","
 *                bytes of the line, to the end of the payload
 * </pre>
 *
 * <p>The lines of a {@link Paragraph} are pieces of one line, too, each but the first behind a line feed.
 *
 * <p>The record is head, {@code "log":"}, the line escaped, {@code "}, tail.
 *
 * <p>Invariant: a piece fits into a record by itself, whatever its bytes are: escaped they become at most six times as
 * many.
 *
 * <p>Threading: immutable.
 *
 * @param payload of the frame; not copied
 */
record Piece(
        String id,
        int ordinal,
        boolean last,
        byte[] payload,
        int headAt,
        int headLength,
        int tailLength,
        int logAt,
        int logLength) {
    /** Bytes of an id; Docker's have 64. */
    static final int MOST_ID_BYTES = 128;

    /** Bytes of a line in one piece; Docker's have 16 KiB. Our choice, by the invariant. */
    static final int MOST_LOG_BYTES = 128 << 10;

    /** Head and tail together. Our choice, by the invariant. */
    static final int MOST_AROUND_BYTES = 64 << 10;

    /** What ids of paragraphs begin with; Docker's are hexadecimal. */
    static final String PARAGRAPH = "paragraph-";

    static final int ID_AT = 14;
    private static final int LAST_AT = 0;
    private static final int ID_LENGTH_AT = 1;
    private static final int ORDINAL_AT = 2;
    private static final int HEAD_LENGTH_AT = 6;
    private static final int TAIL_LENGTH_AT = 10;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    static {
        if (MOST_AROUND_BYTES + 6 * MOST_LOG_BYTES + LineJson.MOST_PART_BYTES > RecordEncoder.MOST_RECORD_BYTES) {
            throw new IllegalStateException("a piece need not fit into a record");
        }
    }

    /** Writes what stands before the head into a payload that begins at {@code at}. */
    static void writeStart(byte[] bytes, int at, byte[] id, int ordinal, boolean last, int headLength, int tailLength) {
        bytes[at + LAST_AT] = (byte) (last ? 1 : 0);
        bytes[at + ID_LENGTH_AT] = (byte) id.length;
        INT.set(bytes, at + ORDINAL_AT, ordinal);
        INT.set(bytes, at + HEAD_LENGTH_AT, headLength);
        INT.set(bytes, at + TAIL_LENGTH_AT, tailLength);
        System.arraycopy(id, 0, bytes, at + ID_AT, id.length);
    }

    /**
     * Reads a payload; its checksum was right.
     *
     * @throws IllegalStateException when it is none of ours: a bug, or a frame from a newer version
     */
    static Piece read(byte[] payload) {
        if (payload.length < ID_AT) {
            throw new IllegalStateException("a piece of " + payload.length + " bytes");
        }
        int idLength = payload[ID_LENGTH_AT] & 0xff;
        int ordinal = (int) INT.get(payload, ORDINAL_AT);
        int headLength = (int) INT.get(payload, HEAD_LENGTH_AT);
        int tailLength = (int) INT.get(payload, TAIL_LENGTH_AT);
        int headAt = ID_AT + idLength;
        long logAt = (long) headAt + headLength + tailLength;
        if ((payload[LAST_AT] & 0xfe) != 0
                || idLength == 0
                || ordinal <= 0
                || headLength <= 0
                || tailLength <= 0
                || logAt > payload.length) {
            throw new IllegalStateException("a piece that makes no sense: id of " + idLength + " bytes, ordinal "
                    + ordinal + ", head of " + headLength + ", tail of " + tailLength + ", all of " + payload.length);
        }
        return new Piece(
                new String(payload, ID_AT, idLength, StandardCharsets.ISO_8859_1),
                ordinal,
                payload[LAST_AT] == 1,
                payload,
                headAt,
                headLength,
                tailLength,
                (int) logAt,
                payload.length - (int) logAt);
    }

    /** Marks the piece in a frame of a batch, which begins here, as the last one of its line. */
    static void markLast(FrameBatch batch, int frame) {
        batch.change(frame, LAST_AT, (byte) 1);
    }

    /** Whether it is the empty one that ends a {@link Paragraph}. */
    boolean isParagraphEnd() {
        return id.startsWith(PARAGRAPH) && ordinal > 1 && logLength == 0;
    }

    /** Whether its text is a line of a paragraph, behind a line feed. */
    boolean isBehindLineFeed() {
        return id.startsWith(PARAGRAPH) && ordinal > 1 && logLength > 0;
    }

    /** Over time, tag and line: the same for a piece that its sender repeats, with its fields in whatever order. */
    int checksum() {
        int tailAt = headAt + headLength;
        CRC32C crc = new CRC32C();
        crc.update(payload, tailAt, payload.length - tailAt);
        return (int) crc.getValue();
    }
}
