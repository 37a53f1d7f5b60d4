package logstream.forward;

/**
 * What one message may cost. What is beyond is dropped and counted, and acknowledged, so that it is not sent forever.
 *
 * @param eventBytes largest event, as msgpack
 * @param stringBytes longest string or binary value in an event
 * @param nesting deepest nesting of arrays and maps in an event, the outermost and, outside of Message mode, the entry
 *     included
 * @param messageBytes largest message on the wire
 * @param entries most entries of a message
 * @param decompressedBytes largest payload of a message after decompression
 * @param compressionRatio most bytes out of one compressed byte, once a mebibyte came out
 */
public record MessageBounds(
        int eventBytes,
        int stringBytes,
        int nesting,
        long messageBytes,
        long entries,
        long decompressedBytes,
        int compressionRatio) {
    /**
     * Our choices, but for: nesting, where msgpack-ruby, and with it fluentd, gives up; 256 MiB, the largest chunk of
     * fluentd's file buffers, which it sends as one message, and its own bound after decompression.
     */
    public static final MessageBounds DEFAULT =
            new MessageBounds(1 << 20, 1 << 20, 128, 256L << 20, 10_000_000, 256L << 20, 1_000);

    /** What a message is that is beyond the bounds of one. */
    String tooMuch() {
        return "a message of more than " + messageBytes + " bytes or " + entries + " entries";
    }
}
