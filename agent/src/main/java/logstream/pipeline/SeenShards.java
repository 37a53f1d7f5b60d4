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

    private final Map<String, Seen> shards = new HashMap<>();

    private static final class Seen {
        private long nanos;
    }

    void accepted(String shardId, long now) {
        Seen seen = shards.get(shardId);
        if (seen == null) {
            if (shards.size() == MOST) {
                return;
            }
            seen = new Seen();
            shards.put(shardId, seen);
        }
        seen.nanos = now;
    }

    /** How many, 1 or more: a stream has a shard. */
    int count(long now) {
        shards.values().removeIf(seen -> now - seen.nanos > LATELY_NANOS);
        return Math.max(1, shards.size());
    }
}
