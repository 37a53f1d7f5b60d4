package logstream.kinesis;

import java.util.Optional;

/**
 * In which form records are put into the stream.
 *
 * @param partitionKey what the partition key is made from
 * @param compression of each record by itself
 * @param aggregate whether several records are put as one, see {@link Aggregate}; only with keys of the kind
 *     {@link PartitionKey#UUID}
 * @param maxAggregateBytes data and key of one aggregate, 1 KiB to 1 MiB
 */
public record PackingConfig(
        PartitionKey partitionKey, Compression compression, boolean aggregate, int maxAggregateBytes) {
    /**
     * One PUT payload unit: Kinesis charges for each 25 KB that a record has begun. Whether that is 25,000 or 25,600 bytes
     * its pages do not say; the smaller is right in both cases.
     */
    public static final int PAYLOAD_UNIT_BYTES = 25_000;

    /** Each record by itself, as it is, under a key of its own. */
    public static final PackingConfig PLAIN =
            new PackingConfig(PartitionKey.UUID, Compression.NONE, false, PAYLOAD_UNIT_BYTES);

    /** What a partition key is made from. */
    public enum PartitionKey {
        /** The record's place in its agent's buffer: another for each record. */
        UUID,
        /** The container that the line is from. */
        CONTAINER,
        /** The tag. */
        TAG
    }

    /** How each record is compressed. */
    public enum Compression {
        NONE,
        GZIP,
        ZSTD
    }

    /** Whether records may share a partition key, and so need the field {@code id}. */
    public boolean sharesKeys() {
        return aggregate || partitionKey != PartitionKey.UUID;
    }

    /**
     * What about a stream speaks against this form: a sentence for the operator. Whether a stream distributes its records
     * itself, which aggregates do not survive, its summary does not say yet; only streams on demand can.
     */
    public Optional<String> doubt(StreamState.Ready stream) {
        return aggregate && stream.mode().equals("ON_DEMAND")
                ? Optional.of(
                        "kinesis.aggregate is on, and the stream " + stream.name() + " is on demand: if its record"
                                + " distribution strategy is AUTO, consumers lose aggregates without a word. Look that it is"
                                + " USER_PARTITION_KEY, or take kinesis.aggregate out")
                : Optional.empty();
    }
}
