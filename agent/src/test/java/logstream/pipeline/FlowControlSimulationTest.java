package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What flow control makes of streams and fleets, in virtual time: the figures of docs/flow-control.md. The whole sweep is a
 * proof, and writes the page with {@code -Dgolden.write=true}; some of it runs in every build.
 */
class FlowControlSimulationTest {
    @TempDir
    private Path folder;

    private Buffer buffer;

    @BeforeEach
    void open() throws IOException {
        buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), new Metrics());
    }

    @AfterEach
    void close() {
        buffer.close();
    }

    static Stream<FlowScenario> some() {
        return Stream.of(
                FlowScenarios.plain(1, 200, 20),
                FlowScenarios.plain(4, 2_000, 100),
                FlowScenarios.plain(10, 50_000, 20),
                FlowScenarios.plain(50, 2_000, 5),
                FlowScenarios.FLEET_2_KB,
                FlowScenarios.RESHARD,
                FlowScenarios.HOT_SHARD,
                FlowScenarios.REFUSAL);
    }

    @ParameterizedTest
    @MethodSource("some")
    void theStreamIsUsedAndTheFiguresAreThoseOfThePage(FlowScenario scenario) throws IOException {
        FlowOutcome outcome = FlowSimulation.run(scenario, buffer);

        check(outcome);
        if (!Boolean.getBoolean("golden.write")) {
            assertThat(Files.readString(FlowPage.PAGE)).contains(FlowPage.row(outcome));
        }
    }

    @Test
    void whatIsGivenAsItComesIsSentAsItComesWithoutThrottling() {
        FlowScenario scenario =
                FlowScenario.of("half of what four shards take", 4, 200, 20).given(2_000);
        FlowOutcome outcome = FlowSimulation.run(scenario, buffer);

        assertThat(outcome.throttledShare(0, 60)).isZero();
        assertThat(outcome.use(10, 60)).isBetween(0.49, 0.51);
        assertThat(outcome.mostInFlight()).isLessThan(8);
    }

    @Test
    @Tag("proof")
    void thePageIsWhatTheWholeSweepFinds() throws IOException {
        List<FlowOutcome> steady = outcomes(FlowScenarios.steady());
        List<FlowOutcome> special = outcomes(FlowScenarios.special());
        List<FlowOutcome> shown = new ArrayList<>();
        for (FlowOutcome outcome :
                Stream.concat(steady.stream(), special.stream()).toList()) {
            if (FlowScenarios.SHOWN.contains(outcome.scenario())) {
                shown.add(outcome);
            }
        }
        String page = Files.readString(FlowPage.PAGE);
        String right = FlowPage.replaced(
                FlowPage.replaced(page, "steady", FlowPage.steady(steady)), "special", FlowPage.special(special));
        String picture = FlowPage.picture(shown);
        System.out.println(FlowPage.steady(steady) + FlowPage.special(special));
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(FlowPage.PAGE, right);
            Files.writeString(FlowPage.PICTURE, picture);
        }
        Stream.concat(steady.stream(), special.stream()).forEach(FlowControlSimulationTest::check);
        assertThat(Files.readString(FlowPage.PAGE)).isEqualTo(right);
        assertThat(Files.readString(FlowPage.PICTURE)).isEqualTo(picture);
    }

    private List<FlowOutcome> outcomes(List<FlowScenario> scenarios) {
        return scenarios.stream()
                .map(scenario -> FlowSimulation.run(scenario, buffer))
                .toList();
    }

    private static void check(FlowOutcome outcome) {
        FlowScenario scenario = outcome.scenario();
        String name = FlowPage.row(outcome);
        int end = scenario.seconds();
        assertThat(outcome.use(scenario.steadyFrom(), end))
                .as("used: %s", name)
                .isGreaterThan(FlowScenarios.leastUse(scenario));
        assertThat(outcome.throttledShare(0, end)).as("throttled: %s", name).isLessThan(0.05);
        assertThat(outcome.throttledShare(0, FlowScenario.SETTLED_SECOND))
                .as("throttled while it starts: %s", name)
                .isLessThan(0.10);
        if (scenario.allAgents() > 1) {
            assertThat(outcome.fairness(end - 60, end)).as("fairness: %s", name).isGreaterThan(0.93);
        }
        if (scenario.joinsAtSecond() > 0) {
            assertThat(outcome.shareOfLast(end - 60, end))
                    .as("the last agent's part of an equal share: %s", name)
                    .isBetween(0.6, 1.5);
        }
    }
}
