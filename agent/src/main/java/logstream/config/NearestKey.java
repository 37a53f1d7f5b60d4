package logstream.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the key that someone probably meant.
 *
 * <p>Threading: stateless.
 */
public final class NearestKey {
    /** Longer keys are no typing mistakes, and would cost time to compare. */
    private static final int LONGEST = 100;

    private NearestKey() {}

    /**
     * The nearest of the known keys, when it is near enough to be meant.
     *
     * @param fullKey the unknown key with its section
     * @param name its last part, which may be a known one in the wrong section
     */
    public static Optional<String> to(String fullKey, String name, Collection<String> known) {
        if (fullKey.length() > LONGEST) {
            return Optional.empty();
        }
        return known.stream()
                .map(key -> new Candidate(key, distance(fullKey, name, key)))
                .filter(candidate -> candidate.distance <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(Candidate::distance)
                        .thenComparingInt(candidate -> distance(plain(fullKey), plain(candidate.key)))
                        .thenComparing(Candidate::key))
                .map(Candidate::key);
    }

    private record Candidate(String key, int distance) {}

    private static int distance(String fullKey, String name, String known) {
        String knownName = known.substring(known.lastIndexOf('.') + 1);
        return Math.min(distance(plain(fullKey), plain(known)), distance(plain(name), plain(knownName)));
    }

    /** maxConnections and max-connections are max_connections to most people. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /** How many characters must be typed, deleted, replaced or swapped with their neighbour to make one of the other. */
    static int distance(String one, String other) {
        int[][] cost = new int[one.length() + 1][other.length() + 1];
        for (int row = 0; row <= one.length(); row++) {
            for (int at = 0; at <= other.length(); at++) {
                cost[row][at] = row == 0 || at == 0 ? row + at : step(cost, one, row, other, at);
            }
        }
        return cost[one.length()][other.length()];
    }

    private static int step(int[][] cost, String one, int row, String other, int at) {
        boolean same = one.charAt(row - 1) == other.charAt(at - 1);
        int least =
                Math.min(cost[row - 1][at - 1] + (same ? 0 : 1), 1 + Math.min(cost[row - 1][at], cost[row][at - 1]));
        boolean swapped = row > 1
                && at > 1
                && one.charAt(row - 1) == other.charAt(at - 2)
                && one.charAt(row - 2) == other.charAt(at - 1);
        return swapped ? Math.min(least, 1 + cost[row - 2][at - 2]) : least;
    }
}
