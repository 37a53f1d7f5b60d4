package logstream.buffer;

/** Stub. */
final class ChunkFormat {
    private ChunkFormat() {}
}
