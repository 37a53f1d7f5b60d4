package logstream.migration;

/**
 * Something in a file that was not imported; the rest of the file was.
 *
 * @param file its name, as it was given by whoever made it
 * @param from offset of its first byte in the file
 * @param to offset behind its last byte
 * @param what is wrong, in a few words
 */
public record Problem(String file, long from, long to, Kind kind, String what) {
    /** What kind of trouble. */
    public enum Kind {
        /** A whole record, but none that Kinesis or the buffer takes. */
        UNFIT,
        /** Bytes that are no record. */
        DAMAGED,
        /** The file was not imported, and keeps its name. */
        FILE_LEFT
    }
}
