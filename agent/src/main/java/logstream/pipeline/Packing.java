package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PackingConfig;
import logstream.kinesis.PutRecordsLimits;

/**
 * What becomes of a record on the way out: the field {@code id}, its partition key, its compression. All three are made from
 * the record's own key and bytes and stored nowhere: so the same record becomes the same bytes whenever it is sent.
 *
 * <p>Format: {@code id} is the last field. A field of that name that the sender gave is called {@code sender_id}. A record
 * that has its own id already (a dead letter that is replayed) keeps it; one that is no JSON object has no room for it, and
 * goes under its own key whatever the configuration.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Packing {
    /** What the field and the longest key may add to a record, at least: more than 256 characters of three bytes. */
    static final int MOST_ADDED_BYTES = 1024;

    private static final byte[] ID_START = ascii("\"id\":");
    private static final byte[] SENDER = ascii("sender_");

    private final PackingConfig config;
    private final RecordCompression compression;
    private final JsonFields fields = new JsonFields();

    Packing(PackingConfig config) {
        this.config = config;
        this.compression = RecordCompression.of(config.compression());
    }

    /**
     * The record that goes out.
     *
     * @param id its own key
     * @param data its bytes, as they lie in the buffer
     */
    Packed pack(String id, byte[] data) {
        if (!config.sharesKeys() || !fields.read(data)) {
            return Packed.underItsKey(new OutgoingRecord(id, compression.compressed(data)));
        }
        String key = partitionKey(id);
        return new Packed(id, new OutgoingRecord(key, compression.compressed(withId(id, data))), true);
    }

    /** As {@link #pack} of a record whose data is to be kept as a dead letter, and packed again when it is replayed. */
    byte[] unpacked(byte[] data) {
        return config.compression() == PackingConfig.Compression.NONE
                ? data
                : RecordCompression.decompressed(data).orElse(data);
    }

    /** Of the record that {@link #fields} has read. */
    private String partitionKey(String id) {
        String shared = switch (config.partitionKey()) {
            case UUID -> "";
            case TAG -> fields.text(fields.tag());
            case CONTAINER -> {
                String container = fields.text(fields.containerId());
                yield container.isEmpty() ? fields.text(fields.containerName()) : container;
            }
        };
        if (shared.length() <= PutRecordsLimits.KEY_CHARACTERS) {
            return shared.isEmpty() ? id : shared;
        }
        boolean cutsPair = Character.isHighSurrogate(shared.charAt(PutRecordsLimits.KEY_CHARACTERS - 1));
        return shared.substring(0, PutRecordsLimits.KEY_CHARACTERS - (cutsPair ? 1 : 0));
    }

    private byte[] withId(String id, byte[] data) {
        byte[] value = quoted(id);
        if (fields.is(fields.id(), value)) {
            return data;
        }
        byte[] json = data;
        while (fields.id().isThere()) {
            json = insert(json, fields.id().nameAt(), SENDER);
            boolean _ = fields.read(json);
        }
        int comma = fields.isEmpty() ? 0 : 1;
        byte[] whole = new byte[fields.close() + comma + ID_START.length + value.length + 1];
        System.arraycopy(json, 0, whole, 0, fields.close());
        whole[fields.close()] = ',';
        System.arraycopy(ID_START, 0, whole, fields.close() + comma, ID_START.length);
        System.arraycopy(value, 0, whole, whole.length - value.length - 1, value.length);
        whole[whole.length - 1] = '}';
        return whole;
    }

    private static byte[] insert(byte[] json, int at, byte[] what) {
        byte[] longer = new byte[json.length + what.length];
        System.arraycopy(json, 0, longer, 0, at);
        System.arraycopy(what, 0, longer, at, what.length);
        System.arraycopy(json, at, longer, at + what.length, json.length - at);
        return longer;
    }

    /** As JSON. Keys of ours need no escape; imported ones may. */
    private static byte[] quoted(String id) {
        StringBuilder json = new StringBuilder(id.length() + 2).append('"');
        for (int at = 0; at < id.length(); at++) {
            char character = id.charAt(at);
            if (character < ' ' || character == '"' || character == '\\') {
                json.append(String.format("\\u%04x", (int) character));
            } else {
                json.append(character);
            }
        }
        return json.append('"').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
