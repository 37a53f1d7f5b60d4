package logstream.kinesis;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Puts several records into the data of one, in the form that the Kinesis Producer Library gave it and the Kinesis Client
 * Library takes apart by itself; {@link AggregatedRecord} does, too.
 *
 * <p>Format (the library's aggregation-format.md):
 *
 * <pre>
 * bytes
 *     4  F3 89 9A C2
 *        protobuf: field 1, repeated string: partition keys
 *                  field 2, repeated string: explicit hash keys; we have none
 *                  field 3, repeated message, a record: field 1, varint: index of its partition key;
 *                           field 2, varint: index of its explicit hash key; field 3, bytes: its data
 *    16  MD5 of the protobuf
 * </pre>
 *
 * <p>Invariant: what is written here has one key in its table, and is to be put under that key. The client library drops an
 * aggregate, without a word, that has a record in it whose key does not belong to the shard that it was read from.
 *
 * <p>Threading: stateless.
 */
public final class Aggregate {
    private static final int MAGIC = 0xF3899AC2;
    private static final int MAGIC_BYTES = 4;
    private static final int DIGEST_BYTES = 16;

    private static final int LENGTH_DELIMITED = 2;
    private static final int KEYS_FIELD = 1;
    private static final int RECORDS_FIELD = 3;
    private static final int KEY_INDEX_FIELD = 1;
    private static final int DATA_FIELD = 3;

    /** Tag and value of a record's key index 0. */
    private static final int KEY_INDEX_BYTES = 2;

    private Aggregate() {}

    /** Bytes of data that an aggregate without records has, its key being so long. */
    public static int emptyBytes(int keyLength) {
        return MAGIC_BYTES + fieldBytes(keyLength) + DIGEST_BYTES;
    }

    /** Bytes by which a record makes it longer. */
    public static int partBytes(int dataLength) {
        return fieldBytes(KEY_INDEX_BYTES + fieldBytes(dataLength));
    }

    /**
     * The data of an aggregate.
     *
     * @param key of all records in it, ASCII
     */
    public static byte[] of(String key, List<byte[]> parts) {
        int size = emptyBytes(key.length());
        for (byte[] part : parts) {
            size += partBytes(part.length);
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.putInt(MAGIC);
        begin(out, KEYS_FIELD, key.length());
        for (int at = 0; at < key.length(); at++) {
            out.put((byte) key.charAt(at));
        }
        for (byte[] part : parts) {
            begin(out, RECORDS_FIELD, KEY_INDEX_BYTES + fieldBytes(part.length));
            out.put((byte) (KEY_INDEX_FIELD << 3)).put((byte) 0);
            begin(out, DATA_FIELD, part.length);
            out.put(part);
        }
        MessageDigest md5 = md5();
        md5.update(out.array(), MAGIC_BYTES, size - MAGIC_BYTES - DIGEST_BYTES);
        return out.put(md5.digest()).array();
    }

    private static void begin(ByteBuffer out, int field, int length) {
        out.put((byte) (field << 3 | LENGTH_DELIMITED));
        int rest = length;
        while (rest > 0x7f) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    /** A field of so many bytes: with its tag and its length. */
    private static int fieldBytes(int length) {
        int bytes = 2 + length;
        for (int rest = length >>> 7; rest > 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
