package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FlowControlTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FlowControl flow = new FlowControl(16, 0);

    @Test
    void thereIsNoRateUntilMoreThanThreePercentAreThrottled() {
        flow.answered(9_700, 300, SECOND);
        assertThat(flow.allowance(SECOND)).isEqualTo(Integer.MAX_VALUE);
        assertThat(flow.inFlightLimit()).isEqualTo(16);

        flow.answered(9_600, 400, 2 * SECOND);
        assertThat(flow.allowance(2 * SECOND)).isLessThan(10_000);
        assertThat(flow.inFlightLimit()).isEqualTo(12);
    }

    @Test
    void aSecondOfThrottlingLowersTheRateToFourFifthsOfWhatWasAccepted() {
        flow.answered(2_000, 8_000, SECOND);

        assertThat(sentInASecond(SECOND)).isBetween(1_590, 1_770);
    }

    @Test
    void secondsWithoutThrottlingRaiseItByASmallStep() {
        flow.answered(2_000, 8_000, SECOND);
        flow.answered(1_600, 0, 2 * SECOND);

        assertThat(sentInASecond(2 * SECOND)).isBetween(1_670, 1_860);
        assertThat(flow.inFlightLimit()).isEqualTo(13);
    }

    @Test
    void theRateNeverFallsToNothing() {
        for (int second = 1; second < 100; second++) {
            flow.answered(0, 100, second * SECOND);
        }
        assertThat(flow.nanosUntil(1, 99 * SECOND)).isLessThanOrEqualTo(SECOND);
        assertThat(flow.inFlightLimit()).isEqualTo(1);
    }

    /** Against a stream that takes so many records a second and throttles the rest. */
    @Test
    void itSettlesCloseBelowTheStreamsLimit() {
        int limit = 2_000;
        long accepted = 0;
        long throttled = 0;
        for (int second = 1; second <= 120; second++) {
            int sent = sentInASecond((second - 1) * SECOND);
            int taken = Math.min(sent, limit);
            flow.answered(taken, sent - taken, second * SECOND);
            if (second > 60) {
                accepted += taken;
                throttled += sent - taken;
            }
        }
        assertThat(accepted).isGreaterThan(60L * limit * 80 / 100);
        assertThat(throttled).isLessThan(60L * limit * 5 / 100);
    }

    /** Sends whatever is allowed, every ten milliseconds for a second; at most 100,000. */
    private int sentInASecond(long from) {
        int sent = 0;
        for (int step = 1; step <= 100; step++) {
            long now = from + step * SECOND / 100;
            int allowed = Math.min(1_000, flow.allowance(now));
            flow.sent(allowed, now);
            sent += allowed;
        }
        return sent;
    }
}
