package logstream.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came in under each tag, and what of it was dropped at once: for the metrics page, so only of a bounded number of tags,
 * those that came first. All others count as {@link #OTHER}.
 *
 * <p>Invariant, at rest: over all tags, {@code received - dropped} is what intake handed to the buffer; what becomes of an
 * event later is not known by its tag.
 *
 * <p>Threading: any thread; counting never blocks.
 */
public final class Tags {
    /** Tags with counters of their own. Our choice: with two counters each a page of a hundred lines more. */
    public static final int MOST = 50;

    /** The name that the counters of all other tags have. A tag of this name counts there, too. */
    public static final String OTHER = "other";

    private final ConcurrentHashMap<String, Counters> known = new ConcurrentHashMap<>();
    private final Counters others = new Counters(OTHER);

    /** The counters of one tag, for as long as the agent runs. */
    public static final class Counters {
        private final String tag;
        final LongAdder received = new LongAdder();
        final LongAdder dropped = new LongAdder();

        private Counters(String tag) {
            this.tag = tag;
        }

        String tag() {
            return tag;
        }
    }

    /** @param tag at most {@link Containers#MOST_TEXT} characters */
    Counters of(String tag) {
        Counters there = known.get(tag);
        if (there != null) {
            return there;
        }
        if (tag.equals(OTHER)) {
            return others;
        }
        synchronized (this) {
            return known.size() < MOST || known.containsKey(tag) ? known.computeIfAbsent(tag, Counters::new) : others;
        }
    }

    /** All, by their names; the last is {@link #OTHER}. */
    List<Counters> all() {
        List<Counters> all = new ArrayList<>(known.values());
        all.sort(Comparator.comparing(Counters::tag));
        all.add(others);
        return all;
    }
}
