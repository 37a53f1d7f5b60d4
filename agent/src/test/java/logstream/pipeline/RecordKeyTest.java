package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import logstream.pipeline.RecordKey.Place;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordKeyTest {
    private static final long MAX_IDENTITY = (1L << 58) - 1;
    private static final long MAX_SEQUENCE = (1L << 40) - 1;
    private static final int MAX_INDEX = (1 << 21) - 1;

    @Property
    void aKeyTurnedBackGivesThePlace(
            @ForAll @LongRange(max = MAX_IDENTITY) long identity,
            @ForAll @LongRange(max = MAX_SEQUENCE) long sequence,
            @ForAll @IntRange(max = MAX_INDEX) int index,
            @ForAll @IntRange(max = 7) int pieces) {
        Place place = new Place(identity, sequence, index, pieces);
        String key = RecordKey.of(place);

        assertThat(RecordKey.place(key)).contains(place);
        assertThat(UUID.fromString(key).toString()).isEqualTo(key);
        assertThat(UUID.fromString(key).version()).isEqualTo(8);
        assertThat(UUID.fromString(key).variant()).isEqualTo(2);
    }

    /** The network is published: keys that consumers hold must turn back for ever. */
    @Test
    void keysNeverChange() {
        assertThat(RecordKey.of(5, 1, 0)).isEqualTo("68915014-3364-8f0b-8579-b44d132e0e54");
        assertThat(RecordKey.of(5, 1, 1)).isEqualTo("c76fc5df-517d-8707-b9ee-c6f9b957c4c5");
        assertThat(RecordKey.of(new Place(MAX_IDENTITY, MAX_SEQUENCE, MAX_INDEX, 7)))
                .isEqualTo("1fbdcb1e-0ffb-8c19-a12c-15cdb6811d0d");
    }

    @Test
    void placesAreOrderedAsFramesWereAppended() {
        assertThat(new Place(1, 2, 3, 0)).isLessThan(new Place(1, 2, 4, 0)).isLessThan(new Place(1, 3, 0, 0));
        assertThat(new Place(1, 9, 9, 0)).isLessThan(new Place(2, 0, 0, 0));
        assertThat(new Place(1, 2, 3, 7)).isGreaterThan(new Place(1, 2, 3, 1)).isLessThan(new Place(1, 2, 4, 0));
    }

    @Test
    void keysOfOneBufferDiffer() {
        Set<String> keys = new HashSet<>();
        for (int sequence = 0; sequence < 20; sequence++) {
            for (int index = 0; index < 10_000; index++) {
                keys.add(RecordKey.of(42, sequence, index));
            }
        }
        assertThat(keys).hasSize(200_000);
    }

    /** Chi-squared of consecutive keys over equal hash ranges stays where 1 in 10,000 random draws would leave it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 10, 64, 100, 500, 1000})
    void keysSpreadEvenlyOverShards(int shards) throws Exception {
        int keys = 100_000;
        int[] perShard = new int[shards];
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        BigInteger range = BigInteger.ONE.shiftLeft(128);
        for (int index = 0; index < keys; index++) {
            byte[] hash = md5.digest(RecordKey.of(0x2a5f_1234_5678L, 7, index).getBytes(StandardCharsets.US_ASCII));
            BigInteger shard =
                    new BigInteger(1, hash).multiply(BigInteger.valueOf(shards)).divide(range);
            perShard[shard.intValueExact()]++;
        }
        double expected = (double) keys / shards;
        double chiSquared = 0;
        for (int count : perShard) {
            chiSquared += (count - expected) * (count - expected) / expected;
        }
        double freedom = shards - 1;
        assertThat(chiSquared).isLessThan(freedom + 4 * Math.sqrt(2 * freedom) + 10);
    }

    /** The bits themselves look random, too: each of the 122 is set in about half of consecutive keys. */
    @Test
    void everyBitIsSetInHalfOfTheKeys() {
        int keys = 20_000;
        int[] set = new int[128];
        for (int index = 0; index < keys; index++) {
            UUID uuid = UUID.fromString(RecordKey.of(1, 1, index));
            for (int bit = 0; bit < 64; bit++) {
                set[bit] += (int) (uuid.getMostSignificantBits() >>> bit) & 1;
                set[64 + bit] += (int) (uuid.getLeastSignificantBits() >>> bit) & 1;
            }
        }
        for (int bit = 0; bit < 128; bit++) {
            boolean fixed = (bit >= 12 && bit < 16) || bit >= 126;
            if (!fixed) {
                assertThat(set[bit]).as("bit %d", bit).isBetween(keys * 45 / 100, keys * 55 / 100);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "667e482c-d048-4dd4-b636-1d8246eed98f",
                "68915014-3364-8f0b-0579-b44d132e0e54",
                "68915014-3364-8F0B-8579-b44d132e0e54",
                "68915014x3364-8f0b-8579-b44d132e0e54",
                "68915014-3364-8f0b-8579-b44d132e0e5",
                "68915014-3364-8f0b-8579-b44d132e0e5g"
            })
    void otherKeysHaveNoPlace(String key) {
        assertThat(RecordKey.place(key)).isEmpty();
    }

    @Test
    void aPartWiderThanItsBitsIsABug() {
        assertThatThrownBy(() -> RecordKey.of(MAX_IDENTITY + 1, 0, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> RecordKey.of(0, MAX_SEQUENCE + 1, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> RecordKey.of(0, 0, -1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> RecordKey.of(0, 0, MAX_INDEX + 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> RecordKey.of(new Place(0, 0, 0, 8))).isInstanceOf(IllegalStateException.class);
    }
}
