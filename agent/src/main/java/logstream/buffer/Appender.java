package logstream.buffer;

import java.util.OptionalLong;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in: takes frames into memory while there is room, and lets callers wait until they are durable.
 *
 * <p>When there is none, {@code buffer.overflow} decides: callers wait ({@code block}), the reader is asked to drop the
 * oldest chunk while they wait ({@code drop_oldest_chunk}), or frames that nobody wants an ack for are dropped at once
 * ({@code drop_newest}). Memory that is only taken until the next force is waited for in any case.
 *
 * <p>Threading: any thread, under the buffer's lock.
 */
final class Appender {
    private static final Logger LOG = LoggerFactory.getLogger(Appender.class);
    private static final int LARGEST_FRAME_BYTES = FrameBatch.HEADER_BYTES + FrameBatch.MAX_PAYLOAD_BYTES;

    private final BufferState state;
    private final Sources sources;
    private final Metrics metrics;
    private final Seldom seldom;
    private long droppedSinceSaid;
    private volatile Runnable overflowing = () -> {};

    Appender(BufferState state, Sources sources, Metrics metrics) {
        this.state = state;
        this.sources = sources;
        this.metrics = metrics;
        this.seldom = new Seldom(sources.nanoTime());
    }

    /** As {@link Buffer#onOverflow}. */
    void onOverflow(Runnable listener) {
        overflowing = listener;
    }

    /** As {@link Buffer#isOverflowing}. */
    boolean isOverflowing() {
        if (state.config().overflow() != BufferConfig.Overflow.DROP_OLDEST_CHUNK) {
            return false;
        }
        state.lock.lock();
        try {
            return !state.intakeClosed() && state.waitsForChunks();
        } finally {
            state.lock.unlock();
        }
    }

    /** As {@link Buffer#append} and {@link Buffer#appendOrDrop}. */
    Appended append(FrameBatch batch, boolean mayDrop) throws BufferClosedException {
        boolean drops = mayDrop && state.config().overflow() == BufferConfig.Overflow.DROP_NEWEST;
        int dropped = 0;
        long say = 0;
        Appended appended;
        state.lock.lock();
        try {
            int at = 0;
            while (at < batch.length()) {
                awaitRoom(FrameBatch.frameBytes(batch.bytes(), at), drops);
                int taken = take(batch.bytes(), at, batch.length());
                if (taken == at) {
                    dropped = FrameBatch.frames(batch.bytes(), at, batch.length());
                    break;
                }
                at = taken;
                state.work.signal();
            }
            if (dropped > 0) {
                say = countDropped(dropped);
            }
            appended = new Appended(state.appended(), dropped);
        } finally {
            state.lock.unlock();
        }
        say(say);
        return appended;
    }

    /** As {@link Buffer#dropsNow}. */
    boolean dropsNow(int frames) {
        if (state.config().overflow() != BufferConfig.Overflow.DROP_NEWEST) {
            return false;
        }
        long say;
        state.lock.lock();
        try {
            if (!state.isFullFor(LARGEST_FRAME_BYTES)) {
                return false;
            }
            say = countDropped(frames);
        } finally {
            state.lock.unlock();
        }
        say(say);
        return true;
    }

    private static void say(long dropped) {
        if (dropped > 0) {
            LOG.error(
                    "The buffer is full and buffer.overflow is drop_newest: events are dropped: events={}"
                            + " (since this was said last). Events that are to be acknowledged wait.",
                    dropped);
        }
    }

    /** As {@link Buffer#appendNow}. */
    boolean appendNow(FrameBatch batch) {
        if (batch.count() != 1) {
            throw new IllegalArgumentException("one frame, not " + batch.count());
        }
        state.lock.lock();
        try {
            boolean takes = !state.intakeClosed() && state.hasRoomFor(batch.length());
            if (takes) {
                take(batch.bytes(), 0, batch.length());
            }
            state.work.signal();
            return takes;
        } finally {
            state.lock.unlock();
        }
    }

