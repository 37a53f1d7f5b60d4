package logstream.pipeline;

import java.time.Duration;

/**
 * How fast to send: additive increase, multiplicative decrease.
 *
 * <p>The rate is in <em>shards</em>: 1 is what one shard takes, 1000 records or 1 MiB a second, whichever is met first.
 * It is lowered when more than 3 % of what was answered was throttled, as soon as that is certain: to a little less than
 * the part that was accepted. While less is throttled it is raised every half second by a step, if it is used at all. The
 * step begins small, does not depend on the rate (so that agents with different rates come to share alike), and
 * doubles while nothing is throttled (so that a stream that has grown, or an agent that just started, is not years behind).
 *
 * <p>Requests in flight need no rule of their own: they are what the rate sends within the time of an answer.
 *
 * <p>The figures behind the constants are in docs/flow-control.md, which a simulation writes.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class FlowControl {
    /** A fresh agent: any stream has one shard. */
    static final double FIRST_RATE = 1;

    /** Ten records a second: below it nothing would be learnt of the stream. */
    static final double LOWEST_RATE = 0.01;

    private static final double SECOND_NANOS = 1e9;
    private static final double WINDOW_NANOS = Duration.ofMillis(500).toNanos();

    /** After it, a few throttled records are judged even if they are among less than {@link #ENOUGH_RECORDS}. */
    private static final double LONGEST_WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

    private static final double THROTTLED_SHARE = 0.03;
    private static final int ENOUGH_RECORDS = 100;

    /** Of what was accepted. Shards save up what they are not asked for, so a little less makes room for their backlog. */
    private static final double DECREASE = 0.97;

    /** Two records a second: a hundred agents together add a fiftieth to a stream of ten shards. */
    private static final double SMALLEST_STEP = 0.002;

    /** A rate of which less is used is high enough. */
    private static final double USED_SHARE = 0.5;

    /** A batch goes for a tenth of a second's worth, not record by record; and twice that may be saved up. */
    private static final double BATCH_SECONDS = 0.1;

    /** 500 records, or half a MiB: no need to wait for more. */
    private static final double LARGEST_WAIT_SHARD_SECONDS = 0.5;

    private double rate = FIRST_RATE;
    private double step = FIRST_RATE;
    private double saved;
    private long savedNanos;
    private long loweredNanos;
    private long windowNanos;
    private Load sent = Load.NONE;
    private Load accepted = Load.NONE;
    private Load throttled = Load.NONE;

    FlowControl(long now) {
        savedNanos = now;
        loweredNanos = now;
        windowNanos = now;
        saved = FIRST_RATE * BATCH_SECONDS;
    }

    /** What is sent at most in a second, in shards. */
    double rate() {
        return rate;
    }

    /** What may be sent now; {@link Load#NONE} until it is worth a request. One record may always go beyond its bytes. */
    Load allowance(long now) {
        save(now);
        return saved < worthwhile() ? Load.NONE : Load.ofShardSeconds(saved);
    }

    void sent(Load load, long now) {
        save(now);
        saved -= load.shardSeconds();
        sent = sent.plus(load);
    }

    /** Nanoseconds until {@link #allowance} allows something. */
    long nanosUntilAllowed(long now) {
        save(now);
        return Math.max(0, (long) Math.ceil((worthwhile() - saved) / rate * SECOND_NANOS));
    }

    /**
     * What became of the records of a request that was answered.
     *
     * @param sentNanos when it was sent: what was sent before the rate was lowered tells nothing of the present one
     */
    void answered(Load acceptedLoad, Load throttledLoad, long sentNanos, long now) {
        if (sentNanos - loweredNanos < 0) {
            return;
        }
        accepted = accepted.plus(acceptedLoad);
        throttled = throttled.plus(throttledLoad);
        double elapsed = now - windowNanos;
        if (isThrottledTooMuch(elapsed)) {
            lower(elapsed, now);
            begin(now);
        } else if (elapsed >= WINDOW_NANOS && sentNanos - windowNanos >= 0 && isEnough(elapsed)) {
            raise(elapsed);
            begin(now);
        }
    }

    /** Whether more than 3 % are throttled, of the present window if it is over, else of all that it can be yet. */
    private boolean isThrottledTooMuch(double elapsed) {
        Load answered = accepted.plus(throttled);
        double of = answered.shardSeconds();
        if (elapsed < WINDOW_NANOS) {
            of = Math.max(of, rate * WINDOW_NANOS / SECOND_NANOS);
        }
        if (!isEnough(elapsed)) {
            of = Math.max(of, answered.shardSeconds() * ENOUGH_RECORDS / answered.records());
        }
        return throttled.shardSeconds() > THROTTLED_SHARE * of;
    }

    /** Whether a share of what was answered means anything. */
    private boolean isEnough(double elapsed) {
        return throttled.records() == 0
                || accepted.records() + throttled.records() >= ENOUGH_RECORDS
                || elapsed >= LONGEST_WINDOW_NANOS;
    }

    private void lower(double elapsed, long now) {
        double used = elapsed < WINDOW_NANOS ? rate : Math.min(rate, sent.shardSeconds() / elapsed * SECOND_NANOS);
        double share = accepted.shardSeconds() / accepted.plus(throttled).shardSeconds();
        rate = Math.max(LOWEST_RATE, used * share * DECREASE);
        step = SMALLEST_STEP;
        save(now);
        loweredNanos = now;
    }

    private void raise(double elapsed) {
        if (sent.shardSeconds() < USED_SHARE * rate * elapsed / SECOND_NANOS) {
            return;
        }
        rate += step;
        step = throttled.records() == 0 ? 2 * step : SMALLEST_STEP;
    }

    private void begin(long now) {
        windowNanos = now;
        sent = Load.NONE;
        accepted = Load.NONE;
        throttled = Load.NONE;
    }

    private void save(long now) {
        double most = 2 * BATCH_SECONDS * rate;
        saved = Math.min(most, saved + rate * (now - savedNanos) / SECOND_NANOS);
        savedNanos = now;
    }

    private double worthwhile() {
        return Math.min(BATCH_SECONDS * rate, LARGEST_WAIT_SHARD_SECONDS);
    }
}
