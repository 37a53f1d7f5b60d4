package logstream.kinesis;

/** What became of one record of an answered request. */
public sealed interface RecordResult {
    /** It is in the stream. */
    record Accepted(String shardId, String sequenceNumber) implements RecordResult {}

    /** Its shard is at its limit: send it again, a little later. */
    record Throttled() implements RecordResult {}

    /** Not accepted for another reason: send it again. */
    record Failed(String code, String message) implements RecordResult {}
}
