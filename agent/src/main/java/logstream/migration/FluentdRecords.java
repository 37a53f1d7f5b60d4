package logstream.migration;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * Reads the records of one chunk file of fluentd, one by one, without having it in memory.
 *
 * <p>Format, written by the Kinesis plugin 0.x: msgpack maps one after the other, each with {@code data} (the JSON that was
 * to be the record's data), {@code partition_key}, and perhaps {@code explicit_hash_key}, which is not carried over. fluentd
 * wrote without checksums and without forcing: the end may be torn.
 *
 * <p>Invariant: no memory is taken on the word of a length beyond {@link #MOST_BYTES}.
 *
 * <p>Threading: confined to one thread.
 */
final class FluentdRecords implements Closeable {
    /** The plugin gave up on larger records: Kinesis took 1 MiB. */
    private static final int MOST_BYTES = 1 << 20;

    /** A partition key has at most 256 characters. */
    private static final int MOST_KEY_BYTES = 4 * 256;

    /** One record as the plugin would have sent it. */
    record Found(String partitionKey, byte[] data) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Found found
                    && partitionKey.equals(found.partitionKey)
                    && Arrays.equals(data, found.data);
        }

        @Override
        public int hashCode() {
            return 31 * partitionKey.hashCode() + Arrays.hashCode(data);
        }
    }

    /** What follows in the file cannot be read. */
    static final class TornException extends Exception {
        private static final long serialVersionUID = 1L;

        TornException(String why) {
            super(why);
        }
    }

    private final MessageUnpacker unpacker;
    private final long size;
    private long end;

    FluentdRecords(FluentdChunk chunk) throws IOException {
        size = Files.size(chunk.path());
        unpacker = MessagePack.newDefaultUnpacker(Files.newInputStream(chunk.path()));
    }

    /**
     * The next record; empty at the end of the file.
     *
     * @throws TornException when the bytes are no such record: nothing behind them can be found
     */
    Optional<Found> next() throws IOException, TornException {
        try {
            if (!unpacker.hasNext()) {
                return Optional.empty();
            }
            Found found = read();
            end = unpacker.getTotalReadBytes();
            return Optional.of(found);
        } catch (MessageInsufficientBufferException e) {
            throw new TornException("the file ends inside a record");
        } catch (MessagePackException e) {
            throw new TornException("no record of fluentd's Kinesis plugin");
        }
    }

    /** Bytes behind the last record that was read. */
    long bytesLeft() {
        return size - end;
    }

    private Found read() throws IOException, TornException {
        String key = null;
        byte[] data = null;
        for (int pairs = unpacker.unpackMapHeader(); pairs > 0; pairs--) {
            switch (text(MOST_KEY_BYTES)) {
                case "data" -> data = bytes(MOST_BYTES);
                case "partition_key" -> key = text(MOST_KEY_BYTES);
                case "explicit_hash_key" -> text(MOST_KEY_BYTES);
                case String other -> throw new TornException("a record with the unknown field " + quoted(other));
            }
        }
        if (key == null || key.isEmpty() || data == null) {
            throw new TornException("a record without data or partition_key");
        }
        return new Found(key, data);
    }

    private String text(int most) throws IOException, TornException {
        return new String(bytes(most), StandardCharsets.UTF_8);
    }

    private byte[] bytes(int most) throws IOException, TornException {
        int length = unpacker.getNextFormat().getValueType().isBinaryType()
                ? unpacker.unpackBinaryHeader()
                : unpacker.unpackRawStringHeader();
        if (length > most) {
            throw new TornException("a value of " + length + " bytes where at most " + most + " can be");
        }
        return unpacker.readPayload(length);
    }

    private static String quoted(String name) {
        String shown = name.length() <= 40 ? name : name.substring(0, 40) + "…";
        return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
    }

    @Override
    public void close() throws IOException {
        unpacker.close();
    }
}
