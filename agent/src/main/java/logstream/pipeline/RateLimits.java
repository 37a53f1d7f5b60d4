package logstream.pipeline;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import logstream.metrics.Containers;
import logstream.pipeline.CareConfig.RateLimit;

/**
 * What containers may still send: of a bounded number of them, those go that have been silent longest. One that comes again has
 * its whole burst.
 *
 * <p>Invariant: what was dropped is told by its {@link ContainerRate}, or is in {@link #lostTrackOf}.
 *
 * <p>Threading: any thread.
 */
public final class RateLimits {
    private static final int MOST = Containers.MOST;

    /** Characters of a tag that are kept: the rest would only cost memory. */
    private static final int MOST_TAG = 200;

    /** So many go together. */
    private static final int GO_TOGETHER = MOST / 8;

    private final ConcurrentHashMap<Key, ContainerRate> known = new ConcurrentHashMap<>();
    private final LongAdder lostTrackOf = new LongAdder();
    private final LongSupplier nanoTime;

    private record Key(String container, String tag) {}

    /** A limit, ready for use. */
    record Rule(TagPatterns tags, RateLimit limit) {
        /**
         * Limits as the configuration has them.
         *
         * @throws IllegalArgumentException with a sentence naming the first tag pattern that is none
         */
        static List<Rule> of(List<RateLimit> limits) {
            return limits.stream()
                    .map(limit -> new Rule(TagPatterns.of(limit.tags()), limit))
                    .toList();
        }

        /** The first that holds for a tag. */
        static Optional<RateLimit> first(List<Rule> rules, String tag) {
            return rules.stream()
                    .filter(rule -> rule.tags.match(tag))
                    .map(Rule::limit)
                    .findFirst();
        }
    }

    public RateLimits(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** What a container may still send under a tag, within a limit. */
    ContainerRate of(ContainerName container, String longTag, RateLimit limit) {
        String tag = longTag.substring(0, Math.min(MOST_TAG, longTag.length()));
        Key key = new Key(container.shown(), tag);
        ContainerRate there = known.get(key);
        if (there == null) {
            if (known.size() >= MOST) {
                forgetOldest();
            }
            there = known.computeIfAbsent(key, _ -> new ContainerRate(container, tag, limit, now()));
        }
        there.limit(limit, now());
        return there;
    }

    /** All that are known; not a copy. */
    Collection<ContainerRate> all() {
        return known.values();
    }

    /** Events that were dropped, of containers that went before it was told. */
    LongAdder lostTrackOf() {
        return lostTrackOf;
    }

    private record Seen(Key key, ContainerRate rate, boolean untold, long silentNanos) {}

    /** First those of whom nothing is to be told. */
    private synchronized void forgetOldest() {
        if (known.size() < MOST) {
            return;
        }
        long now = now();
        known.entrySet().stream()
                .map(one -> new Seen(
                        one.getKey(),
                        one.getValue(),
                        one.getValue().hasUntold(),
                        now - one.getValue().lastSeenNanos()))
                .sorted(Comparator.comparing(Seen::untold)
                        .thenComparing(
                                Comparator.comparingLong(Seen::silentNanos).reversed()))
                .limit(GO_TOGETHER)
                .forEach(one -> {
                    known.remove(one.key);
                    lostTrackOf.add(one.rate.forget());
                });
    }
}
