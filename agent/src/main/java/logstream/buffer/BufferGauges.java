package logstream.buffer;

import java.nio.file.Path;

/**
 * How full a buffer is, for people and metrics.
 *
 * <p>Threading: any thread; each answer is taken under the buffer's lock.
 */
public final class BufferGauges {
    private static final int USUAL_APPEND_BYTES = 64 << 10;

    private final BufferState state;
    private final Path folder;
    private final Sources sources;
    private final DeadLetters deadLetters;
    private final long openedEnd;

    /**
     * @param openedEnd the ordinal after the last recovered frame: of those before nobody knows when they were appended
     */
    BufferGauges(BufferState state, Path folder, Sources sources, DeadLetters deadLetters, long openedEnd) {
        this.state = state;
        this.folder = folder;
        this.sources = sources;
        this.deadLetters = deadLetters;
        this.openedEnd = openedEnd;
    }

    /** Bytes of the unreleased frames, on disk or waiting to be written; of a chunk in part, about. */
    public long bytes() {
        state.lock.lock();
        try {
            long bytes = state.pending.unwrittenBytes();
            for (Chunk chunk : state.chunks.all()) {
                long chunkBytes = chunk.end() - ChunkFormat.FIRST_FRAME_AT;
                long frames = state.reading.pendingFrames(chunk.firstOrdinal(), chunk.endOrdinal());
                bytes += chunk.frames() == 0 ? 0 : (long) (chunkBytes * ((double) frames / chunk.frames()));
            }
            return bytes;
        } finally {
            state.lock.unlock();
        }
    }

    /** Chunk files in the folder. */
    public long chunks() {
        state.lock.lock();
        try {
            return state.chunks.count();
        } finally {
            state.lock.unlock();
        }
    }

    /** Age of the oldest unreleased frame in milliseconds, about; 0 when there is none. */
    public long oldestPendingMillis() {
        state.lock.lock();
        try {
            long released = state.reading.released();
            if (released == state.appended()) {
                return 0;
            }
            if (released >= openedEnd) {
                return Math.max(0, (sources.nanoTime().getAsLong() - state.marks.nanosOf(released)) / 1_000_000);
            }
            Chunk oldest = state.reading.oldestPending();
            return oldest == null
                    ? 0
                    : Math.max(0, sources.clock().millis() - oldest.header().createdMillis());
        } finally {
            state.lock.unlock();
        }
    }

    /** Appends, each of another connection, that wait for room. */
    public long waiting() {
        state.lock.lock();
        try {
            return state.turns.count();
        } finally {
            state.lock.unlock();
        }
    }

    /** Frames that were taken and are not durable yet; more than none for long means that the commit thread stands. */
    public long notDurable() {
        state.lock.lock();
        try {
            return state.appended() - state.durable();
        } finally {
            state.lock.unlock();
        }
    }

    /** Frames that became durable, since the birth of the buffer: grows while the commit thread gets on. */
    public long durable() {
        return state.durable();
    }

    /** Whether the disk refuses again and again to be written to. */
    public boolean diskRefuses() {
        state.lock.lock();
        try {
            return state.isStuck();
        } finally {
            state.lock.unlock();
        }
    }

    /** Whether what a connection appends at once would have to wait until chunks go, or the disk is mended. */
    public boolean full() {
        state.lock.lock();
        try {
            return state.isFullFor(USUAL_APPEND_BYTES);
        } finally {
            state.lock.unlock();
        }
    }

    /** Bytes that may still be written to the file system of the folder; 0 where nobody tells. */
    public long diskFreeBytes() {
        return sources.files().space(folder).free();
    }

    /** Chunk files at which it is full, as the settings say now. */
    public long maxChunks() {
        return state.config().maxChunks();
    }

    /** Bytes of the dead letters. */
    public long deadLetterBytes() {
        return deadLetters.bytes();
    }
}
