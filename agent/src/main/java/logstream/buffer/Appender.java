package logstream.buffer;

import logstream.metrics.Metrics;

/**
 * The way in: takes frames into memory while there is room, and lets callers wait until they are durable.
 *
 * <p>Threading: any thread, under the buffer's lock.
 */
final class Appender {
    private final BufferState state;
    private final Sources sources;
    private final Metrics metrics;

    Appender(BufferState state, Sources sources, Metrics metrics) {
        this.state = state;
        this.sources = sources;
        this.metrics = metrics;
    }

    /** As {@link Buffer#append}. */
    long append(FrameBatch batch) throws BufferClosedException {
        byte[] bytes = batch.bytes();
        int length = batch.length();
        state.lock.lock();
        try {
            int at = 0;
            while (at < length) {
                int first = FrameBatch.frameBytes(bytes, at);
                if (!state.hasRoomFor(first)) {
                    // Forced frames need no memory, and can be read and released.
                    state.work.signal();
                }
                state.turns.await(() -> state.hasRoomFor(first), state::intakeClosed);
                if (state.intakeClosed()) {
                    throw new BufferClosedException();
                }
                long before = state.appended();
                int taken = state.take(bytes, at, length, sources.nanoTime().getAsLong());
                metrics.framesAppended.add(state.appended() - before);
                metrics.bytesAppended.add(taken - at);
                at = taken;
                state.work.signal();
            }
            return state.appended();
        } finally {
            state.lock.unlock();
        }
    }

    /** As {@link Buffer#awaitDurable}. */
    void awaitDurable(long ordinal) throws BufferClosedException {
        if (state.durable() >= ordinal) {
            return;
        }
        state.lock.lock();
        try {
            if (ordinal > state.appended()) {
                throw new IllegalStateException(
                        "wait for " + ordinal + " when only " + state.appended() + " are appended");
            }
            state.work.signal();
            state.awaitDurable(ordinal);
            if (state.durable() < ordinal) {
                throw new BufferClosedException();
            }
        } finally {
            state.lock.unlock();
        }
    }
}
