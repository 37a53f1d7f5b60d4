package logstream.ownlog;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Lets the first lines of each kind through in each interval, and counts the others.
 *
 * <p>Invariants: in any interval at most {@link #MOST_LINES} lines of each of {@link #MOST_KINDS} kinds pass, and as many of
 * all other kinds together. Each line passes, or is told once by {@link #next} or {@link #takeLeftOut}.
 *
 * <p>Threading: guarded by {@code this}.
 */
final class Repeats {
    /** Our choice: more of one kind tell nothing more, and twelve a minute of each kind can still be read. */
    static final int MOST_LINES = 20;

    static final Duration INTERVAL = Duration.ofSeconds(10);

    /** Twice what the program has; libraries may say anything. */
    static final int MOST_KINDS = 256;

    /** The answer of {@link #next} for a line that does not pass, and follows others that did not. */
    static final long LEFT_OUT = -1;

    /** The same for the first of them. */
    static final long FIRST_LEFT_OUT = -2;

    private static final Kind OTHERS = new Kind("logstream", "ERROR", "others");

    private final LongSupplier nanoTime;
    private final Map<Kind, Count> counts = new HashMap<>();

    /**
     * Lines that differ only in what was filled in.
     *
     * @param form the sentence with its gaps, not filled in
     */
    record Kind(String logger, String level, String form) {}

    private static final class Count {
        private long since;
        private int passed;
        private long leftOut;

        private Count(long since) {
            this.since = since;
        }
    }

    Repeats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many lines of the kind were left out before this one, which passes; or that it is left out. */
    synchronized long next(Kind kind) {
        long now = nanoTime.getAsLong();
        Count count = counts.computeIfAbsent(counted(kind, now), one -> new Count(now));
        long before = 0;
        if (isOver(count, now)) {
            before = count.leftOut;
            count.since = now;
            count.passed = 0;
            count.leftOut = 0;
        }
        if (count.passed < MOST_LINES) {
            count.passed++;
            return before;
        }
        count.leftOut++;
        return count.leftOut == 1 ? FIRST_LEFT_OUT : LEFT_OUT;
    }

    /** How many were left out that nobody was told of yet; from now on somebody was. */
    synchronized long takeLeftOut(Kind kind) {
        Count count = counts.get(counts.containsKey(kind) ? kind : OTHERS);
        if (count == null) {
            return 0;
        }
        long leftOut = count.leftOut;
        count.leftOut = 0;
        return leftOut;
    }

    /** The kinds of which lines were left out that nobody was told of yet. */
    synchronized List<Kind> untold() {
        return counts.entrySet().stream()
                .filter(one -> one.getValue().leftOut > 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    private Kind counted(Kind kind, long now) {
        if (counts.containsKey(kind)) {
            return kind;
        }
        if (counts.size() >= MOST_KINDS) {
            counts.values().removeIf(count -> isOver(count, now) && count.leftOut == 0);
        }
        return counts.size() >= MOST_KINDS ? OTHERS : kind;
    }

    private static boolean isOver(Count count, long now) {
        return now - count.since >= INTERVAL.toNanos();
    }
}
