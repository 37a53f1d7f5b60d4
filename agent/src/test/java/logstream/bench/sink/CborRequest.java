package logstream.bench.sink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a PutRecords request in CBOR (RFC 8949) where it lies: nothing is copied, and no objects are made but the keys.
 *
 * <p>Threading: confined to the thread of its connection.
 */
final class CborRequest {
    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int TAG = 6;
    private static final int SIMPLE = 7;
    private static final int BREAK = 0xff;
    private static final int INDEFINITE = -1;
    private static final int DEEPEST = 20;

    private static final byte[] RECORDS = "Records".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "Data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY = "PartitionKey".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final int end;
    private final PutBatch batch;
    private int at;
    private int major;
    private int length;

    private CborRequest(byte[] bytes, int end, PutBatch batch) {
        this.bytes = bytes;
        this.end = end;
        this.batch = batch;
    }

    /**
     * Adds each record of the request to the batch.
     *
     * @throws IllegalArgumentException when the bytes are no such request
     */
    static void read(byte[] bytes, int length, PutBatch batch) {
        CborRequest request = new CborRequest(bytes, length, batch);
        try {
            request.request();
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the request ends too early", e);
        }
    }

    private void request() {
        int members = head(MAP);
        while (hasNext(members--)) {
            if (isText(RECORDS)) {
                int records = head(ARRAY);
                while (hasNext(records--)) {
                    record();
                }
            } else {
                skip(0);
            }
        }
        if (at != end) {
            throw new IllegalArgumentException((end - at) + " bytes too many");
        }
    }

    private void record() {
        int dataStart = -1;
        int dataLength = 0;
        int keyStart = -1;
        int keyLength = 0;
        int members = head(MAP);
        while (hasNext(members--)) {
            if (isText(DATA)) {
                dataLength = head(BYTES);
                dataStart = at;
                jump(dataLength);
            } else if (lastTextIs(KEY)) {
                keyLength = head(TEXT);
                keyStart = at;
                jump(keyLength);
            } else {
                skip(0);
            }
        }
        if (dataStart < 0 || keyStart < 0) {
            throw new IllegalArgumentException("a record without data or key before byte " + at);
        }
        batch.add(bytes, dataStart, dataLength, keyStart, keyLength);
    }

    /** Whether a container goes on; eats the break at the end of one of indefinite length. */
    private boolean hasNext(int left) {
        if (left >= 0) {
            return left > 0;
        }
        if ((bytes[at] & 0xff) == BREAK) {
            at++;
            return false;
        }
        return true;
    }

    private boolean isText(byte[] expected) {
        length = head(TEXT);
        jump(length);
        return lastTextIs(expected);
    }

    private boolean lastTextIs(byte[] expected) {
        return length == expected.length && Arrays.equals(bytes, at - length, at, expected, 0, expected.length);
    }

    /** Reads the head of an item that must be of this kind; gives its length or value. */
    private int head(int expected) {
        int value = head();
        if (major != expected) {
            throw new IllegalArgumentException("kind " + major + " instead of " + expected + " before byte " + at);
        }
        return value;
    }

    /** Sets the kind, gives length or value: cut to 31 bits, of which only what is skipped has more. */
    private int head() {
        int first = bytes[at++] & 0xff;
        major = first >>> 5;
        int info = first & 0x1f;
        if (info < 24) {
            return info;
        }
        if (info == 31) {
            if (major == BYTES || major == TEXT) {
                throw new IllegalArgumentException("a string in pieces before byte " + at);
            }
            return INDEFINITE;
        }
        if (info > 27) {
            throw new IllegalArgumentException("length " + info + " before byte " + at);
        }
        long value = 0;
        for (int count = 1 << (info - 24); count > 0; count--) {
            value = (value << 8) | (bytes[at++] & 0xff);
        }
        return (int) value & Integer.MAX_VALUE;
    }

    private void jump(int count) {
        if (count < 0 || count > end - at) {
            throw new IllegalArgumentException("a string of " + count + " bytes at byte " + at + " of " + end);
        }
        at += count;
    }

    private void skip(int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("deeper than " + DEEPEST);
        }
        int value = head();
        switch (major) {
            case UNSIGNED, NEGATIVE, SIMPLE -> {}
            case BYTES, TEXT -> jump(value);
            case TAG -> skip(depth + 1);
            case ARRAY -> {
                while (hasNext(value--)) {
                    skip(depth + 1);
                }
            }
            case MAP -> {
                while (hasNext(value--)) {
                    skip(depth + 1);
                    skip(depth + 1);
                }
            }
            default -> throw new IllegalStateException("kind " + major);
        }
    }
}
