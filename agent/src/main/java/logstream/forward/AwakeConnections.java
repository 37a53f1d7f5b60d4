package logstream.forward;

import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives connections that have something to do a virtual thread each, so many at once. The others wait in line, what they
 * were sent in the kernel.
 *
 * <p>Invariant: at most {@code most} connections have a thread, and with it what decoding needs.
 *
 * <p>Threading: any thread; guarded by {@code this}.
 */
final class AwakeConnections {
    private final ThreadFactory threads = Thread.ofVirtual().name("forward-", 1).factory();
    private final int most;
    private final ArrayDeque<Connection> line = new ArrayDeque<>();
    private int awake;

    AwakeConnections(int most) {
        this.most = most;
    }

    /** Runs the connection as soon as there is room, on a thread of its own. Never waits. */
    void run(Connection connection) {
        synchronized (this) {
            if (awake == most) {
                line.add(connection);
                return;
            }
            awake++;
        }
        threads.newThread(() -> runAll(connection)).start();
    }

    /** Whether so many are awake that who has nothing to do should make room soon. */
    synchronized boolean isCrowded() {
        return awake > most / 2;
    }

    /** How many have a thread. */
    synchronized int count() {
        return awake;
    }

    /** The first, and then whoever waits in line. */
    private void runAll(Connection first) {
        for (@Nullable Connection connection = first; connection != null; connection = next()) {
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
