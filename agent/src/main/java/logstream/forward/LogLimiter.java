package logstream.forward;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets one log line through in each interval and counts the others.
 *
 * <p>Threading: any thread.
 */
final class LogLimiter {
    /** The answer of {@link #next} when nothing is to be logged. */
    static final long SUPPRESSED = -1;

    private final LongSupplier nanoTime;
    private final long intervalNanos;
    private final AtomicLong openFrom;
    private final AtomicLong suppressed = new AtomicLong();

    LogLimiter(LongSupplier nanoTime, Duration interval) {
        this.nanoTime = nanoTime;
        intervalNanos = interval.toNanos();
        openFrom = new AtomicLong(nanoTime.getAsLong());
    }

    /** How many lines were suppressed since the last one, when one may be logged now; otherwise {@link #SUPPRESSED}. */
    long next() {
        long now = nanoTime.getAsLong();
        long from = openFrom.get();
        if (now - from < 0 || !openFrom.compareAndSet(from, now + intervalNanos)) {
            suppressed.incrementAndGet();
            return SUPPRESSED;
        }
        return suppressed.getAndSet(0);
    }
}
