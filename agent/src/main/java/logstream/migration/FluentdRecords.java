package logstream.migration;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import logstream.buffer.FrameBatch;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * Reads the records of one chunk file of fluentd, one by one, without having it in memory.
 *
 * <p>Format, written by the Kinesis plugin 0.4: msgpack maps one after the other, each with {@code data} (what was
 * to be the record's data), {@code partition_key}, and perhaps {@code explicit_hash_key}, which is not carried over.
 * fluentd wrote without checksums and without forcing. Where the bytes are no record, reading goes on at what looks like
 * the beginning of the next one; what was changed inside a record cannot be seen.
 *
 * <p>Invariants: all bytes of the file belong to exactly one of what {@link #next} returns; no memory is taken on the word
 * of a length beyond {@link #MOST_BYTES}; after {@link #MOST_STRETCHES} damaged stretches the rest counts as one.
 *
 * <p>Threading: confined to one thread.
 */
final class FluentdRecords implements Closeable {
    /** A partition key has at most 256 characters, of at most 4 bytes each. */
    private static final int MOST_KEY_CHARACTERS = 256;

    private static final int MOST_KEY_BYTES = 4 * MOST_KEY_CHARACTERS;

    /** What the buffer takes of a record beside its key. */
    static final int MOST_BYTES = FrameBatch.MAX_PAYLOAD_BYTES - MOST_KEY_BYTES - 64;

    /** A file that is damaged more often than that is no file of ours, and must not cost hours. */
    static final int MOST_STRETCHES = 1000;

    /** Far more than any version of the plugin wrote. */
    private static final int MOST_FIELDS = 15;

    private static final int SCAN_BYTES = 64 << 10;

    /** A map of a few fields, the first of them one that we know. */
    private static final Pattern BEGINNING =
            Pattern.compile("[\\x81-\\x8f](\\xa4data|\\xadpartition_key|\\xb1explicit_hash_key)");

    private static final int BEGINNING_BYTES = 1 + 1 + "explicit_hash_key".length();

    /** What is found in a file, in its order. */
    sealed interface Found {
        /** A record as the plugin would have sent it. */
        record Whole(String partitionKey, byte[] data) implements Found {
            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof Whole whole
                        && partitionKey.equals(whole.partitionKey)
                        && Arrays.equals(data, whole.data);
            }

            @Override
            public int hashCode() {
                return 31 * partitionKey.hashCode() + Arrays.hashCode(data);
            }
        }

        /** What is not to be imported. */
        record Bad(Problem problem) implements Found {}
    }

    private final String name;
    private final FileChannel channel;
    private final long size;
    private MessageUnpacker unpacker;
    private long unpackerStart;
    private long at;
    private int stretches;

    FluentdRecords(FluentdChunk chunk) throws IOException {
        name = String.valueOf(chunk.path().getFileName());
        channel = FileChannel.open(chunk.path(), StandardOpenOption.READ);
        size = channel.size();
        unpacker = MessagePack.newDefaultUnpacker(channel);
    }

    /** The next record, or what is there instead; empty at the end of the file. */
    Optional<Found> next() throws IOException {
        if (at >= size) {
            return Optional.empty();
        }
        long from = at;
        String why;
        try {
            Found found = read(from);
            at = end();
            return Optional.of(found);
        } catch (MessageInsufficientBufferException _) {
            why = "the file ends inside a record";
        } catch (MessagePackException _) {
            why = "no record of fluentd's Kinesis plugin";
        }
        goOnAt(stretches++ < MOST_STRETCHES ? beginningAfter(from) : size);
        String told = at == size ? why : "no record of fluentd's Kinesis plugin";
        return Optional.of(bad(from, Problem.Kind.DAMAGED, told));
    }

    /** Where in the file it is: behind what was returned last. */
    long position() {
        return at;
    }

    /** Bytes of the file when it was opened. */
    long size() {
        return size;
    }

    /** Whether somebody wrote to the file since it was opened. */
    boolean hasChanged() throws IOException {
        return channel.size() != size;
    }

    private Found read(long from) throws IOException {
        int pairs = unpacker.unpackMapHeader();
        if (pairs > MOST_FIELDS) {
            throw new MessagePackException("a map of " + pairs);
        }
        byte[] key = null;
        byte[] data = null;
        String unfit = null;
        for (; pairs > 0; pairs--) {
            String field = new String(bytes(MOST_KEY_BYTES), StandardCharsets.UTF_8);
            switch (field) {
                case "data" -> {
                    int length = header();
                    if (length > MOST_BYTES) {
                        skip(length);
                        unfit = "data of " + length + " bytes, where at most " + MOST_BYTES + " can be";
                    } else {
                        data = unpacker.readPayload(length);
                    }
                }
                case "partition_key" -> key = bytes(MOST_BYTES);
                case "explicit_hash_key" -> unpacker.skipValue();
                default -> {
                    unpacker.skipValue();
                    unfit = "a record with the unknown field " + quoted(field);
                }
            }
        }
        if (unfit == null && (key == null || data == null)) {
            unfit = "a record without " + (data == null ? "data" : "partition_key");
        }
        if (unfit != null || key == null || data == null) {
            return unfit(from, String.valueOf(unfit));
        }
        return record(from, key, data);
    }

    private Found record(long from, byte[] key, byte[] data) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
            if (text.isEmpty() || text.length() > MOST_KEY_CHARACTERS) {
                return unfit(
                        from,
                        "a partition_key of " + text.length() + " characters, where 1 to " + MOST_KEY_CHARACTERS
                                + " can be");
            }
            return new Found.Whole(text, data);
        } catch (CharacterCodingException _) {
            return unfit(from, "a partition_key that is no UTF-8");
        }
    }

    private byte[] bytes(int most) throws IOException {
        int length = header();
        if (length > most) {
            throw new MessagePackException("a value of " + length + " bytes");
        }
        return unpacker.readPayload(length);
    }

    /** The length of a string or of binary data. The rubies of that time wrote both alike. */
    private int header() throws IOException {
        return unpacker.getNextFormat().getValueType().isBinaryType()
                ? unpacker.unpackBinaryHeader()
                : unpacker.unpackRawStringHeader();
    }

    private void skip(int length) throws IOException {
        if (length > size - end()) {
            throw new MessageInsufficientBufferException();
        }
        byte[] into = new byte[SCAN_BYTES];
        for (int left = length; left > 0; left -= Math.min(left, into.length)) {
            unpacker.readPayload(into, 0, Math.min(left, into.length));
        }
    }

    private long end() {
        return unpackerStart + unpacker.getTotalReadBytes();
    }

    private Found unfit(long from, String why) {
        return new Found.Bad(new Problem(name, from, end(), Problem.Kind.UNFIT, why));
    }

    private Found bad(long from, Problem.Kind kind, String why) {
        return new Found.Bad(new Problem(name, from, at, kind, why));
    }

    /** The next offset at which a record may begin; the end of the file when there is none. */
    private long beginningAfter(long bad) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(SCAN_BYTES);
        long start = bad + 1;
        while (start < size) {
            window.clear();
            int filled = 0;
            for (int got = 0; got >= 0 && window.hasRemaining(); ) {
                got = channel.read(window, start + filled);
                filled = window.position();
            }
            var matcher = BEGINNING.matcher(new String(window.array(), 0, filled, StandardCharsets.ISO_8859_1));
            if (matcher.find()) {
                return start + matcher.start();
            }
            if (filled < SCAN_BYTES) {
                return size;
            }
            start += filled - BEGINNING_BYTES;
        }
        return size;
    }

    private void goOnAt(long offset) throws IOException {
        at = offset;
        unpackerStart = offset;
        channel.position(offset);
        unpacker = MessagePack.newDefaultUnpacker(channel);
    }

    private static String quoted(String name) {
        String shown = name.length() <= 40 ? name : name.substring(0, 40) + "…";
        return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
