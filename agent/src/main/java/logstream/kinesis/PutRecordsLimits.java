package logstream.kinesis;

/** What Kinesis takes; from its API reference (PutRecords, UpdateMaxRecordSize, quotas) as of October 2026. */
public final class PutRecordsLimits {
    /** Records in one request. */
    public static final int RECORDS = 500;

    /** Data and keys of one request, in bytes; 5 MiB until October 2025. */
    public static final int REQUEST_BYTES = 10 << 20;

    /** What every region and every stand-in takes as one request, in bytes: the limit until October 2025. */
    public static final int SAFE_REQUEST_BYTES = 5 << 20;

    /** Data and key of one record, in bytes, unless the stream was given a larger maximum. */
    public static final int RECORD_BYTES = 1 << 20;

    /** The largest maximum that a stream can be given, in bytes. */
    public static final int LARGEST_RECORD_BYTES = 10 << 20;

    /** Characters of a partition key; at least one. */
    public static final int KEY_CHARACTERS = 256;

    /** Records that one shard takes each second. */
    public static final int SHARD_RECORDS_PER_SECOND = 1_000;

    /** Bytes that one shard takes each second. */
    public static final int SHARD_BYTES_PER_SECOND = 1 << 20;

    private PutRecordsLimits() {}
}
