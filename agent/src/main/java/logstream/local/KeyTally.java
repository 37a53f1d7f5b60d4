package logstream.local;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts how often each partition key was accepted, for a bounded number of keys.
 *
 * <p>Threading: guarded by the lock of {@link Streams}.
 */
final class KeyTally {
    private final int most;
    private final Map<String, Integer> counts = new HashMap<>();
    private long duplicates;
    private long untracked;

    KeyTally(int most) {
        this.most = most;
    }

    void accepted(String key) {
        if (most == 0) {
            return;
        }
        if (counts.size() >= most && !counts.containsKey(key)) {
            untracked++;
        } else if (counts.merge(key, 1, Integer::sum) > 1) {
            duplicates++;
        }
    }

    /** Accepted records whose key had been accepted before. */
    long duplicates() {
        return duplicates;
    }

    /** Accepted records whose key found no room. */
    long untracked() {
        return untracked;
    }

    /** Keys accepted more than once, with how often. */
    Map<String, Integer> repeated() {
        Map<String, Integer> repeated = new HashMap<>();
        counts.forEach((key, count) -> {
            if (count > 1) {
                repeated.put(key, count);
            }
        });
        return repeated;
    }
}
