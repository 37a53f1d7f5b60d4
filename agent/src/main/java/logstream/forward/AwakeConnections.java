package logstream.forward;

import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives connections that have something to do a virtual thread each, so many at once. The others wait in line, what they
 * were sent in the kernel.
 *
 * <p>Invariant: at most {@code most} connections have a thread, and with it what decoding needs. At most {@code mostStaying}
 * of them may wait for their peers on it for as long as it takes; the others make room when their peers fall silent.
 *
 * <p>Threading: any thread; guarded by {@code this}.
 */
final class AwakeConnections {
    private final ThreadFactory threads = Thread.ofVirtual().name("forward-", 1).factory();
    private final int most;
    private final int mostStaying;
    private final ArrayDeque<Connection> line = new ArrayDeque<>();
    private int awake;
    private int staying;

    AwakeConnections(int most, int mostStaying) {
        this.most = most;
        this.mostStaying = mostStaying;
    }

    /** Runs the connection as soon as there is room, on a thread that it has for itself. Never waits. */
    void run(Connection connection) {
        synchronized (this) {
            line.add(connection);
            if (awake == most) {
                return;
            }
            awake++;
        }
        threads.newThread(this::runAll).start();
    }

    /** Whether so many are awake that who has nothing to do should make room soon. */
    synchronized boolean isCrowded() {
        return awake > most / 2;
    }

    /** Whether one of those with a thread may keep it; then {@link #leave} is to be called. */
    synchronized boolean tryStay() {
        if (staying == mostStaying) {
            return false;
        }
        staying++;
        return true;
    }

    /** One that stayed stays no longer. */
    synchronized void leave() {
        staying--;
    }

    /** How many have a thread. */
    synchronized int count() {
        return awake;
    }

    /** One after the other, until nobody waits in line. Keeps none that it is done with. */
    private void runAll() {
        for (Connection connection = next(); connection != null; connection = next()) {
            connection.run();
        }
    }

    private synchronized @Nullable Connection next() {
        Connection next = line.poll();
        if (next == null) {
            awake--;
        }
        return next;
    }
}
