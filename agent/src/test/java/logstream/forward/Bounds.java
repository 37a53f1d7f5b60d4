package logstream.forward;

/** The default bounds with one of them changed. */
final class Bounds {
    private static final MessageBounds D = MessageBounds.DEFAULT;

    private Bounds() {}

    static MessageBounds ofEvents(int eventBytes) {
        return new MessageBounds(
                eventBytes,
                D.stringBytes(),
                D.nesting(),
                D.messageBytes(),
                D.entries(),
                D.decompressedBytes(),
                D.compressionRatio());
    }

    static MessageBounds ofStrings(int stringBytes) {
        return new MessageBounds(
                D.eventBytes(),
                stringBytes,
                D.nesting(),
                D.messageBytes(),
                D.entries(),
                D.decompressedBytes(),
                D.compressionRatio());
    }

    static MessageBounds ofNesting(int nesting) {
        return new MessageBounds(
                D.eventBytes(),
                D.stringBytes(),
                nesting,
                D.messageBytes(),
                D.entries(),
                D.decompressedBytes(),
                D.compressionRatio());
    }

    static MessageBounds ofMessages(long messageBytes, long entries) {
        return new MessageBounds(
                D.eventBytes(),
                D.stringBytes(),
                D.nesting(),
                messageBytes,
                entries,
                D.decompressedBytes(),
                D.compressionRatio());
    }

    static MessageBounds ofDecompression(long decompressedBytes, int compressionRatio) {
        return new MessageBounds(
                D.eventBytes(),
                D.stringBytes(),
                D.nesting(),
                D.messageBytes(),
                D.entries(),
                decompressedBytes,
                compressionRatio);
    }
}