    /** As {@link Buffer#appendIfRoom}. */
    OptionalLong appendIfRoom(FrameBatch batch) throws BufferClosedException {
        int bytes = batch.length();
        state.lock.lock();
        try {
            state.turns.await(bytes, () -> hasRoomFor(bytes), () -> state.intakeClosed() || state.isFullFor(bytes));
            if (state.intakeClosed()) {
                throw new BufferClosedException();
            }
            if (!state.hasRoomFor(bytes)) {
                return OptionalLong.empty();
            }
            int taken = take(batch.bytes(), 0, bytes);
            if (taken < bytes) {
                throw new IllegalStateException("of a batch of " + bytes + " bytes, only " + taken + " found room");
            }
            state.work.signal();
            return OptionalLong.of(state.appended());
        } finally {
            state.lock.unlock();
        }
    }

    private boolean hasRoomFor(int bytes) {
        if (state.hasRoomFor(bytes)) {
            return true;
        }
        // Forced frames need no memory, and can be read and released.
        state.work.signal();
        return false;
    }

    /** Returns when the frame can be taken, or is to be dropped. */
    private void awaitRoom(int frameBytes, boolean drops) throws BufferClosedException {
        state.turns.await(
                frameBytes,
                () -> isRoomFor(frameBytes),
                () -> state.intakeClosed() || (drops && state.isFullFor(frameBytes)));
        if (state.intakeClosed()) {
            throw new BufferClosedException();
        }
    }

    private boolean isRoomFor(int frameBytes) {
        if (hasRoomFor(frameBytes)) {
            return true;
        }
        if (state.config().overflow() == BufferConfig.Overflow.DROP_OLDEST_CHUNK) {
            overflowing.run();
        }
        return false;
    }

    /** Takes as many whole frames of {@code [from, to)} as there is room for, and returns where it stopped. */
    private int take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int stop = run(bytes, at, to);
            if (stop == at) {
                break;
            }
            state.pending.add(bytes, at, stop);
            at = stop;
        }
        if (at > from) {
            int frames = FrameBatch.frames(bytes, from, at);
            state.appended(frames, sources.nanoTime().getAsLong());
            metrics.framesAppended.add(frames);
            metrics.bytesAppended.add(at - from);
            if (state.config().overflow() == BufferConfig.Overflow.DROP_NEWEST
                    && !state.room.fits(LARGEST_FRAME_BYTES)) {
                // Whoever waits for a turn may have to be refused now.
                state.turns.wakeAll();
            }
        }
        return at;
    }

    /** Where the frames stop that fit into one memory block and into the chunks; plans them. */
    private int run(byte[] bytes, int from, int to) {
        int first = FrameBatch.frameBytes(bytes, from);
        int space = state.room.fits(first) ? state.pending.space(first) : 0;
        int at = from;
        while (at < to) {
            int frameBytes = FrameBatch.frameBytes(bytes, at);
            if (at - from + frameBytes > space || !state.room.fits(frameBytes)) {
                break;
            }
            state.room.plan(frameBytes);
            at += frameBytes;
        }
        return at;
    }

    /** Returns what is to be said of it: frames dropped since it was said last, or 0 when that was a moment ago. */
    private long countDropped(int frames) {
        metrics.dropped(DropCause.OVERFLOW).add(frames);
        droppedSinceSaid += frames;
        if (!seldom.due()) {
            return 0;
        }
        long say = droppedSinceSaid;
        droppedSinceSaid = 0;
        return say;
    }

    /** As {@link Buffer#awaitDurable}. */
    void awaitDurable(long ordinal) throws BufferClosedException {
        boolean _ = awaitDurable(ordinal, () -> state.awaitDurable(ordinal));
    }

    /** As {@link Buffer#awaitDurableWhileDiskWorks}. */
    boolean awaitDurableWhileDiskWorks(long ordinal) throws BufferClosedException {
        return awaitDurable(ordinal, () -> state.awaitDurableOrStuck(ordinal));
    }

    private boolean awaitDurable(long ordinal, Runnable await) throws BufferClosedException {
        if (state.durable() >= ordinal) {
            return true;
        }
        state.lock.lock();
        try {
            if (ordinal > state.appended()) {
                throw new IllegalStateException(
                        "wait for " + ordinal + " when only " + state.appended() + " are appended");
            }
            state.work.signal();
            await.run();
            if (state.durable() < ordinal && state.ended()) {
                throw new BufferClosedException();
            }
            return state.durable() >= ordinal;
        } finally {
            state.lock.unlock();
        }
    }
}
