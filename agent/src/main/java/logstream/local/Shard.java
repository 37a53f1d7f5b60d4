package logstream.local;

import java.util.List;
import java.util.OptionalLong;

/**
 * One shard: a range of hash keys, the records that fell into it, and who its parents are.
 *
 * <p>Invariants: once closed it takes no record and stays closed; its children were created in the moment it was closed.
 *
 * <p>Threading: what changes is guarded by the lock of {@link Streams}; number, range, parents and sequence numbers may be
 * read by anyone.
 */
final class Shard {
    private final int number;
    private final String id;
    private final HashRange range;
    private final List<Shard> parents;
    private final long created;
    private final long createdSecond;
    private final SequenceNumbers sequence;
    private final RecordLog log = new RecordLog();
    private final ShardRate rate;
    private OptionalLong closed = OptionalLong.empty();
    private List<Shard> children = List.of();

    /**
     * @param number within the stream, from 0
     * @param parents none, one (split) or two (merged)
     * @param now milliseconds since 1970
     */
    Shard(int number, HashRange range, List<Shard> parents, long now) {
        this.number = number;
        this.id = ShardId.of(number);
        this.range = range;
        this.parents = List.copyOf(parents);
        this.created = now;
        // Later than the parents' second even when made within it: a child's numbers must be larger.
        long second = now / 1000;
        for (Shard parent : parents) {
            second = Math.max(second, parent.createdSecond + 1);
        }
        this.createdSecond = second;
        this.sequence = new SequenceNumbers(second, number);
        this.rate = new ShardRate(now);
    }

    String id() {
        return id;
    }

    int number() {
        return number;
    }

    HashRange range() {
        return range;
    }

    List<Shard> parents() {
        return parents;
    }

    /** Milliseconds since 1970. */
    long created() {
        return created;
    }

    SequenceNumbers sequence() {
        return sequence;
    }

    RecordLog log() {
        return log;
    }

    ShardRate rate() {
        return rate;
    }

    boolean isOpen() {
        return closed.isEmpty();
    }

    /** Milliseconds since 1970; empty while open. */
    OptionalLong closed() {
        return closed;
    }

    List<Shard> children() {
        return children;
    }

    void close(List<Shard> heirs, long now) {
        if (!isOpen()) {
            throw new IllegalStateException(id() + " was closed at " + closed + ", now again at " + now);
        }
        closed = OptionalLong.of(now);
        children = List.copyOf(heirs);
    }
}
