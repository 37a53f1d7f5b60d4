package logstream.kinesis;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Keeps {@link Shards} complete where answers of GetRecords do not: asks the stream for its shards when told to, until
 * it was answered. Confined to the thread that polls.
 */
final class ShardListing {
    private final ShardCalls calls;
    private final Shards shards;
    private final Setbacks setbacks;
    private final LongSupplier nanoTime;
    private Set<String> listed = Set.of();
    private boolean due;
    private int failures;
    private long retryAt; // means nothing unless failures > 0

    ShardListing(ShardCalls calls, Shards shards, Setbacks setbacks, LongSupplier nanoTime) {
        this.calls = calls;
        this.shards = shards;
        this.setbacks = setbacks;
        this.nanoTime = nanoTime;
    }

    static Set<String> parents(software.amazon.awssdk.services.kinesis.model.Shard shard) {
        Set<String> parents = new HashSet<>();
        if (shard.parentShardId() != null) {
            parents.add(shard.parentShardId());
        }
        if (shard.adjacentParentShardId() != null) {
            parents.add(shard.adjacentParentShardId());
        }
        return parents;
    }

    /** The next {@link #ifDue} asks. */
    void request() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    /** Whether the stream has not told its shards for a while. */
    boolean isLate() {
        return failures >= Setbacks.LASTING;
    }

    /** Time until the next attempt after a failed one. */
    Duration untilRetry() {
        return failures == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, retryAt - nanoTime.getAsLong()));
    }

    /** Whether the last answered listing named it. */
    boolean named(String shardId) {
        return listed.contains(shardId);
    }

    /**
     * Adds shards that are not known yet: they are younger than the reader, so they are read from their beginning.
     *
     * @throws StreamReadException if the stream is gone or may not be listed
     */
    void ifDue() {
        if (!due || !untilRetry().isZero()) {
            return;
        }
        List<software.amazon.awssdk.services.kinesis.model.Shard> answer;
        try {
            answer = calls.listShards();
        } catch (RuntimeException e) {
            String reason = Setbacks.reason(e);
            failures++;
            retryAt = nanoTime.getAsLong() + Setbacks.retryWait(failures).toNanos();
            setbacks.log("its shards cannot be listed: " + reason);
            return;
        }
        Set<String> ids = new HashSet<>();
        for (var each : answer) {
            ids.add(each.shardId());
            shards.add(Shard.fromItsBeginning(each.shardId(), parents(each)));
        }
        shards.keepFinished(ids);
        listed = ids;
        due = false;
        failures = 0;
    }
}
