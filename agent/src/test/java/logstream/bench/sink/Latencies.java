package logstream.bench.sink;

/**
 * Counts of latencies in microseconds, told apart to within 1 %.
 *
 * <p>Threading: confined to its owner.
 */
final class Latencies {
    /** Buckets for each doubling. */
    private static final int STEPS_BITS = 7;

    private static final int STEPS = 1 << STEPS_BITS;
    private static final int MOST_BITS = 40;

    private final long[] counts = new long[(MOST_BITS - STEPS_BITS + 1) * STEPS];
    private long count;

    void add(long micros) {
        counts[bucket(Math.clamp(micros, 0, (1L << MOST_BITS) - 1))]++;
        count++;
    }

    /** The latency that so large a share does not exceed; 0 when nothing was counted. */
    long micros(double share) {
        long wanted = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= wanted) {
                return highest(bucket);
            }
        }
        return 0;
    }

    /** The first 128 values have a bucket each; after that, each doubling has 128. */
    private static int bucket(long micros) {
        int doublings = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(micros) - STEPS_BITS - 1);
        return doublings * STEPS + (int) (micros >>> doublings);
    }

    private static long highest(int bucket) {
        int doublings = Math.max(0, bucket / STEPS - 1);
        long step = bucket - (long) doublings * STEPS;
        return ((step + 1) << doublings) - 1;
    }
}
