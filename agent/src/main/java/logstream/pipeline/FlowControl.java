package logstream.pipeline;

/**
 * How fast, and how many requests at once: additive increase, multiplicative decrease.
 *
 * <p>Once a second it looks at what was sent: more than 3 % of the records throttled lowers the rate to 80 % of what was
 * accepted and the requests in flight by a quarter; otherwise both rise again by a step. While the rate has never been
 * lowered, or has risen beyond twice what is sent, there is none.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class FlowControl {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final double THROTTLED_SHARE = 0.03;
    private static final double DECREASE = 0.8;
    private static final double INCREASE_SHARE = 0.05;
    private static final double INCREASE_LEAST = 50;
    private static final double LOWEST_RATE = 10;

    private final int maxInFlight;
    private double inFlightLimit;
    private double recordsPerSecond = Double.POSITIVE_INFINITY;
    private double tokens;
    private long tokensNanos;
    private long windowStartNanos;
    private long accepted;
    private long throttled;

    FlowControl(int maxInFlight, long now) {
        this.maxInFlight = maxInFlight;
        this.inFlightLimit = maxInFlight;
        this.windowStartNanos = now;
        this.tokensNanos = now;
    }

    /** Requests that may be in flight at once, 1 or more. */
    int inFlightLimit() {
        return (int) inFlightLimit;
    }

    /** Records that may be sent now; {@link Integer#MAX_VALUE} when there is no rate. */
    int allowance(long now) {
        if (recordsPerSecond == Double.POSITIVE_INFINITY) {
            return Integer.MAX_VALUE;
        }
        refill(now);
        return (int) tokens;
    }

    void sent(int records, long now) {
        if (recordsPerSecond != Double.POSITIVE_INFINITY) {
            refill(now);
            tokens -= records;
        }
    }

    /** Nanoseconds until at least so many records are allowed, by the present rate. */
    long nanosUntil(int records, long now) {
        if (recordsPerSecond == Double.POSITIVE_INFINITY) {
            return 0;
        }
        refill(now);
        double missing = Math.min(records, burst()) - tokens;
        return missing <= 0 ? 0 : (long) Math.ceil(missing / recordsPerSecond * SECOND_NANOS);
    }

    /** What became of the records of a request that was answered. */
    void answered(int acceptedRecords, int throttledRecords, long now) {
        accepted += acceptedRecords;
        throttled += throttledRecords;
        adapt(now);
    }

    private void adapt(long now) {
        long elapsed = now - windowStartNanos;
        if (elapsed < SECOND_NANOS) {
            return;
        }
        double acceptedPerSecond = accepted * (double) SECOND_NANOS / elapsed;
        if (throttled > THROTTLED_SHARE * (accepted + throttled)) {
            recordsPerSecond = Math.max(LOWEST_RATE, Math.min(recordsPerSecond, acceptedPerSecond) * DECREASE);
            inFlightLimit = Math.max(1, inFlightLimit * 0.75);
        } else {
            recordsPerSecond += Math.max(INCREASE_LEAST, recordsPerSecond * INCREASE_SHARE);
            inFlightLimit = Math.min(maxInFlight, inFlightLimit + 1);
            if (recordsPerSecond > 2 * Math.max(acceptedPerSecond, 1000)) {
                recordsPerSecond = Double.POSITIVE_INFINITY;
            }
        }
        windowStartNanos = now;
        accepted = 0;
        throttled = 0;
    }

    private void refill(long now) {
        tokens = Math.min(burst(), tokens + recordsPerSecond * (now - tokensNanos) / SECOND_NANOS);
        tokensNanos = now;
    }

    /** A tenth of a second's worth, and never less than one record. */
    private double burst() {
        return Math.max(1, recordsPerSecond / 10);
    }
}
