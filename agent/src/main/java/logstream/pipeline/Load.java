package logstream.pipeline;

import java.util.List;

/**
 * Records and their bytes, data and keys: what counts against the two limits of a shard.
 *
 * @param records 0 or more
 * @param bytes 0 or more
 */
record Load(int records, long bytes) {
    /** What one shard takes in a second, of any stream: protocol limits, the same for provisioned and on-demand. */
    static final int SHARD_RECORDS_PER_SECOND = 1000;

    static final int SHARD_BYTES_PER_SECOND = 1 << 20;

    static final Load NONE = new Load(0, 0);

    static Load of(List<Shipment> batch) {
        long bytes = 0;
        for (Shipment shipment : batch) {
            bytes += shipment.size();
        }
        return new Load(batch.size(), bytes);
    }

    /** As much as so many shards take in a second, and one record at least. */
    static Load ofShardSeconds(double shardSeconds) {
        double records = Math.clamp(shardSeconds * SHARD_RECORDS_PER_SECOND, 1, Integer.MAX_VALUE);
        return new Load((int) records, (long) (shardSeconds * SHARD_BYTES_PER_SECOND));
    }

    /** How many seconds a single shard needs for it, by the limit that is met first. */
    double shardSeconds() {
        return Math.max(records / (double) SHARD_RECORDS_PER_SECOND, bytes / (double) SHARD_BYTES_PER_SECOND);
    }

    Load plus(Load other) {
        return new Load(records + other.records, bytes + other.bytes);
    }
}
