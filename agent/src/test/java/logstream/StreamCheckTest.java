package logstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.random.RandomGenerator;
import logstream.kinesis.StreamState;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;

/** When the stream is asked for its facts, and what becomes of them. */
class StreamCheckTest {
    private static final StreamState NOT_READY = new StreamState.NotReady("AccessDenied (request 1)", "Allow it.");
    private static final RandomGenerator NO_JITTER = new RandomGenerator() {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public double nextDouble() {
            return 0.5;
        }
    };

    private final Queue<StreamState> answers = new ArrayDeque<>();
    private final List<Integer> limits = new ArrayList<>();
    private final Metrics metrics = new Metrics();

    private StreamCheck check(RandomGenerator random) {
        return new StreamCheck(answers::remove, facts -> limits.add(facts.maxRecordBytes()), metrics, random);
    }

    private static StreamState ready(int shards, int maxRecordBytes) {
        return new StreamState.Ready(
                "logs",
                "arn:aws:kinesis:eu-west-1:123456789012:stream/logs",
                "ACTIVE",
                shards,
                "ON_DEMAND",
                Duration.ofHours(24),
                "KMS",
                maxRecordBytes);
    }

    @Test
    void untilItIsThereItIsAskedMoreAndMoreRarely() {
        StreamCheck check = check(NO_JITTER);
        List<Long> waits = new ArrayList<>();
        for (int round = 0; round < 7; round++) {
            answers.add(NOT_READY);
            waits.add(check.once().toSeconds());
        }
        assertThat(waits).containsExactly(10L, 20L, 40L, 80L, 160L, 300L, 300L);
        assertThat(metrics.streamFactsFailed.sum()).isEqualTo(7);
        assertThat(metrics.streamFacts()).isEmpty();
        assertThat(limits).isEmpty();
    }

    @Test
    void factsAreReadAgainAndTheLastOnesHoldMeanwhile() {
        StreamCheck check = check(NO_JITTER);
        answers.addAll(List.of(NOT_READY, ready(2, 1 << 20), NOT_READY, ready(4, 2 << 20)));
        check.once();
        assertThat(check.once()).isEqualTo(StreamCheck.INTERVAL);
        assertThat(metrics.streamFacts())
                .isEqualTo(Optional.of(new Metrics.StreamFacts("logs", "ON_DEMAND", "ACTIVE", "KMS", 2, 1 << 20)));

        assertThat(check.once())
                .as("wait after a failure of a stream that is known")
                .isEqualTo(StreamCheck.INTERVAL);
        assertThat(metrics.streamFacts()).map(Metrics.StreamFacts::openShards).contains(2);

        check.once();
        assertThat(metrics.streamFacts()).map(Metrics.StreamFacts::openShards).contains(4);
        assertThat(limits).containsExactly(1 << 20, 2 << 20);
    }

    /** DescribeStreamSummary takes 20 calls a second and account: a fleet that starts together must not stay together. */
    @Test
    void aFleetThatStartsTogetherSpreadsOverTheInterval() {
        Random seeds = new Random(7);
        int agents = 3000;
        int[] calls = new int[(int) StreamCheck.INTERVAL.toSeconds() * 6];
        for (int agent = 0; agent < agents; agent++) {
            StreamCheck check = check(new Random(seeds.nextLong()));
            double now = 0;
            while (now < calls.length) {
                calls[(int) now]++;
                answers.add(ready(2, 1 << 20));
                now += check.once().toMillis() / 1000.0;
            }
        }
        int most = 0;
        for (int second = 1; second < calls.length; second++) {
            most = Math.max(most, calls[second]);
        }
        // On average 10 a second; the second round is still the narrowest.
        assertThat(most).isBetween(10, 35);
        int late = 0;
        for (int second = calls.length / 2; second < calls.length; second++) {
            late = Math.max(late, calls[second]);
        }
        assertThat(late).as("most calls in a second, of %d agents", agents).isLessThanOrEqualTo(30);
    }
}
