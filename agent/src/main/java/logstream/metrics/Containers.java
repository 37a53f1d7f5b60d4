package logstream.metrics;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each container sent: a bounded number of them, those go that have been silent longest.
 *
 * <p>A container is a name together with a tag. Names and tags come from senders: they may be anything.
 *
 * <p>Threading: any thread; {@link #sample} by one.
 */
public final class Containers {
    /** Containers that are known at once. Our choice: several times what a host runs; about 1 KiB each. */
    public static final int MOST = 500;

    /** Characters of a name or a tag that are kept: the rest would only cost memory. */
    static final int MOST_TEXT = 200;

    /** So many go together, so that a flood of new tags does not search for the oldest each time. */
    private static final int GO_TOGETHER = MOST / 8;

    private final ConcurrentHashMap<Key, ContainerCounters> known = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final Tags tags;

    /** @param tags counted by these, too, for as long as the agent runs */
    public Containers(InstantSource clock, Tags tags) {
        this.clock = clock;
        this.tags = tags;
    }

    record Key(String name, String tag) {}

    /**
     * A container as it is shown.
     *
     * @param name of the container, without the leading slash, else the beginning of its id; empty when no field tells
     * @param linesPerSecond over the last samples
     * @param bytesPerSecond over the last samples, of records
     * @param lastSeenMillis when a line of it came last, Unix time
     * @param partials lines among them that are pieces of longer ones
     * @param drops lines that will not be delivered
     */
    public record Row(
            String name,
            String tag,
            double linesPerSecond,
            double bytesPerSecond,
            long lastSeenMillis,
            long lines,
            long bytes,
            long partials,
            long drops) {}

    /** The counters of a container; looked up when the tag of a connection changes, not per line. */
    public ContainerCounters of(String name, String tag) {
        Key key = new Key(bounded(name), bounded(tag));
        ContainerCounters there = known.get(key);
        if (there != null) {
            return there;
        }
        if (known.size() >= MOST) {
            forgetOldest();
        }
        return known.computeIfAbsent(key, one -> new ContainerCounters(one, tags.of(one.tag()), clock.millis()));
    }

    /** The present time as counters take it. */
    public long nowMillis() {
        return clock.millis();
    }

    /** How many are known. */
    public int count() {
        return known.size();
    }

    /** Takes note for the rates; to be called in steady intervals. */
    public void sample(long nanos) {
        known.values().forEach(one -> one.sample(nanos));
    }

    /** Those with the most lines a second first, then those heard last; at most so many. */
    public List<Row> rows(int most) {
        return known.values().stream()
                .map(ContainerCounters::row)
                .sorted(Comparator.comparingDouble(Row::linesPerSecond)
                        .thenComparingLong(Row::lastSeenMillis)
                        .reversed()
                        .thenComparing(Row::name)
                        .thenComparing(Row::tag))
                .limit(most)
                .toList();
    }

    private record Seen(ContainerCounters counters, long millis) {}

    private synchronized void forgetOldest() {
        if (known.size() < MOST) {
            return;
        }
        // Others go on counting: what is sorted must not change meanwhile.
        List<Seen> oldest = known.values().stream()
                .map(one -> new Seen(one, one.lastSeenMillis()))
                .sorted(Comparator.comparingLong(Seen::millis))
                .limit(GO_TOGETHER)
                .toList();
        for (Seen one : oldest) {
            known.remove(one.counters().key());
            one.counters().forget();
        }
    }

    private static String bounded(String text) {
        return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT);
    }
}
