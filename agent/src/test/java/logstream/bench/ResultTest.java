package logstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stands for several runs: the middle of most figures, the worst of what must not be. */
class ResultTest {
    private static final MachineLoad.Noise QUIET = new MachineLoad.Noise(0, 0);

    @Test
    void theMedianStandsForSpeedTheWorstForLoss() {
        Result result = result(run(100, 0), run(300, 7), run(200, 0));
        assertThat(result.figures()).containsEntry(Figure.RATE, 200.0).containsEntry(Figure.LOST, 7.0);
        assertThat(result(run(100, 0), run(200, 0)).figures()).containsEntry(Figure.RATE, 150.0);
    }

    @Test
    void oneLoudRunMakesAScenarioNoisy() {
        Run loud = new Run(Map.of(), new MachineLoad.Noise(0, 0.2), List.of());
        Run stolen = new Run(Map.of(), new MachineLoad.Noise(0.02, 0), List.of());
        assertThat(result(run(1, 0)).isNoisy()).isFalse();
        assertThat(result(run(1, 0), loud).isNoisy()).isTrue();
        assertThat(result(stolen, run(1, 0)).isNoisy()).isTrue();
    }

    @Test
    void otherProcessesAreWhatIsBusyAndNotOurs() {
        MachineLoad before = new MachineLoad(100, 1, 1_000);
        MachineLoad after = new MachineLoad(110, 2, 1_020);
        MachineLoad.Noise noise = after.since(before, 8);
        assertThat(noise.stolen()).isEqualTo(0.05);
        assertThat(noise.others()).isEqualTo(0.1);
    }

    @Test
    void theTableHasTheColumnsThatAnyScenarioHas() {
        assertThat(ResultTable.of(List.of(result(run(1_234_567, 0))))).isEqualTo("""
                        | scenario | records/s | lost |
                        |----------|----------:|-----:|
                        | S1       | 1,234,567 |    0 |
                        """);
    }

    private static Result result(Run... runs) {
        return new Result(Scenarios.all().getFirst(), List.of(runs), List.of());
    }

    private static Run run(double rate, double lost) {
        return new Run(Map.of(Figure.RATE, rate, Figure.LOST, lost), QUIET, List.of());
    }
}
