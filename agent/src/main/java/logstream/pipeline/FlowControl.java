package logstream.pipeline;

import java.time.Duration;

/**
 * How fast to send: additive increase, multiplicative decrease.
 *
 * <p>The rate is in <em>shards</em>: 1 is what one shard takes, 1000 records or 1 MiB a second, whichever is met first.
 *
 * <ul>
 *   <li>A fresh agent begins with half a shard and sends 1.8 times as much every half second, until it is throttled.
 *   <li>Lowered: when more than 3 % of a sample is throttled. A sample begins with the first throttled record, and is half a second
 *       and 200 records long; it is cut short when it is plain that the rate is far too high. The new rate is what was
 *       accepted of the old one. For half a second less is sent, as shards that have just given all they had saved
 *       throttle whatever is a little uneven; after it, small shares are not acted upon for a while, for the same reason.
 *   <li>Raised: every half second in which it was used, by a step that is small at first, is independent of the rate (so that
 *       agents come to share alike), and grows (so that a stream that has grown is not years away). It stops just below
 *       what the shards that were seen to accept records can take: no limit needs to be run into to be found. After a
 *       minute there without throttling it looks further once more.
 *   <li>Where sending two fifths less, step by step, throttles no less, it is not the rate: others flood the stream, or it throttles
 *       at random. Then that share is taken as given for a minute, and the rate is what it was.
 * </ul>
 *
 * <p>Requests in flight need no rule of their own: they are what the rate sends within the time of an answer. The figures
 * behind the constants are in docs/flow-control.md, which a simulation writes.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class FlowControl {
    /** Half of what the smallest stream takes. */
    static final double FIRST_RATE = 0.5;

    /** Ten records a second: below it too little would be learnt of the stream. */
    static final double LOWEST_RATE = 0.01;

    private static final double SECOND_NANOS = 1e9;
    private static final long WINDOW_NANOS = Duration.ofMillis(500).toNanos();
    private static final int SAMPLE_RECORDS = 200;

    /** A sample that is too small for so long is judged all the same. */
    private static final long LONGEST_SAMPLE_NANOS = Duration.ofSeconds(5).toNanos();

    private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long LOOK_FURTHER_NANOS = Duration.ofSeconds(60).toNanos();

    private static final double THROTTLED_SHARE = 0.03;

    /** More is not uneven shards: the rate is wrong. */
    private static final double PLAIN_SHARE = 0.2;

    /** Of a second's worth: when so much is throttled, no more is needed to judge. */
    private static final double PLAIN_SECONDS = 0.05;

    /** Of the rate at which lowering it began: at so much, it should have helped. */
    private static final double LOWERED_SHARE = 0.6;

    /** Of the share throttled then: more than that is no less. */
    private static final double NO_LESS_SHARE = 0.8;

    private static final double DECREASE = 0.95;
    private static final double START_GROWTH = 1.8;
    private static final double STEP_GROWTH = 1.6;

    /** Two records a second: a hundred agents together add a fiftieth to a stream of ten shards. */
    private static final double SMALLEST_STEP = 0.002;

    /** Leaves shards some of what they save up, for seconds in which they get more than their part. */
    private static final double FULL_SHARE = 0.98;

    /** Of the rate, for a window after it was lowered. */
    private static final double RECOVERY_SHARE = 0.7;

    /** A rate of which less is used is high enough. */
    private static final double USED_SHARE = 0.5;

    /** A batch goes for a tenth of a second's worth, not record by record; and twice that may be saved up. */
    private static final double BATCH_SECONDS = 0.1;

    /** 500 records, or half a MiB: no need to wait for more. */
    private static final double LARGEST_WAIT_SHARD_SECONDS = 0.5;

    private final SeenShards shards = new SeenShards();
    private double rate = FIRST_RATE;
    private double step = SMALLEST_STEP;
    private boolean starting = true;
    private boolean recovering;

    /** The first of the times that the rate was lowered in a row; 0 when it was not. */
    private double loweredFrom;

    /** The last sample that was not calm: a single calm one may be chance. */
    private long troubledNanos;

    private double throttledThen;
    private boolean startingThen;

    /** Throttled whatever the rate is; and since when that is known. */
    private double given;

    private long givenNanos;
    private double saved = FIRST_RATE * BATCH_SECONDS;
    private long savedNanos;
    private long loweredNanos;
    private long windowNanos;
    private Load sent = Load.NONE;
    private Load accepted = Load.NONE;
    private Load throttled = Load.NONE;

    FlowControl(long now) {
        savedNanos = now;
        // Nothing to be patient about yet.
        loweredNanos = now - PATIENCE_NANOS;
        troubledNanos = now - PATIENCE_NANOS;
        windowNanos = now;
    }

    /** What is sent at most in a second, in shards. */
    double rate() {
        return recovering ? RECOVERY_SHARE * rate : rate;
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
        return Math.max(0, (long) Math.ceil((worthwhile() - saved) / rate() * SECOND_NANOS));
    }

    /** A record was accepted by this shard. */
    void accepted(String shardId, long now) {
        shards.accepted(shardId, now);
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
        boolean first = throttled.records() == 0 && throttledLoad.records() > 0;
        if (first && !recovering) {
            beginWindow(now);
        }
        accepted = accepted.plus(acceptedLoad);
        throttled = throttled.plus(throttledLoad);
        if (recovering) {
            if (isOver(sentNanos, now)) {
                save(now);
                recovering = false;
                beginWindow(now);
            }
        } else if (isPlainlyTooMuch()) {
            lower(now);
        } else if (isOver(sentNanos, now) && isEnough(now)) {
            judge(now);
        }
    }

    private boolean isOver(long sentNanos, long now) {
        return now - windowNanos >= WINDOW_NANOS && sentNanos - windowNanos >= 0;
    }

    private boolean isEnough(long now) {
        return throttled.records() == 0
                || accepted.records() + throttled.records() >= SAMPLE_RECORDS
                || now - windowNanos >= LONGEST_SAMPLE_NANOS;
    }

    private boolean isPlainlyTooMuch() {
        return throttled.shardSeconds() > PLAIN_SECONDS * rate && throttledShare() > PLAIN_SHARE;
    }

    private double throttledShare() {
        return throttled.records() == 0
                ? 0
                : throttled.shardSeconds() / accepted.plus(throttled).shardSeconds();
    }

    private void judge(long now) {
        double share = throttledShare();
        if (now - givenNanos > LOOK_FURTHER_NANOS) {
            given = 0;
        }
        boolean patient = now - loweredNanos < PATIENCE_NANOS && share <= PLAIN_SHARE;
        boolean calm = share <= given + THROTTLED_SHARE;
        if (!calm) {
            troubledNanos = now;
        } else if (now - troubledNanos >= PATIENCE_NANOS) {
            loweredFrom = 0;
        }
        if (calm) {
            raise(now);
        } else if (!patient) {
            lower(now);
            return;
        }
        beginWindow(now);
    }

    private void lower(long now) {
        save(now);
        double share = throttledShare();
        if (loweredFrom == 0) {
            loweredFrom = rate;
            throttledThen = share;
            startingThen = starting;
        } else if (rate <= LOWERED_SHARE * loweredFrom
                && share >= NO_LESS_SHARE * throttledThen
                && share <= PLAIN_SHARE) {
            takeAsGiven(share, now);
            return;
        }
        double passing = rate * (share > PLAIN_SHARE ? (1 - share) * DECREASE : Math.min(1 - share, DECREASE));
        double full = full(now);
        // Far below what the shards take: others use them, too.
        boolean alone = rate > full && passing > full / 2;
        rate = alone ? full : Math.max(LOWEST_RATE, passing);
        step = SMALLEST_STEP;
        starting = false;
        recovering = true;
        loweredNanos = now;
        beginWindow(now);
    }

    private void takeAsGiven(double share, long now) {
        given = share;
        givenNanos = now;
        rate = loweredFrom;
        starting = startingThen;
        loweredFrom = 0;
        beginWindow(now);
    }

    private void raise(long now) {
        if (sent.shardSeconds() < USED_SHARE * rate * (now - windowNanos) / SECOND_NANOS) {
            return;
        }
        save(now);
        starting = starting || now - loweredNanos > LOOK_FURTHER_NANOS;
        double full = full(now);
        if (starting) {
            rate *= START_GROWTH;
        } else if (rate < full) {
            rate = Math.min(full, rate + step);
            step = throttled.records() == 0 ? STEP_GROWTH * step : step;
        }
    }

    private double full(long now) {
        return FULL_SHARE * shards.count(now);
    }

    private void beginWindow(long now) {
        windowNanos = now;
        sent = Load.NONE;
        accepted = Load.NONE;
        throttled = Load.NONE;
    }

    private void save(long now) {
        saved = Math.min(2 * BATCH_SECONDS * rate(), saved + rate() * (now - savedNanos) / SECOND_NANOS);
        savedNanos = now;
    }

    private double worthwhile() {
        return Math.min(BATCH_SECONDS * rate(), LARGEST_WAIT_SHARD_SECONDS);
    }
}
