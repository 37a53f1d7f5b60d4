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

    /** What the record counts against the limits of a request: data and key. */
    public int size() {
        return keyBytes(key) + data.length;
    }

    /** Bytes of a key in UTF-8; half of a surrogate pair becomes a question mark. */
    private static int keyBytes(String key) {
        int bytes = key.length();
        for (int at = 0; at < key.length(); at++) {
            char character = key.charAt(at);
            if (character > 0x7f) {
                // Each half of a pair counts two: a pair has four bytes.
                bytes += character > 0x7ff && !Character.isSurrogate(character) ? 2 : 1;
            }
        }
        return bytes;
    }
}
