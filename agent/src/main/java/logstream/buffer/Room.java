package logstream.buffer;

/**
 * How much more the chunk files may take: decides whether the buffer is full.
 *
 * <p>Frames that are appended and not yet written are placed here as the commit thread will place them, so that it never
 * needs a chunk beyond the limit. A chunk that was ended early, by a restart or a failed force, counts only its size:
 * many restarts do not fill the buffer.
 *
 * <p>Invariant: {@code plannedEnd} is the end of the last chunk once all appended frames are written.
 *
 * <p>Threading: guarded by the buffer's lock.
 */
final class Room {
    private final int chunkBytes;
    private final long limitBytes;
    private long sealedBytes;
    private long plannedChunks;
    private long plannedEnd = ChunkFormat.FIRST_FRAME_AT;

    Room(int chunkBytes, int maxChunks) {
        this.chunkBytes = chunkBytes;
        this.limitBytes = (long) chunkBytes * maxChunks;
    }

    boolean fits(int frameBytes) {
        return fitsPlanned(frameBytes) || sealedBytes + (plannedChunks + 2) * chunkBytes <= limitBytes;
    }

    /** A frame larger than a chunk goes into a chunk of its own. */
    private boolean fitsPlanned(int frameBytes) {
        return plannedEnd + frameBytes <= chunkBytes || plannedEnd == ChunkFormat.FIRST_FRAME_AT;
    }

    /** One more frame is appended. */
    void plan(int frameBytes) {
        if (!fitsPlanned(frameBytes)) {
            plannedChunks++;
            plannedEnd = ChunkFormat.FIRST_FRAME_AT;
        }
        plannedEnd += frameBytes;
    }

    /** The commit thread begins a chunk at this end: what waits is to be planned again. */
    void staged(long end) {
        plannedChunks = 0;
        plannedEnd = end;
    }

    void sealed(long size) {
        sealedBytes += charge(size);
    }

    void gone(long size) {
        sealedBytes -= charge(size);
    }

    private long charge(long size) {
        return size > chunkBytes / 2 ? Math.max(size, chunkBytes) : size;
    }

    /** Whether what one connection usually appends at once would have to wait. */
    boolean isShort() {
        return !fits(Math.min(64 << 10, chunkBytes / 16));
    }
}
