package logstream.pipeline;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the stream accepts anything at all, and when to try again if it does not.
 *
 * <p>While nothing is accepted: exponential back-off with jitter from the first wait on, a bounded number of counted
 * retries; while a wait is longer than {@link #PROBE_NANOS}, a probe of one record goes out that often. Any accepted
 * record ends it. What an operator must mend waits without counting, by probes alone.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Outage {
    /** A stream that is back is in use again within this time. */
    static final long PROBE_NANOS = Duration.ofSeconds(5).toNanos();

    private static final Logger log = LoggerFactory.getLogger(Outage.class);

    /** Wide enough that a fleet does not come back in step: the original's 12.5 % either way. */
    private static final double JITTER = 0.125;

    /** Three more than 17 retries need; with a first wait of an hour still a number of nanoseconds that fits. */
    private static final int MOST_DOUBLINGS = 20;

    private long firstWaitNanos;
    private int retryLimit;
    private final RandomGenerator random;

    private boolean ongoing;
    private long sinceNanos;
    private int retries;
    private boolean operatorNeeded;
    private long waitStartNanos;
    private long waitEndNanos;
    private long nextProbeNanos;
    private String lastReason = "";

    /** What is news: reasons name the request, advice only the kind of trouble. */
    private String lastAdvice = "";

    Outage(Duration firstWait, int retryLimit, RandomGenerator random) {
        limits(firstWait, retryLimit);
        this.random = random;
    }

    /** From now on other limits hold; a wait that has begun goes on. */
    void limits(Duration firstWait, int newRetryLimit) {
        firstWaitNanos = firstWait.toNanos();
        retryLimit = newRetryLimit;
    }

    /** Retries while nothing is accepted, and of one record that is refused while others pass. */
    int retryLimit() {
        return retryLimit;
    }

    /** Whether the last thing known is that nothing is accepted. */
    boolean isOngoing() {
        return ongoing;
    }

    /** Why nothing is accepted, for people; empty when all is well. */
    String reason() {
        return ongoing ? lastReason : "";
    }

    /** Whether the counted retries are used up. */
    boolean isExhausted() {
        return ongoing && retries > retryLimit;
    }

    /** Whether a full batch may go out now. */
    boolean allowsBatch(long now) {
        return !ongoing || (!operatorNeeded && now - waitEndNanos >= 0);
    }

    /** Whether a probe of one record is due. */
    boolean allowsProbe(long now) {
        return ongoing && now - nextProbeNanos >= 0;
    }

    /** A probe, or a batch that serves as one, went out. */
    void tried(long now) {
        nextProbeNanos = now + PROBE_NANOS;
    }

    /** Nanoseconds until a probe is due, or a batch unless one is still under way; at least 0. */
    long nanosUntilNext(boolean underWay, long now) {
        long untilProbe = nextProbeNanos - now;
        boolean probeOnly = operatorNeeded || underWay;
        return Math.max(0, probeOnly ? untilProbe : Math.min(untilProbe, waitEndNanos - now));
    }

    /** Something was accepted, or at least throttled: the stream lives. */
    void end(long now) {
        if (ongoing) {
            ongoing = false;
            retries = 0;
            log.info("the stream answers again after {} s", (now - sinceNanos) / 1_000_000_000L);
        }
    }

    /**
     * A request failed for a reason that counts: server error, time-out, unreachable.
     *
     * @param sentNanos when it was sent: failures of requests sent before the present wait began are part of the same
     *     failure
     * @param advice a sentence, or empty
     */
    void failed(long sentNanos, long now, boolean probe, String reason, String advice) {
        if (ongoing && (probe || sentNanos - waitStartNanos < 0)) {
            return;
        }
        begin(now);
        operatorNeeded = false;
        retries = Math.min(retries + 1, retryLimit + 1);
        long wait = Math.round((firstWaitNanos << Math.min(retries - 1, MOST_DOUBLINGS))
                * (1 - JITTER + 2 * JITTER * random.nextDouble()));
        waitStartNanos = now;
        waitEndNanos = now + wait;
        nextProbeNanos = now + PROBE_NANOS;
        lastReason = reason;
        log.warn(
                "the stream accepts nothing: {}. {}{}Retry {} of {} in {} s; lines are kept in the buffer.",
                reason,
                advice,
                advice.isEmpty() ? "" : " ",
                Math.min(retries, retryLimit),
                retryLimit,
                wait / 1_000_000_000L);
    }

    /** A request failed for a reason that an operator must mend. */
    void failedForOperator(long now, String reason, String advice) {
        boolean news = !ongoing || !operatorNeeded || !advice.equals(lastAdvice);
        begin(now);
        operatorNeeded = true;
        waitStartNanos = now;
        nextProbeNanos = now + PROBE_NANOS;
        lastReason = reason;
        lastAdvice = advice;
        if (news) {
            log.error("the stream accepts nothing: {}. {} Lines are kept in the buffer.", reason, advice);
        }
    }

    private void begin(long now) {
        if (!ongoing) {
            ongoing = true;
            sinceNanos = now;
        }
    }
}
