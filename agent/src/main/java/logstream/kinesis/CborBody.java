package logstream.kinesis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The body of a PutRecords request to one stream, in CBOR (RFC 8949), written straight into an array.
 *
 * <p>Format: byte for byte what the SDK's client sends, which is the one form that Kinesis is known to take: maps and arrays
 * of indefinite length, names and values as texts, data as bytes, each with the shortest length. (Only a key of more than 85
 * characters has there, for the convenience of its writer, a length of two bytes that could be one.)
 *
 * <pre>
 * map
 *   "Records": array
 *     map "Data": bytes, "PartitionKey": text
 *   "StreamName" or "StreamARN": text
 * </pre>
 *
 * <p>Threading: immutable.
 */
final class CborBody implements PutBody {
    static final int UNSIGNED = 0;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;

    private static final byte BEGIN_ARRAY = (byte) 0x9f;
    private static final byte BEGIN_MAP = (byte) 0xbf;
    private static final byte END = (byte) 0xff;

    /** Marker and length of bytes or a text. */
    private static final int LONGEST_HEADER = 5;

    /** Of one character of a text in UTF-8; a pair has two characters and four bytes. */
    private static final int MOST_BYTES_OF_CHARACTER = 3;

    private static final byte[] BEGIN = bytes(BEGIN_MAP, "Records", BEGIN_ARRAY);
    private static final byte[] BEFORE_DATA = bytes(BEGIN_MAP, "Data");
    private static final byte[] BEFORE_KEY = bytes("PartitionKey");

    private final byte[] end;

    /** @param streamMember StreamName or StreamARN */
    CborBody(String streamMember, String stream) {
        end = bytes(END, streamMember, stream, END);
    }

    @Override
    public int mostBytes(List<OutgoingRecord> records) {
        long bytes = (long) BEGIN.length + end.length;
        for (OutgoingRecord record : records) {
            bytes += (long) BEFORE_DATA.length + LONGEST_HEADER + record.data().length;
            bytes += BEFORE_KEY.length
                    + LONGEST_HEADER
                    + (long) MOST_BYTES_OF_CHARACTER * record.key().length()
                    + 1;
        }
        return Math.toIntExact(bytes);
    }

    @Override
    public int write(List<OutgoingRecord> records, byte[] out) {
        int at = put(BEGIN, out, 0);
        for (int index = 0; index < records.size(); index++) {
            OutgoingRecord record = records.get(index);
            byte[] data = record.data();
            at = put(BEFORE_DATA, out, at);
            at = putHeader(BYTES, data.length, out, at);
            at = put(data, out, at);
            at = put(BEFORE_KEY, out, at);
            at = putText(record.key(), out, at);
            out[at++] = END;
        }
        return put(end, out, at);
    }

    private static int put(byte[] bytes, byte[] out, int at) {
        System.arraycopy(bytes, 0, out, at, bytes.length);
        return at + bytes.length;
    }

    private static int putText(String text, byte[] out, int at) {
        int length = text.length();
        int start = putHeader(TEXT, length, out, at);
        for (int index = 0; index < length; index++) {
            char character = text.charAt(index);
            if (character > 0x7f) {
                // Not one of our own keys.
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                return put(bytes, out, putHeader(TEXT, bytes.length, out, at));
            }
            out[start + index] = (byte) character;
        }
        return start + length;
    }

    private static int putHeader(int type, int value, byte[] out, int start) {
        int at = start;
        int marker = type << 5;
        if (value < 24) {
            out[at++] = (byte) (marker | value);
        } else if (value <= 0xff) {
            out[at++] = (byte) (marker | 24);
            out[at++] = (byte) value;
        } else if (value <= 0xffff) {
            out[at++] = (byte) (marker | 25);
            out[at++] = (byte) (value >>> 8);
            out[at++] = (byte) value;
        } else {
            out[at++] = (byte) (marker | 26);
            out[at++] = (byte) (value >>> 24);
            out[at++] = (byte) (value >>> 16);
            out[at++] = (byte) (value >>> 8);
            out[at++] = (byte) value;
        }
        return at;
    }

    /** Bytes as they are, and texts. */
    private static byte[] bytes(Object... parts) {
        byte[] all = new byte[4096];
        int at = 0;
        for (Object part : parts) {
            if (part instanceof String text) {
                at = putText(text, all, at);
            } else {
                all[at++] = (Byte) part;
            }
        }
        return Arrays.copyOf(all, at);
    }
}
