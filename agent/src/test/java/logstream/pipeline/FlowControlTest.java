package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each rule by itself; what they make together is in {@link FlowControlSimulationTest}. */
class FlowControlTest {
    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
    private static final long WINDOW = 500 * MILLISECOND;
    private static final long SECOND = 1000 * MILLISECOND;
    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    private final FlowControl flow = new FlowControl(0);
    private long now;

    @BeforeEach
    void tenShards() {
        seeShards(10);
    }

    @Test
    void aFreshAgentStartsWithHalfAShardAndGrowsFastWhileNothingIsThrottled() {
        assertThat(flow.rate()).isEqualTo(0.5, EXACT);
        passWindow(0);
        assertThat(flow.rate()).isEqualTo(0.9, EXACT);
        passWindow(0);
        assertThat(flow.rate()).isEqualTo(1.62, EXACT);
    }

    @Test
    void aRateThatIsNotUsedDoesNotGrow() {
        now += WINDOW;
        flow.sent(new Load(10, 10), now);
        flow.answered(new Load(10, 10), Load.NONE, now, now);
        assertThat(flow.rate()).isEqualTo(0.5, EXACT);
    }

    @Test
    void afterItWasLoweredASmallShareIsNotActedUponForThreeSeconds() {
        passWindow(0.1);
        recover();
        double lowered = flow.rate();
        passWindow(0.1);
        recover();
        assertThat(flow.rate()).isEqualTo(lowered, EXACT);
        now += 3 * SECOND;
        passWindow(0.1);
        recover();
        assertThat(flow.rate()).isLessThan(lowered);
    }

    @Test
    void threePercentAreBorneAndMoreIsNot() {
        passWindow(0.03);
        double before = flow.rate();
        assertThat(before).isGreaterThan(0.5);
        passWindow(0.04);
        recover();
        assertThat(flow.rate()).isEqualTo(before * 0.95, EXACT);
    }

    @Test
    void whatIsThrottledWhateverTheRateIsTakenAsGivenForAMinute() {
        grow(4);
        double before = flow.rate();
        for (int lowered = 0; lowered < 10; lowered++) {
            now += 3 * SECOND;
            seeShards(10);
            passWindow(0.05);
            recover();
        }
        assertThat(flow.rate()).isLessThan(0.6 * before);
        now += 3 * SECOND;
        seeShards(10);
        passWindow(0.05);
        assertThat(flow.rate()).isEqualTo(before, EXACT);
        passWindow(0.05);
        double risen = flow.rate();
        assertThat(risen).isGreaterThan(before);
        now += 61 * SECOND;
        seeShards(10);
        passWindow(0.05);
        assertThat(flow.rate()).as("looks again whether less helps").isLessThan(risen);
    }

    @Test
    void whereLessHelpsItStaysLess() {
        grow(4);
        double before = flow.rate();
        for (int lowered = 0; lowered < 8; lowered++) {
            now += 3 * SECOND;
            seeShards(10);
            passWindow(0.1 * Math.pow(0.8, lowered));
            recover();
        }
        assertThat(flow.rate()).isLessThan(0.9 * before);
    }

    @Test
    void aPlainExcessLowersTheRateAtOnceToWhatPassed() {
        grow(5);
        double before = flow.rate();
        now += 10 * MILLISECOND;
        flow.answered(new Load(600, 600), new Load(1_400, 1_400), now, now);
        recover();
        assertThat(flow.rate()).isEqualTo(before * 0.3 * 0.95, EXACT);
    }

    @Test
    void whatWasSentBeforeItWasLoweredTellsNothing() {
        grow(5);
        long early = now;
        now += 10 * MILLISECOND;
        flow.answered(new Load(600, 600), new Load(1_400, 1_400), now, now);
        double lowered = flow.rate();
        flow.answered(Load.NONE, new Load(10_000, 10_000), early, now + SECOND);
        assertThat(flow.rate()).isEqualTo(lowered, EXACT);
    }

    @Test
    void afterItWasLoweredLessIsSentForHalfASecond() {
        passWindow(0.1);
        double lowered = flow.rate();
        recover();
        assertThat(flow.rate()).isEqualTo(lowered / 0.7, EXACT);
    }

    @Test
    void anAgentAloneThatIsBeyondAllShardsStopsJustBelowThem() {
        grow(8);
        assertThat(flow.rate()).isGreaterThan(40);
        seeShards(10);
        now += 10 * MILLISECOND;
        flow.answered(new Load(15_000, 15_000), new Load(15_000, 15_000), now, now);
        recover();
        assertThat(flow.rate()).isEqualTo(9.8, EXACT);
    }

    @Test
    void stepsAreIndependentOfTheRateAndEndJustBelowTheShards() {
        grow(5);
        now += 10 * MILLISECOND;
        flow.answered(new Load(600, 600), new Load(1_400, 1_400), now, now);
        recover();
        seeShards(10);
        double first = flow.rate();
        passWindow(0);
        assertThat(flow.rate() - first).isEqualTo(0.002, EXACT);
        double second = flow.rate();
        passWindow(0);
        assertThat(flow.rate() - second).isEqualTo(0.0032, EXACT);
        for (int window = 0; window < 60; window++) {
            seeShards(10);
            passWindow(0);
        }
        assertThat(flow.rate()).isEqualTo(9.8, EXACT);
    }

    @Test
    void theRateNeverFallsToNothing() {
        for (int window = 0; window < 50; window++) {
            now += SECOND;
            flow.answered(Load.NONE, new Load(500, 500), now, now);
            recover();
        }
        assertThat(flow.rate()).isEqualTo(FlowControl.LOWEST_RATE, EXACT);
        assertThat(flow.nanosUntilAllowed(now + SECOND)).isZero();
        assertThat(flow.allowance(now + SECOND).records()).isPositive();
    }

    @Test
    void recordsAndBytesCountWhicheverIsMetFirst() {
        flow.sent(new Load(1, 1 << 18), 0);
        assertThat(flow.allowance(0)).isEqualTo(Load.NONE);
        // A quarter of a shard's second less what was saved, and a tenth of a second's worth more, at half a shard.
        assertThat(flow.nanosUntilAllowed(0)).isBetween(499 * MILLISECOND, 501 * MILLISECOND);
        assertThat(flow.allowance(501 * MILLISECOND).records()).isEqualTo(50);
    }

    /** A window in which all that is allowed was sent; its first answer, which begins the sample, has all but one record. */
    private void passWindow(double throttledShare) {
        int records = (int) Math.round(flow.rate() * 1000);
        int throttled = (int) Math.round(records * throttledShare);
        int accepted = records - throttled - 1;
        flow.answered(new Load(accepted, accepted), new Load(throttled, throttled), now, now);
        now += WINDOW;
        flow.sent(new Load(records, records), now);
        flow.answered(new Load(1, 1), Load.NONE, now, now);
    }

    private void grow(int windows) {
        for (int window = 0; window < windows; window++) {
            passWindow(0);
        }
    }

    private void recover() {
        now += WINDOW;
        flow.answered(new Load(1, 1), Load.NONE, now, now);
    }

    private void seeShards(int count) {
        for (int shard = 0; shard < count; shard++) {
            flow.accepted("shardId-" + shard, now);
        }
    }
}
