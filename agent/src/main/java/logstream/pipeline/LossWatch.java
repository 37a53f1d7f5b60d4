package logstream.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was lost for one cause, and when the next notice of it is due: {@link #FIRST_WAIT} after the first loss, and while
 * more is lost after twice the wait before, up to {@link #LONGEST_WAIT}. A whole wait without a loss begins anew.
 *
 * <p>Invariant: {@code told} is what the notices that were written add up to; nothing else forgets a loss.
 *
 * <p>Threading: confined to one thread at a time, see {@link LossNotices}.
 */
final class LossWatch {
    static final Duration FIRST_WAIT = Duration.ofSeconds(10);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final String cause;
    private final String why;
    private final LongAdder counter;
    private long told;

    /** When nothing was untold last. */
    private Instant since;

    private boolean lossSeen;
    private long waitNanos = FIRST_WAIT.toNanos();

    /** The wait behind the last notice ends here. */
    private long waitOverNanos;

    private long dueNanos;

    /**
     * @param why the end of a sentence
     * @param counter what it says when this is made is still to be told
     */
    LossWatch(String cause, String why, LongAdder counter, Instant since, long nanos) {
        this.cause = cause;
        this.why = why;
        this.counter = counter;
        this.since = since;
        this.waitOverNanos = nanos;
    }

    /** The notice that is due; {@link #told} is to be called if it could be written. */
    Optional<LossNotice> due(Instant now, long nanos) {
        Optional<LossNotice> untold = untold(now);
        if (untold.isEmpty()) {
            since = now;
            return untold;
        }
        if (!lossSeen) {
            lossSeen = true;
            if (nanos - waitOverNanos >= 0) {
                waitNanos = FIRST_WAIT.toNanos();
            }
            long first = nanos + FIRST_WAIT.toNanos();
            dueNanos = first - waitOverNanos >= 0 ? first : waitOverNanos;
        }
        return nanos - dueNanos >= 0 ? untold : Optional.empty();
    }

    /** A notice of everything that is not told yet, due or not; empty when nothing is. */
    Optional<LossNotice> untold(Instant now) {
        long total = counter.sum();
        return total == told
                ? Optional.empty()
                : Optional.of(new LossNotice(cause, why, total - told, total, since, now));
    }

    /** The notice is in the buffer. */
    void told(LossNotice notice, long nanos) {
        told = notice.total();
        since = notice.until();
        lossSeen = false;
        waitNanos = Math.min(2 * waitNanos, LONGEST_WAIT.toNanos());
        waitOverNanos = nanos + waitNanos;
    }
}
