package logstream.monitor;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest status, for those who watch it: made once for all of them, and only while somebody watches. Who is slow skips
 * what came meanwhile.
 *
 * <p>Threading: any thread; guarded by a lock.
 */
final class Latest {
    /** Pages open at once, each of which holds a thread. */
    static final int MOST_WATCHERS = 12;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition renewed = lock.newCondition();
    private byte[] json = {};
    private long number;
    private int watchers;

    /** Begins to watch; false when too many do. {@link #leave} ends it. */
    boolean join() {
        lock.lock();
        try {
            if (watchers >= MOST_WATCHERS) {
                return false;
            }
            watchers++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            watchers--;
        } finally {
            lock.unlock();
        }
    }

    boolean isWatched() {
        lock.lock();
        try {
            return watchers > 0;
        } finally {
            lock.unlock();
        }
    }

    void renew(byte[] newest) {
        lock.lock();
        try {
            json = newest;
            number++;
            renewed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A status, and its number. */
    record Numbered(long number, byte[] json) {}

    /** Waits for a status after the one with this number; empty when none came in time. */
    Optional<Numbered> after(long seen, Duration longest) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = longest.toNanos();
            while (number <= seen && left > 0) {
                left = renewed.awaitNanos(left);
            }
            return number > seen ? Optional.of(new Numbered(number, json)) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** The number of the newest. */
    long number() {
        lock.lock();
        try {
            return number;
        } finally {
            lock.unlock();
        }
    }
}
