package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HashRangeTest {
    @Test
    void threeShardsHaveTheRangesThatTheServiceGivesThem() {
        assertThat(HashRange.uniform(3))
                .extracting(range -> range.start() + "-" + range.end())
                .containsExactly(
                        "0-113427455640312821154458202477256070484",
                        "113427455640312821154458202477256070485-226854911280625642308916404954512140969",
                        "226854911280625642308916404954512140970-340282366920938463463374607431768211455");
    }

    @Property(tries = 100)
    void partsCoverTheSpaceWithoutGapOrOverlap(@ForAll @IntRange(min = 1, max = 500) int count) {
        List<HashRange> parts = HashRange.uniform(count);
        assertThat(parts).hasSize(count);
        assertThat(parts.getFirst().start()).isEqualTo(HashKey.ZERO);
        assertThat(parts.getLast().end()).isEqualTo(HashKey.MAX);
        for (int i = 1; i < count; i++) {
            assertThat(parts.get(i - 1).isFollowedBy(parts.get(i))).isTrue();
            assertThat(parts.get(i).isFollowedBy(parts.get(i - 1))).isFalse();
        }
    }

    @Property(tries = 200)
    void keysCompareAsNumbers(
            @ForAll @BigRange(min = "0", max = "340282366920938463463374607431768211455") BigInteger one,
            @ForAll @BigRange(min = "0", max = "340282366920938463463374607431768211455") BigInteger other) {
        assertThat(Integer.signum(HashKey.of(one).compareTo(HashKey.of(other)))).isEqualTo(one.compareTo(other));
        assertThat(HashKey.of(one).value()).isEqualTo(one);
    }

    @Test
    void bothEndsAreWithin() {
        HashRange range = new HashRange(HashKey.of(BigInteger.TWO), HashKey.of(BigInteger.TEN));
        assertThat(range.contains(HashKey.of(BigInteger.ONE))).isFalse();
        assertThat(range.contains(HashKey.of(BigInteger.TWO))).isTrue();
        assertThat(range.contains(HashKey.of(BigInteger.TEN))).isTrue();
        assertThat(range.contains(HashKey.of(BigInteger.valueOf(11)))).isFalse();
    }

    @Test
    void aKeysHashIsItsMd5() {
        HashKey hash = HashKey.ofPartitionKey("abc".getBytes(StandardCharsets.UTF_8), HashKey.md5());
        assertThat(hash.value().toString(16)).isEqualTo("900150983cd24fb0d6963f7d28e17f72");
    }
}
