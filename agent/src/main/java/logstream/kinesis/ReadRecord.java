package logstream.kinesis;

import java.time.Instant;

/**
 * A record read back from a stream.
 *
 * @param key partition key
 * @param data the record's bytes
 * @param shardId shard it was read from
 * @param sequenceNumber its place in the shard
 * @param arrived about when the stream took it
 */
public record ReadRecord(String key, byte[] data, String shardId, String sequenceNumber, Instant arrived) {}
