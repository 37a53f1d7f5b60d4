package logstream.buffer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The queue of those who wait to append: first come, first served, so that small batches cannot starve a large one.
 *
 * <p>Threading: guarded by the lock it is made with. Bounded by the number of connections.
 */
final class Turns {
    private final ReentrantLock lock;
    private final Deque<Condition> waiting = new ArrayDeque<>();

    Turns(ReentrantLock lock) {
        this.lock = lock;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Returns when it is the caller's turn and {@code ready}, or when {@code over}, whoever's turn it is. */
    void await(BooleanSupplier ready, BooleanSupplier over) {
        if (over.getAsBoolean() || (waiting.isEmpty() && ready.getAsBoolean())) {
            return;
        }
        Condition turn = lock.newCondition();
        waiting.addLast(turn);
        try {
            while (!over.getAsBoolean() && !(turn.equals(waiting.peekFirst()) && ready.getAsBoolean())) {
                turn.awaitUninterruptibly();
            }
        } finally {
            waiting.remove(turn);
            wakeFirst();
        }
    }

    /** There may be room for the first. */
    void wakeFirst() {
        Condition first = waiting.peekFirst();
        if (first != null) {
            first.signal();
        }
    }

    /** It is over. */
    void wakeAll() {
        waiting.forEach(Condition::signal);
    }
}
