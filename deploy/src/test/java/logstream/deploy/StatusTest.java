package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import logstream.deploy.fake.FakeStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code status} and {@code list} show, and the exit code that goes with it. */
class StatusTest {
    private final Tool tool = new Tool();
    private FakeStack stack = tool.aws.stack("logs", "CREATE_COMPLETE");

    @BeforeEach
    void launched() {
        stack.launchedFrom("kinesis")
                .parameter("ShardCount", "2")
                .resource("Stream", "AWS::Kinesis::Stream", "logs-Stream-1A2B")
                .resource("WriteBytesAlarm", "AWS::CloudWatch::Alarm", "logs-WriteBytesAlarm")
                .resource("WriteThrottledAlarm", "AWS::CloudWatch::Alarm", "logs-WriteThrottledAlarm");
        tool.aws.answer("DescribeStreamSummary", Streams.summary(2, "PROVISIONED"));
        usage(List.of(62_914_560.0, 31_457_280.0), List.of(60_000.0), List.of(), List.of());
        alarms("OK");
    }

    @AfterEach
    void close() {
        tool.close();
    }

    private void usage(List<Double> bytesIn, List<Double> recordsIn, List<Double> bytesOut, List<Double> throttled) {
        tool.aws.answer(
                "GetMetricData",
                Map.of(
                        "MetricDataResults",
                        List.of(
                                Map.of("Id", "bytes_in", "Values", bytesIn),
                                Map.of("Id", "records_in", "Values", recordsIn),
                                Map.of("Id", "bytes_out", "Values", bytesOut),
                                Map.of("Id", "throttled_writes", "Values", throttled))));
    }

    private void alarms(String state) {
        tool.aws.answer(
                "DescribeAlarms",
                Map.of(
                        "MetricAlarms",
                        List.of(
                                Map.of(
                                        "AlarmName",
                                        "logs-WriteBytesAlarm",
                                        "StateValue",
                                        state,
                                        "StateReason",
                                        "3 of 5 were above 90"),
                                Map.of(
                                        "AlarmName",
                                        "logs-WriteThrottledAlarm",
                                        "StateValue",
                                        "OK",
                                        "StateReason",
                                        "none"))));
    }

    @Test
    void aStreamThatIsHalfUsed() throws IOException {
        Tool.Outcome outcome = tool.run("status", "logs");

        Golden.check("status.txt", outcome.out());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void whatNeedsAttention() throws IOException {
        usage(List.of(125_829_120.0), List.of(1.0), List.of(300_000_000.0), List.of(5.0, 7.0));
        alarms("ALARM");
        stack.parameter("ShardCount", "4").drift("DRIFTED");
        Tool.Outcome outcome = tool.run("status", "logs", "--drift");

        Golden.check("status-attention.txt", outcome.out());
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.ATTENTION);
    }

    @Test
    void eachOfThemAloneIsEnough() {
        assertThat(tool.run("status", "logs").exitCode()).isEqualTo(ExitCode.OK);
        alarms("ALARM");
        assertThat(tool.run("status", "logs").exitCode()).isEqualTo(ExitCode.ATTENTION);
        alarms("OK");
        usage(List.of(), List.of(), List.of(), List.of(1.0));
        assertThat(tool.run("status", "logs").exitCode()).isEqualTo(ExitCode.OK);
        stack.parameter("ShardCount", "3");
        assertThat(tool.run("status", "logs").exitCode()).isEqualTo(ExitCode.ATTENTION);
        stack.parameter("ShardCount", "2").drift("DRIFTED");
        assertThat(tool.run("status", "logs").exitCode()).isEqualTo(ExitCode.ATTENTION);
    }

    @Test
    void onDemandHasNoBars() throws IOException {
        tool.aws.answer("DescribeStreamSummary", Streams.summary(4, "ON_DEMAND"));
        Tool.Outcome outcome = tool.run("status", "logs");

        Golden.check("status-on-demand.txt", outcome.out());
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aFailedStackIsShownAsSuch() {
        tool.aws.stack("half", "UPDATE_ROLLBACK_FAILED");
        Tool.Outcome outcome = tool.run("status", "half");

        assertThat(outcome.out()).startsWith("half is UPDATE_ROLLBACK_FAILED, changed 2026-03-01T12:00:00Z\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.STACK_FAILED);
    }

    @Test
    void forProgramsItIsOneObject() throws IOException {
        JsonNode status =
                new ObjectMapper().readTree(tool.run("status", "logs", "--json").out());

        assertThat(status.at("/stream/open_shards").asInt()).isEqualTo(2);
        assertThat(status.at("/busiest_minute/bytes_in").asDouble()).isEqualTo(62_914_560.0);
        assertThat(status.at("/alarms/0/state").asText()).isEqualTo("OK");
        assertThat(status.path("drift").asBoolean()).isFalse();
    }

    @Test
    void theListHasOursOnly() throws IOException {
        tool.aws.stack("else", "CREATE_COMPLETE");
        tool.aws.stack("agents", "UPDATE_IN_PROGRESS").launchedFrom("agent-role");

        Golden.check("list.txt", tool.run("list").out());
        assertThat(tool.run("list", "--json").out().lines()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0     | [....................]   0 %
            0.001 | [#...................]   0 %
            0.5   | [##########..........]  50 %
            0.999 | [###################.]  99 %
            1     | [####################] 100 %
            2.5   | [####################] 250 %
            """)
    void barsShowShares(double share, String bar) {
        assertThat(StatusText.bar(share)).isEqualTo(bar);
    }
}
