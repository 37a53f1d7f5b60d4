package logstream.pipeline;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The shards that accepted a record lately: as many as the stream has open, once a few records for each were sent.
 *
 * <p>Bounded by {@link #MOST}: more are not told apart.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class SeenShards {
    /** Beyond what one agent can fill. */
    private static final int MOST = 1_000;

    /** A shard that was closed is forgotten after this time. */
    private static final long LATELY_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<String, Long> seenNanos = new HashMap<>();

    void accepted(String shardId, long now) {
        if (seenNanos.size() < MOST || seenNanos.containsKey(shardId)) {
            seenNanos.put(shardId, now);
        }
    }

    /** How many, 1 or more: a stream has a shard. */
    int count(long now) {
        seenNanos.values().removeIf(seen -> now - seen > LATELY_NANOS);
        return Math.max(1, seenNanos.size());
    }
}
