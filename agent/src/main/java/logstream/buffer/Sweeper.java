package logstream.buffer;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commit thread's housework: deletes released chunks, saves the checkpoint, lets old dead letters go.
 *
 * <p>A chunk is deleted when the reader has walked through it in this process and all of its frames are released, never
 * by the word of another file. A deletion that fails is tried again after a second.
 *
 * <p>Threading: confined to the commit thread.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final long CHECKPOINT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DELETE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PRUNE_NANOS = TimeUnit.HOURS.toNanos(1);

    private final BufferState state;
    private final BufferConfig config;
    private final Sources sources;
    private final DeadLetters deadLetters;
    private final Seldom seldom;
    private boolean deleteFailed;
    private long deleteAgainAt;
    private long checkpointAt;
    private long checkpointed = -1;
    private long pruneAt;

    Sweeper(BufferState state, BufferConfig config, Sources sources, DeadLetters deadLetters) {
        this.state = state;
        this.config = config;
        this.sources = sources;
        this.deadLetters = deadLetters;
        this.seldom = new Seldom(sources.nanoTime());
        this.checkpointAt = now() + CHECKPOINT_NANOS;
        this.pruneAt = now() + PRUNE_NANOS;
    }

    /** Under the lock: how long nothing is to be done, if nobody does anything. */
    long nanosUntilWork() {
        long untilCheckpoint = checkpointAt - now();
        if (state.deletable() == null) {
            return untilCheckpoint;
        }
        return deleteFailed ? Math.min(untilCheckpoint, deleteAgainAt - now()) : 0;
    }

    void sweep() {
        deleteReleased();
        if (now() - checkpointAt >= 0) {
            checkpointAt = now() + CHECKPOINT_NANOS;
            saveCheckpoint();
        }
        if (now() - pruneAt >= 0) {
            pruneAt = now() + PRUNE_NANOS;
            prune();
        }
    }

    /** The last sweep of this process. */
    void finish() {
        deleteReleased();
        saveCheckpoint();
    }

    private void deleteReleased() {
        if (deleteFailed && now() - deleteAgainAt < 0) {
            return;
        }
        while (true) {
            Chunk chunk;
            state.lock.lock();
            try {
                chunk = state.deletable();
            } finally {
                state.lock.unlock();
            }
            if (chunk == null || !delete(chunk)) {
                return;
            }
        }
    }

    /** Deletes the file of a chunk without frames, or of released ones; what fails stays {@link BufferState#deletable}. */
    boolean delete(Chunk chunk) {
        try {
            sources.files().delete(chunk.path());
            sources.files().syncFolder(config.directory());
            deleteFailed = false;
        } catch (IOException e) {
            deleteFailed = true;
            deleteAgainAt = now() + DELETE_AGAIN_NANOS;
            if (seldom.due()) {
                LOG.error(
                        "A chunk whose frames are all released cannot be deleted: file={} error=\"{}\"."
                                + " It is tried again; make the folder writable.",
                        chunk.path(),
                        e.toString());
            }
            return false;
        }
        state.lock.lock();
        try {
            state.gone(chunk);
        } finally {
            state.lock.unlock();
        }
        return true;
    }

    private void saveCheckpoint() {
        Chunk chunk;
        long released;
        state.lock.lock();
        try {
            released = state.released();
            chunk = chunkOf(released);
        } finally {
            state.lock.unlock();
        }
        if (chunk == null || released == checkpointed) {
            return;
        }
        try {
            new Checkpoint(chunk.sequence(), chunk.header().seed(), released - chunk.firstOrdinal())
                    .save(config.directory());
            checkpointed = released;
        } catch (IOException e) {
            if (seldom.due()) {
                LOG.warn(
                        "The checkpoint cannot be written, a crash now would send more records again:"
                                + " folder={} error=\"{}\"",
                        config.directory(),
                        e.toString());
            }
        }
    }

    private @Nullable Chunk chunkOf(long released) {
        for (Chunk chunk : state.chunks.all()) {
            if (chunk.firstOrdinal() <= released && released <= chunk.endOrdinal() && chunk.frames() > 0) {
                return chunk;
            }
        }
        return null;
    }

    private void prune() {
        try {
            deadLetters.prune();
        } catch (IOException e) {
            LOG.warn("Old dead letters cannot be deleted: folder={} error=\"{}\"", config.directory(), e.toString());
        }
    }

    private long now() {
        return sources.nanoTime().getAsLong();
    }
}
