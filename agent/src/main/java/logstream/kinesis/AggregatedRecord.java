package logstream.kinesis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes apart a record that holds several, as the Kinesis Producer Library and this agent pack them.
 *
 * <p>Format: the magic bytes F3 89 9A C2, a protobuf message, the MD5 of that message. The message has partition keys
 * (field 1), explicit hash keys (2) and records (3); a record has the number of its partition key (1), perhaps that of
 * its explicit hash key (2), its data (3) and tags (4). Hash keys and tags are passed over, as are unknown fields.
 *
 * <p>Threading: stateless.
 */
final class AggregatedRecord {
    /** Ten times what an aggregate of 51,200 bytes, the KPL's own bound, can hold of the shortest lines. */
    static final int MOST_RECORDS = 100_000;

    private static final byte[] MAGIC = {(byte) 0xf3, (byte) 0x89, (byte) 0x9a, (byte) 0xc2};
    private static final int MD5_BYTES = 16;

    /** What a record's data turned out to be. */
    sealed interface Content {
        /** No aggregate: the data is the record. */
        record Plain() implements Content {}

        record Several(List<Entry> entries) implements Content {}

        /**
         * It begins like an aggregate and is none that can be read.
         *
         * @param reason follows "cannot be taken apart: "
         */
        record Damaged(String reason) implements Content {}
    }

    /** One record of an aggregate. */
    record Entry(String key, byte[] data) {}

    /** The message is none of this form. */
    private static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        UnreadableException(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }

    private AggregatedRecord() {}

    static Content decode(byte[] data) {
        if (data.length < MAGIC.length || !Arrays.equals(data, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return new Content.Plain();
        }
        int end = data.length - MD5_BYTES;
        if (end < MAGIC.length) {
            return new Content.Damaged("it is cut short");
        }
        byte[] checksum = md5(data, MAGIC.length, end - MAGIC.length);
        if (!Arrays.equals(checksum, 0, MD5_BYTES, data, end, data.length)) {
            return new Content.Damaged("its checksum does not match");
        }
        try {
            return new Content.Several(message(new Cursor(data, MAGIC.length, end)));
        } catch (UnreadableException e) {
            return new Content.Damaged(e.reason);
        }
    }

    private static List<Entry> message(Cursor message) throws UnreadableException {
        List<String> keys = new ArrayList<>();
        List<Cursor> records = new ArrayList<>();
        while (message.hasMore()) {
            long tag = message.varint();
            if (tag == Cursor.bytesTag(1)) {
                keys.add(message.part().text());
            } else if (tag == Cursor.bytesTag(3)) {
                records.add(message.part());
            } else {
                message.skip(tag);
            }
            if (keys.size() > MOST_RECORDS || records.size() > MOST_RECORDS) {
                throw new UnreadableException("it has more than " + MOST_RECORDS + " records");
            }
        }
        List<Entry> entries = new ArrayList<>(records.size());
        for (Cursor record : records) {
            entries.add(entry(record, keys));
        }
        return entries;
    }

    private static Entry entry(Cursor record, List<String> keys) throws UnreadableException {
        long keyNumber = -1;
        byte[] data = null;
        while (record.hasMore()) {
            long tag = record.varint();
            if (tag == Cursor.numberTag(1)) {
                keyNumber = record.varint();
            } else if (tag == Cursor.bytesTag(3)) {
                data = record.part().bytes();
            } else {
                record.skip(tag);
            }
        }
        if (data == null || keyNumber < 0 || keyNumber >= keys.size()) {
            throw new UnreadableException("a record in it has no data or no key");
        }
        return new Entry(keys.get((int) keyNumber), data);
    }

    private static byte[] md5(byte[] data, int offset, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(data, offset, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** Reads a stretch of protobuf: varints, and parts behind their length. */
    private static final class Cursor {
        private static final int NUMBER = 0;
        private static final int FIXED_64 = 1;
        private static final int BYTES = 2;
        private static final int FIXED_32 = 5;

        private final byte[] data;
        private final int end;
        private int at;

        Cursor(byte[] data, int from, int end) {
            this.data = data;
            this.at = from;
            this.end = end;
        }

        static long numberTag(int field) {
            return ((long) field << 3) | NUMBER;
        }

        static long bytesTag(int field) {
            return ((long) field << 3) | BYTES;
        }

        boolean hasMore() {
            return at < end;
        }

        long varint() throws UnreadableException {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                require(1);
                byte next = data[at++];
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new UnreadableException("a number in it does not end");
        }

        Cursor part() throws UnreadableException {
            long length = varint();
            require(length);
            Cursor part = new Cursor(data, at, at + (int) length);
            at = part.end;
            return part;
        }

        void skip(long tag) throws UnreadableException {
            switch ((int) (tag & 7)) {
                case NUMBER -> varint();
                case FIXED_64 -> move(Long.BYTES);
                case BYTES -> part();
                case FIXED_32 -> move(Integer.BYTES);
                default -> throw new UnreadableException("a field in it is of no known type");
            }
        }

        byte[] bytes() {
            return Arrays.copyOfRange(data, at, end);
        }

        String text() {
            return new String(data, at, end - at, StandardCharsets.UTF_8);
        }

        private void move(int bytes) throws UnreadableException {
            require(bytes);
            at += bytes;
        }

        /** As an unsigned number, so that a length of 10 bytes is too long, not negative. */
        private void require(long bytes) throws UnreadableException {
            if (bytes < 0 || bytes > end - at) {
                throw new UnreadableException("a part of it is longer than the whole");
            }
        }
    }
}
