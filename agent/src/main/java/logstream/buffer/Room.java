package logstream.buffer;

/**
 * How much more the chunk files may take: decides whether the buffer is full.
 *
 * <p>Two bounds: bytes of all chunks, and how many more chunks the disk has room for. Frames that are appended and not yet
 * written are placed here as the commit thread will place them, so that it never needs a chunk beyond the first. A chunk
 * that was ended early, by a restart or a failed force, counts only its size: many restarts do not fill the buffer.
 *
 * <p>Invariant: {@code plannedEnd} is the end of the last chunk once all appended frames are written, and {@code
 * plannedChunks} how many are to be begun until then. Where no chunk can be written to, the last one counts as at its
 * end.
 *
 * <p>Threading: guarded by the buffer's lock.
 */
final class Room {
    private final int chunkBytes;
    private long limitBytes;
    private long sealedBytes;
    private long plannedChunks;
    private long plannedEnd;
    private long spareChunks = Long.MAX_VALUE;
    private long missingBytes;

    Room(int chunkBytes, int maxChunks) {
        this.chunkBytes = chunkBytes;
        limit(maxChunks);
        this.plannedEnd = chunkBytes;
    }

    /** From now on so many chunk files at most; when there are more, it is full until enough are gone. */
    void limit(int maxChunks) {
        limitBytes = (long) chunkBytes * maxChunks;
    }

    boolean fits(int frameBytes) {
        return fitsLimit(frameBytes) && (fitsPlanned(frameBytes) || plannedChunks < spareChunks);
    }

    /** Whether the bound of all chunks allows the frame, whatever the disk does. */
    boolean fitsLimit(int frameBytes) {
        return fitsPlanned(frameBytes) || sealedBytes + (plannedChunks + 2) * chunkBytes <= limitBytes;
    }

    /** Whether frames of so many bytes in all find room, however large each is, and so many chunks besides. */
    boolean fitsAll(long bytes, long chunksBesides) {
        // Two chunks that follow each other hold more than one chunk of frames.
        long chunks = plannedChunks + bytes / (chunkBytes / 2) + 1 + chunksBesides;
        return sealedBytes + (chunks + 1) * chunkBytes <= limitBytes && chunks <= spareChunks;
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

    /** Nothing more goes into the last chunk: what waits is to be planned again. */
    void ended() {
        plannedChunks = 0;
        plannedEnd = chunkBytes;
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

    /**
     * The disk was looked at.
     *
     * @param chunks that can be begun besides the one that is written to
     * @param missing bytes that must become free before another can be begun; 0 when one can
     */
    void disk(long chunks, long missing) {
        spareChunks = chunks;
        missingBytes = missing;
    }

    /** Bytes that must become free on the disk, when it was last looked at; 0 when there are enough, or nobody knows. */
    long missingBytes() {
        return missingBytes;
    }

    /** Something was deleted: what is missing is not known until the disk is looked at again. */
    void diskChanged() {
        missingBytes = 0;
    }

    /** Whether what one connection usually appends at once would have to wait for a chunk to go, whatever the disk does. */
    boolean isShort() {
        return !fitsLimit(Math.min(64 << 10, chunkBytes / 16));
    }
}
