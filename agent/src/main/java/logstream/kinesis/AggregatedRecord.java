package logstream.kinesis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Several records in the data of one, in the form that the Kinesis Producer Library gave it and the Kinesis Client Library
 * takes apart by itself.
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
public final class AggregatedRecord {
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

    private AggregatedRecord() {}

    /** A record out of an aggregate. */
    public record Part(String key, byte[] data) {}

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

    /** Its records; empty when the data is no aggregate, or a damaged one: then it is to be taken as it is. */
    public static Optional<List<Part>> parts(byte[] data) {
        if (data.length < MAGIC_BYTES + DIGEST_BYTES || ByteBuffer.wrap(data).getInt() != MAGIC) {
            return Optional.empty();
        }
        int end = data.length - DIGEST_BYTES;
        MessageDigest md5 = md5();
        md5.update(data, MAGIC_BYTES, end - MAGIC_BYTES);
        if (!MessageDigest.isEqual(md5.digest(), Arrays.copyOfRange(data, end, data.length))) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProtobufReader(data, MAGIC_BYTES, end).aggregate());
        } catch (IllegalArgumentException madeByNobodyWeKnow) {
            return Optional.empty();
        }
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

    /** Reads the two messages; throws {@link IllegalArgumentException} for what they cannot be. */
    private static final class ProtobufReader {
        private final byte[] bytes;
        private final int end;
        private int at;

        private ProtobufReader(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.at = from;
            this.end = end;
        }

        private List<Part> aggregate() {
            List<String> keys = new ArrayList<>();
            List<Part> parts = new ArrayList<>();
            while (at < end) {
                long tag = varint();
                if (tag == (KEYS_FIELD << 3 | LENGTH_DELIMITED)) {
                    ProtobufReader key = message();
                    keys.add(new String(bytes, key.at, key.end - key.at, StandardCharsets.UTF_8));
                } else if (tag == (RECORDS_FIELD << 3 | LENGTH_DELIMITED)) {
                    parts.add(message().part(keys));
                } else {
                    skip(tag);
                }
            }
            return List.copyOf(parts);
        }

        private Part part(List<String> keys) {
            long key = -1;
            byte[] data = null;
            while (at < end) {
                long tag = varint();
                if (tag == KEY_INDEX_FIELD << 3) {
                    key = varint();
                } else if (tag == (DATA_FIELD << 3 | LENGTH_DELIMITED)) {
                    ProtobufReader held = message();
                    data = Arrays.copyOfRange(bytes, held.at, held.end);
                } else {
                    skip(tag);
                }
            }
            if (data == null || key < 0 || key >= keys.size()) {
                throw new IllegalArgumentException("a record without data, or with key " + key);
            }
            return new Part(keys.get((int) key), data);
        }

        private ProtobufReader message() {
            long length = varint();
            if (length < 0 || length > end - at) {
                throw new IllegalArgumentException("a field of " + length + " bytes");
            }
            int from = at;
            at += (int) length;
            return new ProtobufReader(bytes, from, at);
        }

        private void skip(long tag) {
            switch ((int) tag & 7) {
                case 0 -> varint();
                case LENGTH_DELIMITED -> message();
                default -> throw new IllegalArgumentException("a field with tag " + tag);
            }
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                if (at == end) {
                    break;
                }
                byte next = bytes[at++];
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a number without an end");
        }
    }
}
