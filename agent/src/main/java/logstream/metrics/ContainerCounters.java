package logstream.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * What one container sent under one tag.
 *
 * <p>Threading: counting from any thread, without blocking; {@link #sample} by one thread.
 */
public final class ContainerCounters {
    /** Samples that a rate is made of, and one more: what lies between the oldest and the newest. */
    private static final int SAMPLES = 6;

    private final Containers.Key key;
    private final Tags.Counters tag;
    private final LongAdder lines = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder partials = new LongAdder();
    private final LongAdder drops = new LongAdder();
    private final long[] sampledNanos = new long[SAMPLES];
    private final long[] sampledLines = new long[SAMPLES];
    private final long[] sampledBytes = new long[SAMPLES];
    private int samples;
    private volatile long lastSeenMillis;
    private volatile boolean forgotten;
    private volatile double linesPerSecond;
    private volatile double bytesPerSecond;

    ContainerCounters(Containers.Key key, Tags.Counters tag, long nowMillis) {
        this.tag = tag;
        this.key = key;
        this.lastSeenMillis = nowMillis;
    }

    /**
     * Counts what was taken since the last time: once per turn of a connection, not per line.
     *
     * @param newBytes of the records that were made of the lines
     * @param newPartials how many of the lines are pieces of longer ones
     */
    public void taken(long newLines, long newBytes, long newPartials, long nowMillis) {
        lines.add(newLines);
        tag.received.add(newLines);
        bytes.add(newBytes);
        if (newPartials > 0) {
            partials.add(newPartials);
        }
        lastSeenMillis = nowMillis;
    }

    /** Lines that were not taken at all: they are no lines here, but drops. */
    public void refused(long newDrops, long nowMillis) {
        tag.received.add(newDrops);
        dropped(newDrops, nowMillis);
    }

    /** Lines, taken before, that will not be delivered, as {@link Metrics.DropCause} says. */
    public void dropped(long newDrops, long nowMillis) {
        drops.add(newDrops);
        tag.dropped.add(newDrops);
        lastSeenMillis = nowMillis;
    }

    /** Whether it had to go to make room for others: what it counts is not shown any more. */
    public boolean isForgotten() {
        return forgotten;
    }

    void forget() {
        forgotten = true;
    }

    Containers.Key key() {
        return key;
    }

    long lastSeenMillis() {
        return lastSeenMillis;
    }

    /** Takes note for the rates, which are those of the last {@code SAMPLES - 1} intervals. */
    void sample(long nanos) {
        int slot = samples % SAMPLES;
        sampledNanos[slot] = nanos;
        sampledLines[slot] = lines.sum();
        sampledBytes[slot] = bytes.sum();
        samples++;
        // Of a container that is new everything is counted from nothing.
        int oldest = samples < SAMPLES ? 0 : samples % SAMPLES;
        double seconds = (nanos - sampledNanos[oldest]) / 1e9;
        if (seconds > 0) {
            linesPerSecond = (sampledLines[slot] - sampledLines[oldest]) / seconds;
            bytesPerSecond = (sampledBytes[slot] - sampledBytes[oldest]) / seconds;
        }
    }

    Containers.Row row() {
        return new Containers.Row(
                key.name(),
                key.tag(),
                linesPerSecond,
                bytesPerSecond,
                lastSeenMillis,
                lines.sum(),
                bytes.sum(),
                partials.sum(),
                drops.sum());
    }
}
