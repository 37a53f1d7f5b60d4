package logstream.buffer;

import java.util.function.LongSupplier;

/** Lets a repeating log line through at most every ten seconds. Confined to the thread that logs. */
final class Seldom {
    private static final long APART_NANOS = 10_000_000_000L;

    private final LongSupplier nanoTime;
    private boolean logged;
    private long loggedAt;

    Seldom(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    boolean due() {
        long now = nanoTime.getAsLong();
        if (logged && now - loggedAt < APART_NANOS) {
            return false;
        }
        logged = true;
        loggedAt = now;
        return true;
    }
}
