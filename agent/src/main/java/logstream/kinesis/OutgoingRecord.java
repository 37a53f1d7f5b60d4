package logstream.kinesis;

/**
 * A record on its way to the stream.
 *
 * @param key partition key, 1 to 256 characters
 * @param data the record's bytes; not copied, so not to be written to afterwards
 */
public record OutgoingRecord(String key, byte[] data) {
    /** Data and key together: what a stream takes unless its maximum record size was raised. */
    public static final int MAX_BYTES = 1 << 20;

    /** What the record counts against the limits of a request: data and key. The keys we make are ASCII. */
    public int size() {
        return key.length() + data.length;
    }
}
