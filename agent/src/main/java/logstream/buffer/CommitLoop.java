package logstream.buffer;

import java.io.IOException;
import java.util.List;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives frames their places and makes them durable: drain, write, force, publish, wake, and again.
 *
 * <p>What is there is written at once; it is forced when {@link Unforced} says so, and before a chunk is sealed. After a failed write or force the state of the file's unconfirmed
 * bytes is not known: the chunk ends at its last confirmed byte, and all that was not confirmed is written again into a
 * new one, as often as needed, with growing pauses. Meanwhile intake waits; nothing is forgotten.
 *
 * <p>Invariant: a frame is published (durable, readable) only when its bytes, and the folder entry of its chunk, are on
 * the disk; with {@link BufferConfig.Sync#NEVER} when they are written.
 *
 * <p>Threading: {@link #run} is the commit thread, a platform thread that is never interrupted. {@link #begin} runs before
 * it starts, {@link #step} also in tests that have no thread.
 */
final class CommitLoop implements Runnable {
    /** Attempts to save what is left when the buffer is closed on a failing disk. */
    static final int ATTEMPTS_AT_CLOSE = 3;

    private static final Logger LOG = LoggerFactory.getLogger(CommitLoop.class);

    private final BufferState state;
    private final BufferConfig config;
    private final Metrics metrics;
    private final Succession succession;
    private final Reserve reserve;
    private final Sweeper sweeper;
    private final Unforced unforced;
    private final Failures failures;

    private @Nullable StagedChunk staged;
    private boolean sawClosing;

    private volatile Runnable readable = () -> {};

    CommitLoop(
            BufferState state,
            BufferConfig config,
            Sources sources,
            Metrics metrics,
            Succession succession,
            Reserve reserve,
            Sweeper sweeper) {
        this.state = state;
        this.config = config;
        this.metrics = metrics;
        this.succession = succession;
        this.reserve = reserve;
        this.sweeper = sweeper;
        this.unforced = new Unforced(state, config, sources.nanoTime());
        this.failures = new Failures(config.directory(), sources.nanoTime());
    }

    void onReadable(Runnable listener) {
        readable = listener;
    }

    /** Begins the first chunk of this process. A full disk does not stop the start: shipping may make room. */
    void begin() {
        try {
            openNext();
        } catch (IOException e) {
            failed(e, "begin a chunk");
        }
    }

    @Override
    public void run() {
        try {
            while (awaitWork()) {
                step();
            }
            sweeper.finish();
        } catch (RuntimeException | Error e) {
            LOG.error("The buffer stops: a bug. Restart the agent; what was acknowledged is on disk.", e);
        } finally {
            end();
        }
    }

    /** One turn: all that can be done now. */
    void step() {
        reserve.look(staged == null ? 0 : staged.remaining(), failures.inARow() > 0);
        if (failures.nanosUntilRetry() == 0) {
            commit();
        }
        sweeper.sweep();
    }

    /** Waits until there is something to do; false when the buffer is closed and nothing is left. */
    private boolean awaitWork() {
        state.lock.lock();
        try {
            while (true) {
                if (state.closing()) {
                    if (!sawClosing) {
                        sawClosing = true;
                        failures.none();
                    }
                    if (isDone() || failures.inARow() >= ATTEMPTS_AT_CLOSE) {
                        return false;
                    }
                }
                long nanos = nanosUntilWork();
                if (nanos <= 0) {
                    return true;
                }
                try {
                    long _ = state.work.awaitNanos(nanos);
                } catch (InterruptedException e) {
                    throw new IllegalStateException("the commit thread was interrupted", e);
                }
            }
        } finally {
            state.lock.unlock();
        }
    }

    private boolean isDone() {
        return !state.pending.hasUnwritten() && state.written() == state.appended() && !unforced.isAny();
    }

    private long nanosUntilWork() {
        long commitIn = state.pending.hasUnwritten() ? 0 : unforced.nanosUntilDue();
        long housework = Math.min(sweeper.nanosUntilWork(), reserve.nanosUntilWork());
        return Math.min(housework, Math.max(commitIn, failures.nanosUntilRetry()));
    }

    private void commit() {
        boolean wroteAll = false;
        try {
            write();
            wroteAll = true;
            if (isForceDue()) {
                force();
            }
            succeeded();
        } catch (IOException e) {
            failed(e, wroteAll ? "force what it wrote" : "write");
        }
    }

    private boolean isForceDue() {
        state.lock.lock();
        try {
            return unforced.isDue();
        } finally {
            state.lock.unlock();
        }
    }

    private void write() throws IOException {
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
        if (slices.isEmpty() || current == null) {
            return;
        }
        if (config.sync() == BufferConfig.Sync.NEVER) {
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
            StagedChunk current = staged != null ? staged : openNext();
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
        if (config.sync() == BufferConfig.Sync.NEVER) {
            publish(current);
        } else {
            force();
        }
        staged = null;
        current.close();
    }

    private void force() throws IOException {
        StagedChunk current = staged;
        if (current == null) {
            return;
        }
        try {
            current.force();
        } catch (IOException e) {
            metrics.forcesFailed.increment();
            throw e;
        }
        metrics.forces.increment();
        unforced.none();
        publish(current);
    }

    private void publish(StagedChunk current) {
        state.lock.lock();
        try {
            state.confirmed(current.end(), current.endOrdinal());
        } finally {
            state.lock.unlock();
        }
        readable.run();
    }

    private StagedChunk openNext() throws IOException {
        reserve.check();
        StagedChunk next = succession.next();
        staged = next;
        return next;
    }

    private void succeeded() {
        if (failures.inARow() > 0) {
            failures.none();
            state.lock.lock();
            try {
                state.stuck(false);
            } finally {
                state.lock.unlock();
            }
        }
    }

    private void failed(IOException e, String what) {
        failures.failed(e, what);
        closeStaged();
        state.lock.lock();
        try {
            state.unconfirmed();
            // The first retry is at once: a new chunk may be all that is needed.
            state.stuck(failures.inARow() > 1);
        } finally {
            state.lock.unlock();
        }
        unforced.none();
    }

    /** Whoever waits learns that no more is coming. */
    private void end() {
        long lost;
        state.lock.lock();
        try {
            lost = state.appended() - state.durable();
            state.end();
        } finally {
            state.lock.unlock();
        }
        if (lost > 0) {
            LOG.error("The buffer ends and could not save its last frames, none of them acknowledged: frames={}", lost);
        }
        closeStaged();
    }

    /** As if the process were killed: nothing more is written. */
    void abandon() {
        closeStaged();
    }

    private void closeStaged() {
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
