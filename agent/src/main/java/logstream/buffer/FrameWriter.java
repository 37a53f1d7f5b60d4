package logstream.buffer;

import java.io.IOException;
import java.util.List;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write side: gives frames their places, writes them, forces them, publishes them, from chunk to chunk.
 *
 * <p>Invariant: a frame is published (durable, readable) only when its bytes, and the folder entry of its chunk, are on
 * the disk, and that chunk was seen in the folder afterwards; with {@link BufferConfig.Sync#NEVER} when they are
 * written.
 *
 * <p>Threading: confined to the commit thread, but for {@link #onReadable}.
 */
final class FrameWriter {
    private static final Logger LOG = LoggerFactory.getLogger(FrameWriter.class);

    private final BufferState state;
    private final BufferConfig.Sync sync;
    private final Metrics metrics;
    private final Succession succession;
    private final Reserve reserve;
    private final FolderWatch folder;
    private final Unforced unforced;

    private @Nullable StagedChunk staged;
    private volatile Runnable readable = () -> {};

    FrameWriter(
            BufferState state,
            BufferConfig config,
            Sources sources,
            Metrics metrics,
            Succession succession,
            Reserve reserve,
            FolderWatch folder) {
        this.state = state;
        this.sync = config.sync();
        this.metrics = metrics;
        this.succession = succession;
        this.reserve = reserve;
        this.folder = folder;
        this.unforced = new Unforced(state, config, sources.nanoTime());
    }

    void onReadable(Runnable listener) {
        readable = listener;
    }

    /** Begins a chunk; what was written to before was sealed or given up. */
    StagedChunk begin() throws IOException {
        reserve.check();
        StagedChunk next = succession.next();
        staged = next;
        return next;
    }

    /**
     * Begins a chunk when there is none, as after a start on a full disk: the last of those that were there has a successor
     * then, and is treated as all sealed ones are.
     */
    void beginIfNone() throws IOException {
        if (staged == null) {
            StagedChunk _ = begin();
        }
    }

    /** As {@link FolderWatch#look}. */
    void lookAtFolder() throws IOException {
        folder.look(staged);
    }

    /** As {@link FolderWatch#lookNow}. */
    void lookAtFolderNow() throws IOException {
        folder.lookNow(staged);
    }

    /** As {@link Reserve#look}. */
    void lookAtDisk(boolean failing) {
        reserve.look(staged == null ? 0 : staged.remaining(), failing);
    }

    /** Writes what is in memory. */
    void write() throws IOException {
        List<Pending.Slice> slices;
        state.lock.lock();
        try {
            slices = state.pending.unwritten();
        } finally {
            state.lock.unlock();
        }
        for (Pending.Slice slice : slices) {
            write(slice);
        }
        StagedChunk current = staged;
        if (current == null || current.endOrdinal() == state.durable()) {
            return;
        }
        if (sync == BufferConfig.Sync.NEVER) {
            publish(current);
        } else {
            state.lock.lock();
            try {
                state.wrote(current.endOrdinal());
            } finally {
                state.lock.unlock();
            }
        }
    }

    private void write(Pending.Slice slice) throws IOException {
        byte[] bytes = slice.block().bytes();
        int at = slice.from();
        while (at < slice.to()) {
            StagedChunk current = staged != null ? staged : begin();
            int stop = current.fitting(bytes, at, slice.to());
            if (stop == at) {
                seal(current);
                continue;
            }
            current.append(bytes, at, stop);
            slice.block().written(stop);
            unforced.wrote();
            at = stop;
        }
    }

    /** Nothing more goes into the chunk. All of it is forced before there is a successor that says so. */
    private void seal(StagedChunk current) throws IOException {
        if (sync == BufferConfig.Sync.NEVER) {
            publish(current);
        } else {
            force(current);
        }
        staged = null;
        current.close();
    }

    /** Forces what was written when {@link Unforced} says so. */
    void forceIfDue() throws IOException {
        boolean due;
        state.lock.lock();
        try {
            due = unforced.isDue();
        } finally {
            state.lock.unlock();
        }
        StagedChunk current = staged;
        if (due && current != null) {
            force(current);
        }
    }

    private void force(StagedChunk current) throws IOException {
        try {
            current.force();
        } catch (IOException e) {
            metrics.forcesFailed.increment();
            throw e;
        }
        metrics.forces.increment();
        publish(current);
        unforced.none();
    }

    private void publish(StagedChunk current) throws IOException {
        folder.confirm(current);
        state.lock.lock();
        try {
            state.confirmed(current.end(), current.endOrdinal());
        } finally {
            state.lock.unlock();
        }
        readable.run();
    }

    /** Under the lock: whether nothing is left to write or to force. */
    boolean isDone() {
        return !state.pending.hasUnwritten() && state.written() == state.appended() && !unforced.isAny();
    }

    /** Under the lock: how long nothing is to be done, if nobody does anything; {@link Long#MAX_VALUE} for ever. */
    long nanosUntilWork() {
        return state.pending.hasUnwritten() ? 0 : unforced.nanosUntilDue();
    }

    /** Under the lock: as {@link Reserve#nanosUntilWork}. */
    long nanosUntilLookAtDisk() {
        return reserve.nanosUntilWork();
    }

    /** The chunk that was written to ends at its last confirmed byte; what is not confirmed is written again. */
    void giveUp() {
        close();
        unforced.none();
        state.lock.lock();
        try {
            state.unconfirmed();
        } finally {
            state.lock.unlock();
        }
    }

    void close() {
        StagedChunk current = staged;
        staged = null;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                LOG.debug("A chunk that is not written to any more did not close", e);
            }
        }
    }
}
