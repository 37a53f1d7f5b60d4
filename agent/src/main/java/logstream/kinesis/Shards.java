package logstream.kinesis;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The shards of a stream by descent. A shard is ready when every parent that we know is finished; a parent that the
 * stream no longer lists holds nothing back. Finished shards are kept as ids only.
 *
 * <p>Confined to the thread that polls.
 */
final class Shards {
    private final Deque<Shard> live = new ArrayDeque<>();
    private final Map<String, Shard> unfinished = new HashMap<>();
    private final Set<String> finished = new HashSet<>();

    boolean knows(String id) {
        return unfinished.containsKey(id) || finished.contains(id);
    }

    void add(Shard shard) {
        if (shard.finished) {
            finished.add(shard.id);
        } else if (!knows(shard.id)) {
            unfinished.put(shard.id, shard);
            live.addLast(shard);
        }
    }

    void finish(Shard shard) {
        shard.finished = true;
        unfinished.remove(shard.id);
        live.remove(shard);
        finished.add(shard.id);
    }

    /** Forgets finished shards that the stream no longer lists. */
    void keepFinished(Set<String> listed) {
        finished.retainAll(listed);
    }

    /** Shards that may be read now; the one that was read longest ago first. */
    List<Shard> ready() {
        return live.stream()
                .filter(shard -> shard.parents.stream().noneMatch(unfinished::containsKey))
                .toList();
    }

    /** Shards that may be read now, those that are behind in time first. */
    List<Shard> readyByTime() {
        return ready().stream()
                .sorted(Comparator.comparing(shard -> shard.reached))
                .toList();
    }

    /**
     * Up to when all shards were read; {@link Instant#MAX} when at their ends. One that fails again and again holds up
     * nobody.
     */
    Instant readUpTo() {
        return ready().stream()
                .filter(shard -> !shard.atTip && shard.failures < Setbacks.LASTING)
                .map(shard -> shard.reached)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** To the end of the row. */
    void visited(Shard shard) {
        if (live.remove(shard)) {
            live.addLast(shard);
        }
    }

    boolean allAtTip() {
        return live.stream().allMatch(shard -> shard.atTip);
    }

    void forgetTips() {
        live.forEach(shard -> shard.atTip = false);
    }
}
