package logstream.forward;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded set of costly things, which connections keep for the length of a message while they wait for their peers.
 * Handed out in the order in which they were asked for; made when they are first needed, and kept from then on.
 *
 * <p>Invariants: never more than {@code count} things exist. Who wants one for longer than {@code patience} costs the
 * borrower with the slowest peer its connection, if that peer has kept it waiting for so long; a borrower that waits for
 * anything else (a turn, a window, room in the buffer) keeps what it has.
 *
 * <p>Threading: any thread; the loans are guarded by {@code lock}.
 */
final class LendingPool<T> {
    /** A connection that borrows. */
    interface Borrower {
        Pace pace();

        /** Ends the connection, from another thread: it then gives back what it has. */
        void evict();
    }

    private final int count;
    private final Supplier<T> maker;
    private final Duration patience;
    private final Semaphore permits;
    private final ConcurrentLinkedQueue<T> idle = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final IdentityHashMap<T, Borrower> loans = new IdentityHashMap<>();

    LendingPool(int count, Supplier<T> maker, Duration patience) {
        this.count = count;
        this.maker = maker;
        this.patience = patience;
        permits = new Semaphore(count, true);
    }

    /** One of the things, if one is free and nobody waits for it; else null. Never waits. */
    @Nullable
    T tryBorrow(Borrower borrower) throws InterruptedIOException {
        try {
            return permits.tryAcquire(0, TimeUnit.NANOSECONDS) ? lend(borrower) : null;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Waits for one of the things. */
    T borrow(Borrower borrower) throws InterruptedIOException {
        try {
            while (!permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                evictSlowest();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        return lend(borrower);
    }

    void giveBack(T thing) {
        lock.lock();
        try {
            if (loans.remove(thing) == null) {
                throw new IllegalStateException("given back without having been borrowed: " + thing);
            }
        } finally {
            lock.unlock();
        }
        idle.add(thing);
        permits.release();
    }

    int inUse() {
        return count - permits.availablePermits();
    }

    /** With a permit, which is given back should there be no memory for what it permits. */
    private T lend(Borrower borrower) {
        T free = idle.poll();
        boolean lent = false;
        try {
            T thing = free != null ? free : maker.get();
            borrower.pace().restart();
            lock.lock();
            try {
                loans.put(thing, borrower);
            } finally {
                lock.unlock();
            }
            lent = true;
            return thing;
        } finally {
            if (!lent) {
                permits.release();
            }
        }
    }

    private void evictSlowest() {
        Borrower slowest = null;
        long longest = patience.toNanos();
        lock.lock();
        try {
            for (Borrower borrower : loans.values()) {
                long waited = borrower.pace().waitedNanos();
                if (waited >= longest) {
                    longest = waited;
                    slowest = borrower;
                }
            }
        } finally {
            lock.unlock();
        }
        if (slowest != null) {
            slowest.evict();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for what other connections have");
    }
}
