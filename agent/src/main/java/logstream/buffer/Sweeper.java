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
 * <p>The checkpoint is saved within a tenth of a second of a release; before a chunk is deleted it says that all of that
 * chunk is released, and afterwards how much of the next one is. So after a crash at any moment not much more is sent
 * again than what was not released.
 *
 * <p>Threading: confined to the commit thread.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final long CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long CHECKPOINT_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
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
    private @Nullable Checkpoint saved;
    private long pruneAt;

    Sweeper(BufferState state, BufferConfig config, Sources sources, DeadLetters deadLetters) {
        this.state = state;
        this.config = config;
        this.sources = sources;
        this.deadLetters = deadLetters;
        this.seldom = new Seldom(sources.nanoTime());
        this.checkpointAt = now();
        this.pruneAt = now() + PRUNE_NANOS;
    }

    /** Under the lock: how long nothing is to be done, if nobody does anything. */
    long nanosUntilWork() {
        long untilCheckpoint = state.reading.isCheckpointDue() ? checkpointAt - now() : Long.MAX_VALUE;
        if (state.reading.deletable() == null) {
            return untilCheckpoint;
        }
        return deleteFailed ? Math.min(untilCheckpoint, deleteAgainAt - now()) : 0;
    }

    void sweep() {
        deleteReleased();
        if (isCheckpointDue() && now() - checkpointAt >= 0) {
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
        boolean deleted = false;
        for (Chunk chunk = deletable(); chunk != null; chunk = deletable()) {
            // The one it replaces speaks of a chunk that will be gone: all of the next one would be sent again.
            saveCheckpoint();
            if (!delete(chunk)) {
                return;
            }
            deleted = true;
        }
        if (deleted) {
            saveCheckpoint();
        }
    }

    private boolean isCheckpointDue() {
        state.lock.lock();
        try {
            return state.reading.isCheckpointDue();
        } finally {
            state.lock.unlock();
        }
    }

    private @Nullable Chunk deletable() {
        state.lock.lock();
        try {
            return state.reading.deletable();
        } finally {
            state.lock.unlock();
        }
    }

    /** Deletes the file of a chunk without frames, or of released ones; what fails stays {@link Reading#deletable}. */
    boolean delete(Chunk chunk) {
        try {
            if (!chunk.isNameTaken()) {
                sources.files().delete(chunk.path());
            }
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

    /** Speaks of the oldest chunk: of another one it would not be believed. */
    private void saveCheckpoint() {
        Checkpoint checkpoint;
        state.lock.lock();
        try {
            checkpoint = checkpoint(state.reading.takeReleased());
        } finally {
            state.lock.unlock();
        }
        if (checkpoint == null || checkpoint.equals(saved)) {
            return;
        }
        checkpointAt = now() + CHECKPOINT_NANOS;
        try {
            checkpoint.save(config.directory());
            saved = checkpoint;
        } catch (IOException e) {
            checkpointFailed(e);
        }
    }

    private @Nullable Checkpoint checkpoint(long released) {
        for (Chunk chunk : state.chunks.all()) {
            if (chunk.frames() > 0) {
                long index = Math.clamp(released - chunk.firstOrdinal(), 0, chunk.frames());
                return new Checkpoint(chunk.sequence(), chunk.header().seed(), index);
            }
        }
        return null;
    }

    private void checkpointFailed(IOException e) {
        checkpointAt = now() + CHECKPOINT_AGAIN_NANOS;
        state.lock.lock();
        try {
            state.reading.checkpointIsDue();
        } finally {
            state.lock.unlock();
        }
        if (seldom.due()) {
            LOG.warn(
                    "The checkpoint cannot be written, a crash now would send more records again: folder={} error=\"{}\"",
                    config.directory(),
                    e.toString());
        }
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
