package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShardRateTest {
    private final ShardRate rate = new ShardRate(0);

    @Test
    void aShardTakesAThousandRecordsASecond() {
        assertThat(taken(0, 1, 1500)).isEqualTo(1000);
        assertThat(taken(10, 1, 1500)).isEqualTo(10);
        assertThat(taken(5_000, 1, 1500)).as("saved up for a second at most").isEqualTo(1000);
    }

    @Test
    void aShardTakesAMebibyteASecond() {
        assertThat(taken(0, 1 << 18, 10)).isEqualTo(4);
        assertThat(taken(249, 1 << 18, 10)).isZero();
        assertThat(taken(250, 1 << 18, 10)).isEqualTo(1);
    }

    @Test
    void aRecordLargerThanASecondPassesWhenFullAndLeavesADebt() {
        assertThat(rate.take(0, 3 << 20)).isTrue();
        assertThat(rate.take(1_999, 1)).isFalse();
        assertThat(rate.take(2_001, 1)).isTrue();
    }

    @Test
    void aClockThatStepsBackAddsNothing() {
        assertThat(taken(10_000, 1, 1500)).isEqualTo(1000);
        assertThat(rate.take(0, 1)).isFalse();
    }

    private int taken(long now, int size, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += rate.take(now, size) ? 1 : 0;
        }
        return taken;
    }
}
