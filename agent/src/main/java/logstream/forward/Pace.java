package logstream.forward;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * For how long a peer was waited for since it sent a window's worth: tells a sender that stalls, or sends a byte now and
 * then, from one that waits for us.
 *
 * <p>Threading: the connection's thread writes, any thread reads; guarded by {@code lock}.
 */
final class Pace {
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean waiting;
    private long waitingSince;
    private long waited;
    private long bytes;

    Pace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** What was before counts no more. */
    void restart() {
        lock.lock();
        try {
            waited = 0;
            bytes = 0;
        } finally {
            lock.unlock();
        }
    }

    /** The peer has sent nothing yet: its time runs. */
    void waiting() {
        lock.lock();
        try {
            waiting = true;
            waitingSince = nanoTime.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes came, or the stream ended. */
    void arrived(int count) {
        lock.lock();
        try {
            if (waiting) {
                waiting = false;
                waited += nanoTime.getAsLong() - waitingSince;
            }
            bytes += Math.max(count, 0);
            if (bytes >= ForwardLimits.WINDOW_BYTES) {
                waited = 0;
                bytes = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds that the peer was waited for since its last {@link ForwardLimits#WINDOW_BYTES}, or the restart. */
    long waitedNanos() {
        lock.lock();
        try {
            return waiting ? waited + nanoTime.getAsLong() - waitingSince : waited;
        } finally {
            lock.unlock();
        }
    }
}
