package logstream.monitor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The last ten minutes, for small charts and for reasons.
 *
 * <p>Threading: any thread; guarded by {@code this}.
 */
final class History {
    static final Duration INTERVAL = Duration.ofSeconds(2);

    /** Ten minutes, and the sample before them. */
    static final int MOST = (int) Duration.ofMinutes(10).dividedBy(INTERVAL) + 1;

    /** What "at present" means where a sentence says why nothing flows. */
    private static final int PRESENT = 15;

    /** Rates that people read: steadier than those of one interval. */
    private static final int RATE = 3;

    private final Sample[] samples = new Sample[MOST];
    private int count;

    synchronized void add(Sample sample) {
        samples[count % MOST] = sample;
        count++;
    }

    /**
     * What happened in an interval; counts per second.
     *
     * @param age when it ended, before the newest one
     */
    record Point(
            long age,
            double received,
            double delivered,
            double throttled,
            double dropped,
            long bufferedEvents,
            long bufferedBytes,
            double oldestSeconds) {}

    /** From the oldest to the newest. */
    synchronized List<Point> points() {
        List<Point> points = new ArrayList<>();
        for (int back = Math.min(count, MOST) - 2; back >= 0; back--) {
            points.add(point(back));
        }
        return points;
    }

    /** What happened between two samples. Empty while there is only one. */
    record Change(Sample from, Sample to) {
        double seconds() {
            return Math.max(1e-9, (to.nanos() - from.nanos()) / 1e9);
        }

        double perSecond(long before, long after) {
            return Math.max(0, after - before) / seconds();
        }
    }

    /** The change over the last half minute, or since the start. */
    synchronized Change present(Sample now) {
        return new Change(before(PRESENT, now), now);
    }

    /** The change over the last few seconds. */
    synchronized Change recent(Sample now) {
        return new Change(before(RATE, now), now);
    }

    private Sample before(int intervals, Sample now) {
        int back = Math.min(intervals, Math.min(count, MOST) - 1);
        return back < 0 ? now : at(back);
    }

    private Point point(int back) {
        Sample to = at(back);
        Change change = new Change(at(back + 1), to);
        Sample from = change.from();
        return new Point(
                Math.round((at(0).nanos() - to.nanos()) / 1e9),
                change.perSecond(from.received(), to.received()),
                change.perSecond(from.delivered(), to.delivered()),
                change.perSecond(from.throttled(), to.throttled()),
                change.perSecond(from.dropped(), to.dropped()),
                to.bufferedEvents(),
                to.bufferedBytes(),
                to.oldestMillis() / 1e3);
    }

    private Sample at(int back) {
        return samples[(count - 1 - back) % MOST];
    }
}
