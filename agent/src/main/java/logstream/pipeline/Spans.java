package logstream.pipeline;

import java.util.Arrays;

/**
 * Stretches of a text that are to be replaced, and the rule that found each.
 *
 * <p>Invariant: never more than {@link #MOST}; a text with more is not worth showing, see {@link #tooMany}.
 *
 * <p>Threading: confined to one thread.
 */
final class Spans {
    /** Our choice: a line has a few. */
    static final int MOST = 4096;

    /** Packed so that numbers sort as the spans do: where it begins, where it ends, its rule. */
    private static final int BEGIN_SHIFT = 35;

    private static final int END_SHIFT = 6;
    private static final long END_MASK = (1L << (BEGIN_SHIFT - END_SHIFT)) - 1;
    private static final int RULE_MASK = (1 << END_SHIFT) - 1;

    private long[] packed = new long[16];
    private int count;
    private boolean tooMany;

    void clear() {
        count = 0;
        tooMany = false;
    }

    /**
     * Adds a stretch.
     *
     * @param from below 2^28, as is {@code to}
     * @param rule 0 to 63
     */
    void add(int from, int to, int rule) {
        if (count == MOST) {
            tooMany = true;
            return;
        }
        if (count == packed.length) {
            packed = Arrays.copyOf(packed, 2 * count);
        }
        packed[count++] = ((long) from << BEGIN_SHIFT) | ((long) to << END_SHIFT) | rule;
    }

    int count() {
        return count;
    }

    boolean tooMany() {
        return tooMany;
    }

    int from(int index) {
        return (int) (packed[index] >>> BEGIN_SHIFT);
    }

    int to(int index) {
        return (int) ((packed[index] >>> END_SHIFT) & END_MASK);
    }

    int rule(int index) {
        return (int) packed[index] & RULE_MASK;
    }

    /** Puts them in order, and makes one of those that overlap: it has the rule of the one that begins first. */
    void merge() {
        Arrays.sort(packed, 0, count);
        int merged = 0;
        for (int i = 1; i < count; i++) {
            if (from(i) >= to(merged)) {
                packed[++merged] = packed[i];
            } else if (to(i) > to(merged)) {
                packed[merged] = ((long) from(merged) << BEGIN_SHIFT) | ((long) to(i) << END_SHIFT) | rule(merged);
            }
        }
        count = Math.min(count, merged + 1);
    }
}
