package logstream.forward;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What connections hold in memory while they wait for their peers: the begun part of an event, acks not yet read. It
 * bounds the sum, so that no number of half-sent events fills the heap.
 *
 * <p>Invariant: at most {@code limit} bytes are held, besides what the connection asking last brings. Beyond that, the
 * connection that has waited longest is evicted: it made no progress for longer than any other.
 *
 * <p>Threading: any thread; guarded by {@code lock}. {@link Holder#evict} is called outside of it.
 */
final class HeldBytes {
    /** A connection that waits for its peer. */
    interface Holder {
        /** Ends the wait and the connection, from another thread. */
        void evict();
    }

    private record Hold(int bytes, boolean large, long since) {}

    private final long limit;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    /** In the order in which they began to wait. */
    private final Map<Holder, Hold> holds = new LinkedHashMap<>();

    private long total;

    HeldBytes(long limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
    }

    /**
     * The holder begins to wait; one that waits already goes on with its new size, in its old place.
     *
     * @param large whether it keeps one of the few large buffers
     */
    void hold(Holder holder, int bytes, boolean large) {
        boolean over;
        lock.lock();
        try {
            Hold before = holds.get(holder);
            long since = before != null ? before.since() : nanoTime.getAsLong();
            holds.put(holder, new Hold(bytes, large, since));
            total += bytes - (before != null ? before.bytes() : 0);
            over = total > limit;
        } finally {
            lock.unlock();
        }
        while (over) {
            over = evictLongest(holder);
        }
    }

    /** The holder waits no longer. Nothing happens if it did not. */
    void release(Holder holder) {
        lock.lock();
        try {
            Hold hold = holds.remove(holder);
            if (hold != null) {
                total -= hold.bytes();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Evicts the connection that has kept a large buffer longest without a byte from its peer, if for that long. */
    void evictLargeHolder(Duration silence) {
        Holder longest = null;
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            for (Map.Entry<Holder, Hold> entry : holds.entrySet()) {
                Hold hold = entry.getValue();
                if (hold.large() && now - hold.since() >= silence.toNanos()) {
                    longest = entry.getKey();
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        evict(longest);
    }

    long total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether more must go. */
    private boolean evictLongest(Holder asking) {
        Holder longest = null;
        boolean over;
        lock.lock();
        try {
            for (Holder holder : holds.keySet()) {
                if (!holder.equals(asking)) {
                    longest = holder;
                    break;
                }
            }
            if (longest != null) {
                release(longest);
            }
            over = longest != null && total > limit;
        } finally {
            lock.unlock();
        }
        evict(longest);
        return over;
    }

    private void evict(@Nullable Holder holder) {
        if (holder != null) {
            release(holder);
            holder.evict();
        }
    }
}
