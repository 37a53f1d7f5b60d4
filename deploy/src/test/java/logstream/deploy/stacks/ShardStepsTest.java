package logstream.deploy.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way between two numbers of shards is one that Kinesis goes. */
class ShardStepsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2  | 10 | [4, 8, 10]
            2  | 4  | [4]
            10 | 2  | [5, 3, 2]
            7  | 3  | [4, 3]
            1  | 1  | [1]
            """)
    void theStepsAre(int open, int target, String steps) {
        assertThat(ShardSteps.between(open, target)).hasToString(steps);
    }

    @Test
    void noStepIsBeyondTwiceOrUnderHalf() {
        for (int open = 1; open <= 80; open++) {
            for (int target = 1; target <= 80; target++) {
                List<Integer> steps = ShardSteps.between(open, target);
                assertThat(steps.getLast()).isEqualTo(target);
                int now = open;
                for (int step : steps) {
                    assertThat(step).as(open + " to " + target + ": " + steps).isLessThanOrEqualTo(2 * now);
                    assertThat(2 * step)
                            .as(open + " to " + target + ": " + steps)
                            .isGreaterThanOrEqualTo(now);
                    now = step;
                }
                // A shorter way there is not: each step but the last went as far as it may.
                double factor = Math.max((double) target / open, (double) open / target);
                double fewest = Math.ceil(Math.log(factor) / Math.log(2) - 1e-9);
                assertThat(steps.size()).isBetween((int) Math.max(1, fewest), (int) Math.max(1, fewest) + 1);
            }
        }
    }

    @Test
    void veryManyShardsAreCounted() {
        assertThat(ShardSteps.between(1_500_000_000, 2_000_000_000)).containsExactly(2_000_000_000);
    }

    @Test
    void thereIsNoStreamWithoutShards() {
        assertThatThrownBy(() -> ShardSteps.between(0, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ShardSteps.between(2, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
