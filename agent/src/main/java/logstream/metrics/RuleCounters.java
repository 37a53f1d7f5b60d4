package logstream.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A counter for each of the operator's rules, by its name. Rules come and go with the configuration, their counters stay; of a
 * bounded number, those that came first. All others count as {@link Tags#OTHER}.
 *
 * <p>Threading: any thread; counting never blocks.
 */
public final class RuleCounters {
    /** Several times what one configuration may have. */
    static final int MOST = 200;

    private final Map<String, LongAdder> known = new ConcurrentSkipListMap<>();

    /** The counter of one rule, for as long as the agent runs. */
    public synchronized LongAdder of(String rule) {
        boolean room = known.size() < MOST || known.containsKey(rule);
        return known.computeIfAbsent(room ? rule : Tags.OTHER, _ -> new LongAdder());
    }

    /** All, by their names; not a copy. */
    Map<String, LongAdder> all() {
        return known;
    }
}
