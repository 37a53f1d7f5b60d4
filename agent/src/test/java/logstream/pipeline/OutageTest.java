package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class OutageTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Always half way: no jitter. */
    private static final RandomGenerator NO_JITTER = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public double nextDouble() {
            return 0.5;
        }
    };

    private final Outage outage = new Outage(Duration.ofSeconds(1), 17, NO_JITTER);

    @Test
    void waitsDoubleFromTheFirstOn() {
        List<Long> waits = new ArrayList<>();
        long now = 0;
        for (int failure = 0; failure < 5; failure++) {
            outage.failed(now, now, false, "down", "");
            long wait = 0;
            while (!outage.allowsBatch(now + wait)) {
                wait += SECOND / 2;
            }
            waits.add(wait / SECOND);
            now += wait;
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L);
    }

    @Test
    void otherLimitsHoldFromTheNextFailureOn() {
        outage.failed(0, 0, false, "down", "");
        outage.limits(Duration.ofSeconds(10), 1);
        assertThat(outage.allowsBatch(SECOND)).as("the wait that has begun").isTrue();
        assertThat(outage.isExhausted()).isFalse();
        outage.failed(SECOND, SECOND, false, "down", "");
        assertThat(outage.allowsBatch(20 * SECOND)).isFalse();
        assertThat(outage.allowsBatch(21 * SECOND)).isTrue();
        assertThat(outage.isExhausted()).isTrue();
        assertThat(outage.retryLimit()).isEqualTo(1);
    }

    @Test
    void seventeenRetriesTakeAboutThirtySixHours() {
        long now = 0;
        int failures = 0;
        while (!outage.isExhausted()) {
            outage.failed(now, now, false, "down", "");
            failures++;
            if (!outage.isExhausted()) {
                now += (1L << (failures - 1)) * SECOND;
            }
        }
        assertThat(failures).isEqualTo(18);
        assertThat(Duration.ofNanos(now)).isEqualTo(Duration.ofSeconds(131_071));
    }

    @Test
    void requestsThatWereUnderWayAreTheSameFailure() {
        outage.failed(0, 10 * SECOND, false, "down", "");
        outage.failed(1, 10 * SECOND, false, "down", "");
        outage.failed(9 * SECOND, 10 * SECOND + 1, false, "down", "");

        assertThat(outage.allowsBatch(11 * SECOND)).isTrue();
    }

    @Test
    void aProbeIsDueEveryFiveSecondsAndDoesNotCount() {
        long now = 0;
        for (int failure = 0; failure < 10; failure++) {
            outage.failed(now, now, false, "down", "");
            now += 1000 * SECOND;
        }
        outage.failed(now, now, false, "down", "");

        assertThat(outage.allowsProbe(now + 5 * SECOND - 1)).isFalse();
        assertThat(outage.allowsProbe(now + 5 * SECOND)).isTrue();
        assertThat(outage.nanosUntilNext(false, now)).isEqualTo(5 * SECOND);

        outage.tried(now + 5 * SECOND);
        outage.failed(now + 5 * SECOND, now + 6 * SECOND, true, "down", "");
        assertThat(outage.allowsProbe(now + 9 * SECOND)).isFalse();
        assertThat(outage.allowsProbe(now + 10 * SECOND)).isTrue();
        assertThat(outage.allowsBatch(now + 1000 * SECOND)).isFalse();
        assertThat(outage.allowsBatch(now + 1024 * SECOND)).isTrue();
    }

    @Test
    void acceptanceEndsItAndTheNextOneStartsAnew() {
        outage.failed(0, 0, false, "down", "");
        outage.failed(SECOND, SECOND, false, "down", "");
        outage.end(2 * SECOND);

        assertThat(outage.isOngoing()).isFalse();
        assertThat(outage.allowsBatch(2 * SECOND)).isTrue();
        assertThat(outage.allowsProbe(2 * SECOND)).isFalse();

        outage.failed(3 * SECOND, 3 * SECOND, false, "down", "");
        assertThat(outage.allowsBatch(4 * SECOND)).isTrue();
    }

    @Test
    void whatAnOperatorMustMendIsProbedAndNeverExhausted() {
        for (int failure = 0; failure < 100; failure++) {
            outage.failedForOperator(failure * 5L * SECOND, "ResourceNotFoundException", "create it");
        }
        long now = 99 * 5L * SECOND;

        assertThat(outage.isExhausted()).isFalse();
        assertThat(outage.allowsBatch(now + 3600 * SECOND)).isFalse();
        assertThat(outage.allowsProbe(now + 5 * SECOND)).isTrue();
        assertThat(outage.reason()).isEqualTo("ResourceNotFoundException");
    }

    @Test
    void theLongestSettingsStillWait() {
        Outage patient = new Outage(Duration.ofHours(1), 1000, NO_JITTER);
        for (int failure = 0; failure < 100; failure++) {
            patient.failed(failure, failure, false, "down", "");
            assertThat(patient.allowsBatch(failure + Duration.ofMinutes(59).toNanos()))
                    .isFalse();
        }
    }

    @Test
    void jitterStaysWithinAnEighth() {
        for (int round = 0; round < 1000; round++) {
            Outage jittered = new Outage(Duration.ofSeconds(1), 17, RandomGenerator.getDefault());
            jittered.failed(0, 0, false, "down", "");
            assertThat(jittered.allowsBatch(SECOND * 7 / 8 - 1)).isFalse();
            assertThat(jittered.allowsBatch(SECOND * 9 / 8 + 1)).isTrue();
        }
    }
}
