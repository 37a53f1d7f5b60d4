package logstream.kinesis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usual answer to PutRecords, in CBOR: all records accepted, each with its sequence number and its shard. Makes no
 * object for each record, and gives up on whatever is unusual, be it a failed record or another form of the same: that is
 * for a whole parser.
 *
 * <p>Threading: confined to one thread, but for the texts that all answers share; used once.
 */
final class AcceptedScan {
    private static final byte[] FAILED_COUNT = name("FailedRecordCount");
    private static final byte[] ENCRYPTION = name("EncryptionType");
    private static final byte[] RECORDS = name("Records");
    private static final byte[] SEQUENCE_NUMBER = name("SequenceNumber");
    private static final byte[] SHARD_ID = name("ShardId");

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final int END = 0xff;
    private static final int NULL = 0xf6;

    /** A power of two, more than twice as many as there are records. */
    private static final int SLOTS = 1024;

    /** Twice what the API reference allows, and what a place, in answers of at most {@link PutAnswer#MOST_BYTES}, leaves. */
    private static final int LENGTH_BITS = 8;

    /** 2^64 over the golden ratio: spreads what differs in few bits. */
    private static final long MIX = 0x9e3779b97f4a7c15L;

    /** What texts of all answers were, by hash. Threads may put another text in a place, which costs an object. */
    private static final @Nullable String[] KNOWN = new String[2048];

    private static final int LONGEST_SHARD = (1 << LENGTH_BITS) - 1;

    /** The answer is not the usual one. */
    private static final class UnusualException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusualException() {
            super(null, null, false, false);
        }
    }

    private final byte[] answer;
    private final List<String> shards = new ArrayList<>();

    /** Place and length of the shard ids that were seen, by hash; 0 for none. */
    private final int[] seen = new int[SLOTS];

    private int at;
    private int records;

    /** Of the text that was read last; it ends at {@link #at}. */
    private int textAt;

    AcceptedScan(byte[] answer) {
        this.answer = answer;
    }

    /** Whether it is the usual answer. */
    boolean read() {
        try {
            int members = begin(CborBody.MAP);
            while (hasNext(members)) {
                members--;
                member();
            }
            return at == answer.length;
        } catch (UnusualException | IndexOutOfBoundsException _) {
            return false;
        }
    }

    /** How many records it is about. */
    int records() {
        return records;
    }

    /** The shards that accepted them, each once. */
    List<String> shards() {
        return shards;
    }

    private void member() throws UnusualException {
        text();
        if (textIs(RECORDS)) {
            int entries = begin(CborBody.ARRAY);
            while (hasNext(entries)) {
                entries--;
                entry();
            }
        } else if (textIs(FAILED_COUNT)) {
            require(header(CborBody.UNSIGNED) == 0);
        } else if (textIs(ENCRYPTION)) {
            textOrNull();
        } else {
            throw new UnusualException();
        }
    }

    private void entry() throws UnusualException {
        boolean numbered = false;
        boolean placed = false;
        int members = begin(CborBody.MAP);
        while (hasNext(members)) {
            members--;
            text();
            if (textIs(SEQUENCE_NUMBER)) {
                text();
                numbered = true;
            } else if (textIs(SHARD_ID)) {
                text();
                placed = true;
                shard();
            } else {
                // A failed one has a code; that of others may be null.
                require((answer[at] & 0xff) == NULL);
                at++;
            }
        }
        require(numbered && placed);
        records++;
        require(records <= PutRecordsLimits.RECORDS);
    }

    private void shard() throws UnusualException {
        int length = at - textAt;
        require(length <= LONGEST_SHARD);
        int hash = hash();
        int slot = hash & (SLOTS - 1);
        while (seen[slot] != 0) {
            int from = seen[slot] >>> LENGTH_BITS;
            int to = from + (seen[slot] & LONGEST_SHARD);
            if (Arrays.equals(answer, textAt, at, answer, from, to)) {
                return;
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        seen[slot] = (textAt << LENGTH_BITS) | length;
        shards.add(known(hash));
    }

    /** Of the text that was read last. Ids of shards differ in their last digits. */
    private int hash() {
        long mixed = (long) at - textAt;
        int index = at - Long.BYTES;
        for (; index >= textAt; index -= Long.BYTES) {
            mixed = (mixed ^ (long) EIGHT.get(answer, index)) * MIX;
        }
        for (index += Long.BYTES - 1; index >= textAt; index--) {
            mixed = (mixed ^ answer[index]) * MIX;
        }
        return (int) (mixed >>> 40);
    }

    /** The text that was read last. Each answer names the same few shards: so it is the same object, if another was not put in its place. */
    private String known(int hash) {
        int slot = hash & (KNOWN.length - 1);
        String known = KNOWN[slot];
        if (known == null || !isText(known)) {
            known = new String(answer, textAt, at - textAt, StandardCharsets.ISO_8859_1);
            KNOWN[slot] = known;
        }
        return known;
    }

    private boolean isText(String known) {
        int length = at - textAt;
        if (known.length() != length) {
            return false;
        }
        for (int index = 0; index < length; index++) {
            if (known.charAt(index) != answer[textAt + index]) {
                return false;
            }
        }
        return true;
    }

    private boolean textIs(byte[] name) {
        return Arrays.equals(answer, textAt, at, name, 0, name.length);
    }

    private void text() throws UnusualException {
        int length = header(CborBody.TEXT);
        textAt = at;
        at += length;
        long allBits = 0;
        int index = textAt;
        for (; index <= at - Long.BYTES; index += Long.BYTES) {
            allBits |= (long) EIGHT.get(answer, index);
        }
        for (; index < at; index++) {
            allBits |= answer[index];
        }
        // ASCII: then it is also UTF-8.
        require((allBits & HIGH_BITS) == 0);
    }

    private void textOrNull() throws UnusualException {
        if ((answer[at] & 0xff) == NULL) {
            at++;
        } else {
            text();
        }
    }

    /** Whether another member comes; -1 or less says that the end is marked. */
    private boolean hasNext(int members) {
        if (members >= 0) {
            return members > 0;
        }
        if ((answer[at] & 0xff) == END) {
            at++;
            return false;
        }
        return true;
    }

    /** Number of members of an array or a map; negative when its end is marked. */
    private int begin(int type) throws UnusualException {
        if ((answer[at] & 0xff) == ((type << 5) | 31)) {
            at++;
            return -1;
        }
        return header(type);
    }

    /** The value behind a marker of this type, 0 to 65,535. */
    private int header(int type) throws UnusualException {
        int marker = answer[at++] & 0xff;
        require(marker >>> 5 == type);
        int value = marker & 31;
        if (value < 24) {
            return value;
        }
        require(value <= 25);
        int high = answer[at++] & 0xff;
        return value == 24 ? high : (high << 8) | (answer[at++] & 0xff);
    }

    private static void require(boolean usual) throws UnusualException {
        if (!usual) {
            throw new UnusualException();
        }
    }

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
