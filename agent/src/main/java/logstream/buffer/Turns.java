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
    private final Deque<Turn> waiting = new ArrayDeque<>();

    /** One who waits, and what the frame takes that it wants to append. */
    private static final class Turn {
        private final Condition condition;
        private final int frameBytes;

        Turn(Condition condition, int frameBytes) {
            this.condition = condition;
            this.frameBytes = frameBytes;
        }
    }

    Turns(ReentrantLock lock) {
        this.lock = lock;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int count() {
        return waiting.size();
    }

    /** Bytes of the frame that waits first; 0 when none does. */
    int firstWants() {
        Turn first = waiting.peekFirst();
        return first == null ? 0 : first.frameBytes;
    }

    /** Returns when it is the caller's turn and {@code ready}, or when {@code over}, whoever's turn it is. */
    void await(int frameBytes, BooleanSupplier ready, BooleanSupplier over) {
        if (over.getAsBoolean() || (waiting.isEmpty() && ready.getAsBoolean())) {
            return;
        }
        Turn turn = new Turn(lock.newCondition(), frameBytes);
        waiting.addLast(turn);
        try {
            while (!over.getAsBoolean() && !(turn.equals(waiting.peekFirst()) && ready.getAsBoolean())) {
                turn.condition.awaitUninterruptibly();
            }
        } finally {
            waiting.remove(turn);
            wakeFirst();
        }
    }

    /** There may be room for the first. */
    void wakeFirst() {
        Turn first = waiting.peekFirst();
        if (first != null) {
            first.condition.signal();
        }
    }

    /** It may be over for each. */
    void wakeAll() {
        waiting.forEach(turn -> turn.condition.signal());
    }
}
