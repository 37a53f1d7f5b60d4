package logstream.buffer;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The turns of the commit thread: write, force, publish, tidy up, wait, and again.
 *
 * <p>What is there is written at once; it is forced when {@link Unforced} says so, and before a chunk is sealed. After a
 * failed write or force the state of the file's unconfirmed bytes is not known: the chunk ends at its last confirmed byte,
 * and all that was not confirmed is written again into a new one, as often as needed, with growing pauses. Meanwhile intake
 * waits; nothing is forgotten.
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
    private final FrameWriter writer;
    private final Sweeper sweeper;
    private final Failures failures;
    private boolean sawClosing;

    CommitLoop(BufferState state, BufferConfig config, Sources sources, FrameWriter writer, Sweeper sweeper) {
        this.state = state;
        this.config = config;
        this.writer = writer;
        this.sweeper = sweeper;
        this.failures = new Failures(config.directory(), sources.nanoTime());
    }

    void onReadable(Runnable listener) {
        writer.onReadable(listener);
    }

    /** Begins the first chunk of this process. A full disk does not stop the start: shipping may make room. */
    void begin() {
        try {
            StagedChunk _ = writer.begin();
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
            lookAtFolderForTheLastTime();
            sweeper.finish();
        } catch (RuntimeException | Error e) {
            LOG.error("The buffer stops: a bug. Restart the agent; what was acknowledged is on disk.", e);
        } finally {
            end();
        }
    }

    /** One turn: all that can be done now. */
    void step() {
        writer.lookAtDisk(failures.inARow() > 0);
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
                        failures.hurry();
                    }
                    if (writer.isDone() || failures.inARow() >= ATTEMPTS_AT_CLOSE) {
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

    private long nanosUntilWork() {
        long housework = Math.min(sweeper.nanosUntilWork(), writer.nanosUntilLookAtDisk());
        return Math.min(housework, Math.max(writer.nanosUntilWork(), failures.nanosUntilRetry()));
    }

    private void commit() {
        String what = "keep its folder";
        try {
            writer.lookAtFolder();
            what = "write";
            writer.beginIfNone();
            writer.write();
            what = "force what it wrote";
            writer.forceIfDue();
            succeeded();
        } catch (FolderWatch.MissingException e) {
            // The file stays open: what was written to it is copied from there.
            failures.failed(e, what);
            stuck();
        } catch (IOException e) {
            failed(e, what);
        }
    }

    private void succeeded() {
        if (failures.inARow() > 0) {
            failures.none();
            stuck();
        }
    }

    private void failed(IOException e, String what) {
        failures.failed(e, what);
        writer.giveUp();
        stuck();
    }

    /** The first retry is at once, a new chunk may be all that is needed: only then the disk is said to refuse. */
    private void stuck() {
        state.lock.lock();
        try {
            state.stuck(failures.inARow() > 1);
        } finally {
            state.lock.unlock();
        }
    }

    private void lookAtFolderForTheLastTime() {
        try {
            writer.lookAtFolderNow();
        } catch (IOException e) {
            LOG.error("What is in the buffer may be lost: folder={} error=\"{}\"", config.directory(), e.toString());
        }
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
        writer.close();
    }

    /** As if the process were killed: nothing more is written. */
    void abandon() {
        writer.close();
    }
}
