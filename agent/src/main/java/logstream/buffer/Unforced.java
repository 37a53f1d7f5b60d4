package logstream.buffer;

import java.util.function.LongSupplier;

/**
 * Whether something was written and not forced, since when, and the rule that says when to force it: when someone waits
 * for it, when the interval has passed, when half of the memory is taken, when intake waits for room.
 *
 * <p>Threading: confined to the commit thread; {@link #isDue} and {@link #nanosUntilDue} under the buffer's lock.
 */
final class Unforced {
    private final BufferState state;
    private final BufferConfig.Sync sync;
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private boolean any;
    private long since;

    Unforced(BufferState state, BufferConfig config, LongSupplier nanoTime) {
        this.state = state;
        this.sync = config.sync();
        this.intervalNanos = config.syncInterval().toNanos();
        this.nanoTime = nanoTime;
    }

    boolean isAny() {
        return any;
    }

    void wrote() {
        if (!any) {
            any = true;
            since = nanoTime.getAsLong();
        }
    }

    /** All of it was forced, or is to be written again. */
    void none() {
        any = false;
    }

    boolean isDue() {
        if (!any) {
            return false;
        }
        if (state.intakeClosed()) {
            return true;
        }
        return switch (sync) {
            case ALWAYS -> true;
            case NEVER -> false;
            case ACK ->
                state.awaited() > state.durable()
                        || state.pending.isTight()
                        || !state.turns.isEmpty()
                        || nanoTime.getAsLong() - since >= intervalNanos;
        };
    }

    /** How long nothing is due, if nobody does anything; {@link Long#MAX_VALUE} for ever. */
    long nanosUntilDue() {
        if (isDue()) {
            return 0;
        }
        return any && sync == BufferConfig.Sync.ACK ? since + intervalNanos - nanoTime.getAsLong() : Long.MAX_VALUE;
    }
}
