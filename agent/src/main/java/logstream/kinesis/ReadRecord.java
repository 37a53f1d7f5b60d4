package logstream.kinesis;

import java.time.Instant;

/**
 * A record read back from a stream; those of an aggregate one by one.
 *
 * @param key partition key
 * @param data the record's bytes
 * @param shardId shard it was read from
 * @param sequenceNumber its place in the shard, which records of one aggregate share
 * @param arrived about when the stream took it
 * @param form how it lay in the stream
 */
public record ReadRecord(String key, byte[] data, String shardId, String sequenceNumber, Instant arrived, Form form) {

    /** How a record lay in the stream. */
    public sealed interface Form {
        /** By itself. */
        record Alone() implements Form {}

        /** In an aggregate: its key may be that of others, too. */
        record Aggregated() implements Form {}

        /**
         * It is an aggregate that cannot be taken apart; the data is all of it.
         *
         * @param reason follows "cannot be taken apart: "
         */
        record Damaged(String reason) implements Form {}
    }
}
