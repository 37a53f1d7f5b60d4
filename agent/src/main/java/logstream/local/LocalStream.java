package logstream.local;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * One stream: its shards, and how they are split and merged.
 *
 * <p>Invariant: the open shards, by their start, cover the whole space of hash keys without gap or overlap.
 *
 * <p>Threading: guarded by the lock of {@link Streams}.
 */
final class LocalStream {
    /** A stream's largest record unless it is told otherwise, data and key: 1 MiB. */
    static final int DEFAULT_RECORD_KIB = 1024;

    /** Widths are rounded down once for each part before: by less than the number of shards, whatever that is. */
    private static final int ROUNDING_BITS = 32;

    private final String name;
    private final long incarnation;
    private final long created;
    private final boolean onDemand;
    private final List<Shard> shards = new ArrayList<>();
    private final List<Shard> open = new ArrayList<>();
    private int maxRecordKib;

    /**
     * @param incarnation tells this stream from an earlier one of the same name
     * @param now milliseconds since 1970
     */
    LocalStream(String name, long incarnation, int shardCount, boolean onDemand, int maxRecordKib, long now) {
        this.name = name;
        this.incarnation = incarnation;
        this.created = now;
        this.onDemand = onDemand;
        this.maxRecordKib = maxRecordKib;
        for (HashRange range : HashRange.uniform(shardCount)) {
            add(range, List.of(), now);
        }
    }

    String name() {
        return name;
    }

    long incarnation() {
        return incarnation;
    }

    /** Milliseconds since 1970. */
    long created() {
        return created;
    }

    boolean onDemand() {
        return onDemand;
    }

    int maxRecordKib() {
        return maxRecordKib;
    }

    void maxRecordKib(int kib) {
        maxRecordKib = kib;
    }

    /** All shards, closed ones too; a shard's number is its place. */
    List<Shard> shards() {
        return Collections.unmodifiableList(shards);
    }

    int openCount() {
        return open.size();
    }

    /** The open shard that takes this key. */
    Shard shardOf(HashKey key) {
        int low = 0;
        int high = open.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (open.get(middle).range().start().compareTo(key) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return open.get(low);
    }

    void split(Shard parent, HashKey cut, long now) {
        List<Shard> parents = List.of(parent);
        open.remove(parent);
        parent.close(
                List.of(
                        add(parent.range().below(cut), parents, now),
                        add(parent.range().from(cut), parents, now)),
                now);
    }

    /** Joins two shards, of which the second begins right behind the first; parent is the one the caller named first. */
    void merge(Shard parent, Shard adjacent, long now) {
        boolean inOrder = parent.range().isFollowedBy(adjacent.range());
        HashRange joined = inOrder
                ? parent.range().joinedWith(adjacent.range())
                : adjacent.range().joinedWith(parent.range());
        open.remove(parent);
        open.remove(adjacent);
        List<Shard> heir = List.of(add(joined, List.of(parent, adjacent), now));
        parent.close(heir, now);
        adjacent.close(heir, now);
    }

    /** How many shards {@link #scaleTo} would add to the list. */
    int shardsToReach(int target) {
        int splits = (int) cuts(target).stream().filter(this::isMissing).count();
        int merges = open.size() + splits - target;
        return 2 * splits + merges;
    }

    /** Makes the open shards equal parts of the space, by as few splits and merges as that takes. */
    void scaleTo(int target, long now) {
        List<HashKey> cuts = cuts(target);
        for (HashKey cut : cuts) {
            if (isMissing(cut)) {
                split(shardOf(cut), cut, now);
            }
        }
        for (int i = 0; i < target; i++) {
            HashKey end = i == target - 1 ? HashKey.MAX : cuts.get(i + 1).minusOne();
            Shard first = shardOf(cuts.get(i));
            while (first.range().end().compareTo(end) < 0) {
                merge(first, shardOf(behind(first)), now);
                first = shardOf(cuts.get(i));
            }
        }
    }

    /** Where the parts begin. A shard that begins there but for a rounding is good: its range is not cut for nothing. */
    private List<HashKey> cuts(int target) {
        return HashRange.uniform(target).stream()
                .map(part -> {
                    HashKey ideal = part.start();
                    Shard shard = shardOf(ideal);
                    HashKey start = shard.range().start();
                    if (isAbout(start, ideal)) {
                        return start;
                    }
                    boolean last = shard.range().end().equals(HashKey.MAX);
                    return !last && isAbout(behind(shard), ideal) ? behind(shard) : ideal;
                })
                .toList();
    }

    private boolean isMissing(HashKey cut) {
        return !shardOf(cut).range().start().equals(cut);
    }

    private static boolean isAbout(HashKey one, HashKey other) {
        return one.value().subtract(other.value()).abs().bitLength() <= ROUNDING_BITS;
    }

    /** Where the next shard begins. */
    private static HashKey behind(Shard shard) {
        return HashKey.of(shard.range().end().value().add(BigInteger.ONE));
    }

    private Shard add(HashRange range, List<Shard> parents, long now) {
        Shard shard = new Shard(shards.size(), range, parents, now);
        shards.add(shard);
        open.add(shard);
        open.sort(Comparator.comparing(each -> each.range().start()));
        return shard;
    }
}
