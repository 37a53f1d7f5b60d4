package logstream.local;

/**
 * One record of a request, its form checked and its place among the hash keys known.
 *
 * @param keyBytes length of the key in UTF-8
 */
record PutEntry(String key, int keyBytes, byte[] data, HashKey hash) {
    /** Data and key: what counts against the limits. */
    long size() {
        return (long) keyBytes + data.length;
    }
}
