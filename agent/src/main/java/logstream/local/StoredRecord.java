package logstream.local;

import java.time.Instant;

/**
 * A record as it lies in a shard, for tests that ask the endpoint directly.
 *
 * @param data the record's own bytes, not a copy: do not write to them
 */
public record StoredRecord(String shardId, String sequenceNumber, String partitionKey, byte[] data, Instant arrival) {}
