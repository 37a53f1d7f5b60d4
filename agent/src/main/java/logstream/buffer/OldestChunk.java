package logstream.buffer;

import java.io.IOException;

/**
 * The reader's means of making room: takes the oldest sealed chunk out of the queue.
 *
 * <p>Threading: confined to the reader thread, with nothing of that chunk in flight; the buffer's lock is held only
 * between touches of the disk. The chunk has a successor, so its end changes no more, and only this thread moves the
 * released position.
 */
final class OldestChunk {
    private final BufferState state;
    private final BufferConfig config;
    private final Sources sources;
    private final FrameReader reader;
    private final DeadLetters deadLetters;

    OldestChunk(BufferState state, BufferConfig config, Sources sources, FrameReader reader, DeadLetters deadLetters) {
        this.state = state;
        this.config = config;
        this.sources = sources;
        this.reader = reader;
        this.deadLetters = deadLetters;
    }

    /** What is to be done with the chunk's file; when it throws, the file is where it was. */
    @FunctionalInterface
    private interface Removal {
        void of(Chunk oldest, long released) throws IOException;
    }

    /** As {@link Buffer#setAsideOldestChunk}. */
    long setAside(String reason) throws IOException {
        return remove((oldest, released) -> {
            if (oldest.isNameTaken()) {
                throw new IOException("another file has the name of " + oldest.path());
            }
            deadLetters.take(oldest, oldest.end(), oldest.endOrdinal(), released, reason);
        });
    }

    /** As {@link Buffer#dropOldestChunk}. */
    long drop() throws IOException {
        long frames = remove((oldest, released) -> delete(oldest));
        state.lock.lock();
        try {
            state.lookAtDisk();
        } finally {
            state.lock.unlock();
        }
        return frames;
    }

    private long remove(Removal removal) throws IOException {
        Chunk oldest;
        long frames;
        long released;
        state.lock.lock();
        try {
            oldest = state.reading.oldestPending();
            if (oldest == null) {
                return 0;
            }
            released = state.reading.released();
            frames = state.reading.pendingFrames(oldest.firstOrdinal(), oldest.endOrdinal());
            oldest.leaving(true);
        } finally {
            state.lock.unlock();
        }
        try {
            deleteReleasedBefore(oldest);
            removal.of(oldest, released);
        } catch (IOException e) {
            stays(oldest);
            throw e;
        }
        reader.goBehind(oldest);
        state.lock.lock();
        try {
            state.gone(oldest);
            state.reading.read(oldest.endOrdinal());
            state.release(oldest.endOrdinal());
        } finally {
            state.lock.unlock();
        }
        return frames;
    }

    private void delete(Chunk chunk) throws IOException {
        if (!chunk.isNameTaken()) {
            sources.files().delete(chunk.path());
        }
        sources.files().syncFolder(config.directory());
    }

    private void stays(Chunk chunk) {
        state.lock.lock();
        try {
            chunk.leaving(false);
        } finally {
            state.lock.unlock();
        }
    }

    /** If they were still there after a crash, what is removed would look like a hole behind them. */
    private void deleteReleasedBefore(Chunk oldest) throws IOException {
        while (true) {
            Chunk before;
            state.lock.lock();
            try {
                before = state.reading.deletable();
            } finally {
                state.lock.unlock();
            }
            if (before == null || before.sequence() > oldest.sequence()) {
                return;
            }
            // The commit thread may do the same at this moment: to delete twice is no error.
            delete(before);
            state.lock.lock();
            try {
                state.gone(before);
            } finally {
                state.lock.unlock();
            }
        }
    }
}
