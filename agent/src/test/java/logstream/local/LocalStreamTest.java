package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LocalStreamTest {
    private static final long NOW = 1_795_000_000_000L;

    @Test
    void aSplitShardIsClosedAndHasTwoChildren() {
        LocalStream stream = stream(1);
        HashKey cut = HashKey.of(BigInteger.valueOf(1000));
        stream.split(stream.shards().getFirst(), cut, NOW + 5);
        Shard parent = stream.shards().getFirst();
        assertThat(parent.isOpen()).isFalse();
        assertThat(parent.closed()).hasValue(NOW + 5);
        assertThat(parent.children()).containsExactlyElementsOf(stream.shards().subList(1, 3));
        assertThat(stream.shards().get(1).range()).isEqualTo(new HashRange(HashKey.ZERO, cut.minusOne()));
        assertThat(stream.shards().get(2).range()).isEqualTo(new HashRange(cut, HashKey.MAX));
        assertThat(stream.shardOf(cut)).isSameAs(stream.shards().get(2));
        assertThat(stream.shardOf(cut.minusOne())).isSameAs(stream.shards().get(1));
        assertCovered(stream);
    }

    @Test
    void theFirstNamedOfTwoIsTheParentInWhateverOrderTheyLie() {
        LocalStream stream = stream(3);
        stream.merge(stream.shards().get(2), stream.shards().get(1), NOW);
        Shard joined = stream.shards().get(3);
        assertThat(joined.parents())
                .containsExactly(stream.shards().get(2), stream.shards().get(1));
        assertThat(joined.range())
                .isEqualTo(new HashRange(stream.shards().get(1).range().start(), HashKey.MAX));
        assertCovered(stream);
    }

    @Test
    void doublingSplitsEachAndHalvingMergesPairs() {
        LocalStream stream = stream(3);
        assertThat(stream.shardsToReach(6)).isEqualTo(6);
        stream.scaleTo(6, NOW);
        assertThat(stream.shards()).hasSize(9);
        assertThat(stream.shardsToReach(3)).isEqualTo(3);
        stream.scaleTo(3, NOW);
        assertThat(stream.shards()).hasSize(12);
        assertThat(stream.shards().subList(9, 12))
                .allMatch(shard -> shard.parents().size() == 2);
    }

    @Property(tries = 300)
    void anyRowOfTargetsIsReachedExactly(
            @ForAll @IntRange(min = 1, max = 20) int start,
            @ForAll @Size(max = 6) List<@IntRange(min = 1, max = 20) Integer> targets) {
        LocalStream stream = stream(start);
        for (int target : targets) {
            int before = stream.shards().size();
            int announced = stream.shardsToReach(target);
            stream.scaleTo(target, NOW);
            assertThat(stream.shards()).hasSize(before + announced);
            List<HashRange> ideal = HashRange.uniform(target);
            List<Shard> open = open(stream);
            assertThat(open).hasSize(target);
            for (int i = 0; i < target; i++) {
                BigInteger begin = open.get(i).range().start().value();
                assertThat(begin.subtract(ideal.get(i).start().value()).abs()).isLessThan(BigInteger.valueOf(40));
            }
            assertCovered(stream);
        }
    }

    @Test
    void aChildsNumbersAreLargerThanAllOfItsParent() {
        LocalStream stream = stream(1);
        stream.split(stream.shards().getFirst(), HashKey.of(BigInteger.TEN), NOW);
        BigInteger last = new BigInteger(stream.shards().get(0).sequence().of(SequenceNumbers.END));
        for (Shard child : stream.shards().get(0).children()) {
            assertThat(new BigInteger(child.sequence().of(0))).isGreaterThan(last);
        }
    }

    private static LocalStream stream(int shards) {
        return new LocalStream("logs", 1, shards, false, LocalStream.DEFAULT_RECORD_KIB, NOW);
    }

    private static List<Shard> open(LocalStream stream) {
        return stream.shards().stream()
                .filter(Shard::isOpen)
                .sorted(Comparator.comparing(shard -> shard.range().start()))
                .toList();
    }

    private static void assertCovered(LocalStream stream) {
        List<Shard> open = open(stream);
        assertThat(stream.openCount()).isEqualTo(open.size());
        assertThat(open.getFirst().range().start()).isEqualTo(HashKey.ZERO);
        assertThat(open.getLast().range().end()).isEqualTo(HashKey.MAX);
        for (int i = 1; i < open.size(); i++) {
            assertThat(open.get(i - 1).range().isFollowedBy(open.get(i).range()))
                    .isTrue();
        }
    }
}
