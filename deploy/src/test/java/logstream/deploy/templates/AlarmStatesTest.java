package logstream.deploy.templates;

import static logstream.deploy.templates.Alarm.State.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The alarms of kinesis.yaml, as they come out of the template, over made-up metrics. In the tables a series is the minutes' values, the
 * newest last: a number, {@code -} for a minute without data, {@code 90x3} for three of the same.
 */
class AlarmStatesTest {
    private static final double MINUTE_OF_BYTES_IN = 60 * 1024 * 1024;
    private static final double MINUTE_OF_RECORDS_IN = 60 * 1000;
    private static final double MINUTE_OF_BYTES_OUT = 60 * 2 * 1024 * 1024;
    private static final double HOUR = 3_600_000;

    private static Alarm alarm(String name, Map<String, String> parameters) {
        Map<String, String> all = new HashMap<>(parameters);
        all.put("AlertMail", "ops@example.com");
        all.put("FanOutConsumer", "search");
        return new Alarm(new ResolvedStack(WrittenTemplate.of("kinesis"), all).properties(name));
    }

    private static List<Optional<Double>> points(String series, double unit) {
        List<Optional<Double>> points = new ArrayList<>();
        for (String each : series.split(" ", -1)) {
            String[] valueAndTimes = each.split("x", -1);
            Optional<Double> value = valueAndTimes[0].equals("-")
                    ? Optional.empty()
                    : Optional.of(Double.parseDouble(valueAndTimes[0]) * unit);
            int times = valueAndTimes.length == 1 ? 1 : Integer.parseInt(valueAndTimes[1]);
            points.addAll(Collections.nCopies(times, value));
        }
        return points;
    }

    private static Alarm.State state(
            Alarm alarm, Alarm.State before, String metric, String statistic, List<Optional<Double>> points) {
        return alarm.after(before, List.of(new Alarm.Series(metric, statistic, points)));
    }

    /** The series is in percent of what two shards take or give. */
    @ParameterizedTest(name = "{0} shards, {1}: {2}")
    @CsvSource({
        // below, at and above
        "2, 0x5,                     OK",
        "2, 89.9x5,                  OK",
        "2, 90x5,                    ALARM",
        "2, 95x5,                    ALARM",
        "2, 150x5,                   ALARM",
        // three of five minutes
        "2, 10 10 90 90 90,          ALARM",
        "2, 90 10 90 10 90,          ALARM",
        "2, 100 100 10 10 10,        OK",
        "2, 10 10 10 10 100,         OK",
        // an idle stream has no data
        "2, -x5,                     OK",
        "2, - - 95 95 95,            ALARM",
        "2, 95 - 95 - 95,            ALARM",
        "2, - - - 95 95,             OK",
        // after resharding: the same traffic against other shards
        "10, 95x5,                   OK",
        "10, 449x5,                  OK",
        "10, 450x5,                  ALARM",
        "1, 44.9x5,                  OK",
        "1, 45x5,                    ALARM",
        "4, 95x5,                    OK",
        "3, 140x5,                   ALARM",
    })
    void capacityOfWritesAndReads(int shards, String percentOfTwo, Alarm.State expected) {
        Map<String, String> parameters = Map.of("ShardCount", Integer.toString(shards));
        Map<String, Double> oneShard = Map.of(
                "WriteBytesAlarm IncomingBytes", MINUTE_OF_BYTES_IN,
                "WriteRecordsAlarm IncomingRecords", MINUTE_OF_RECORDS_IN,
                "ReadBytesAlarm GetRecords.Bytes", MINUTE_OF_BYTES_OUT);

        oneShard.forEach((names, capacity) -> {
            String[] alarmAndMetric = names.split(" ", -1);
            List<Optional<Double>> points = points(percentOfTwo, 2 * capacity / 100);
            assertThat(state(alarm(alarmAndMetric[0], parameters), OK, alarmAndMetric[1], "Sum", points))
                    .as(names)
                    .isEqualTo(expected);
        });
    }

    /** Agents find the limit by being throttled now and then. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "0x15,                       OK",
        "-x15,                       OK",
        "5000 0x14,                  OK",
        "1x9 0x6,                    OK",
        "1x10 0x5,                   ALARM",
        "-x5 1x10,                   ALARM",
        "1x5 -x5 1x5,                ALARM",
        "-x6 1x9,                    OK",
        "5000x15,                    ALARM",
    })
    void throttling(String refused, Alarm.State expected) {
        Map<String, String> metrics = Map.of(
                "WriteThrottledAlarm", "WriteProvisionedThroughputExceeded",
                "ReadThrottledAlarm", "ReadProvisionedThroughputExceeded");
        for (String mode : List.of("PROVISIONED", "ON_DEMAND")) {
            metrics.forEach((name, metric) -> {
                Alarm alarm = alarm(name, Map.of("StreamMode", mode));
                assertThat(state(alarm, OK, metric, "Sum", points(refused, 1)))
                        .as(name)
                        .isEqualTo(expected);
            });
        }
    }

    /** The series is the age in hours. A consumer that reads nothing has none. */
    @ParameterizedTest(name = "{0} h kept, {1} before, {2}: {3}")
    @CsvSource({
        "24, OK,                0x5,                    OK",
        "24, OK,                11.9x5,                 OK",
        "24, OK,                12x5,                   ALARM",
        "24, OK,                23x5,                   ALARM",
        "24, OK,                11 11 12 12 12,         ALARM",
        "24, OK,                11 11 11 12 12,         OK",
        "24, ALARM,             0.1x5,                  OK",
        // a longer retention gives time
        "48, ALARM,             23.9x5,                 OK",
        "48, OK,                24x5,                   ALARM",
        "168, ALARM,            23x5,                   OK",
        // one that stopped reading is not well again
        "24, ALARM,             -x5,                    ALARM",
        "24, OK,                -x5,                    OK",
        "24, INSUFFICIENT_DATA, -x5,                    INSUFFICIENT_DATA",
        "24, OK,                - - 13x3,               ALARM",
    })
    void consumersBehind(int retention, Alarm.State before, String hours, Alarm.State expected) {
        Map<String, String> metrics = Map.of(
                "IteratorAgeAlarm", "GetRecords.IteratorAgeMilliseconds",
                "FanOutAgeAlarm", "SubscribeToShardEvent.MillisBehindLatest");
        metrics.forEach((name, metric) -> {
            Alarm alarm = alarm(name, Map.of("RetentionHours", Integer.toString(retention)));
            assertThat(state(alarm, before, metric, "Maximum", points(hours, HOUR)))
                    .as(name)
                    .isEqualTo(expected);
        });
    }

    @Test
    void alarmsWatchThisStream() {
        for (JsonNode alarm : new ResolvedStack(
                        WrittenTemplate.of("kinesis"),
                        Map.of("AlertMail", "ops@example.com", "FanOutConsumer", "search"))
                .ofType("AWS::CloudWatch::Alarm")
                .values()) {
            List<String> dimensions = WrittenTemplate.objectsIn(alarm)
                    .filter(each -> each.has("Dimensions"))
                    .map(each -> each.path("Dimensions").toString())
                    .toList();
            boolean ofConsumer = alarm.toString().contains("SubscribeToShardEvent");
            assertThat(dimensions)
                    .containsExactly("[{\"Name\":\"StreamName\",\"Value\":\"<Stream>\"}"
                            + (ofConsumer ? ",{\"Name\":\"ConsumerName\",\"Value\":\"search\"}]" : "]"));
        }
    }

    /** CloudWatch wants one series out of an alarm, and ids that begin with a small letter. */
    @Test
    void expressionsAreAsCloudWatchWantsThem() {
        for (String name : List.of(
                "WriteBytesAlarm", "WriteRecordsAlarm", "ReadBytesAlarm", "IteratorAgeAlarm", "FanOutAgeAlarm")) {
            JsonNode metrics = alarm(name, Map.of()).properties().path("Metrics");
            assertThat(metrics)
                    .filteredOn(each -> each.path("ReturnData").asBoolean())
                    .hasSize(1);
            assertThat(metrics)
                    .allSatisfy(each -> assertThat(each.path("Id").asText()).matches("[a-z][A-Za-z0-9_]*"));
            assertThat(metrics).allMatch(each -> each.has("Expression") != each.has("MetricStat"));
        }
    }

    @Test
    void theEvaluatorCalculates() {
        Map<String, Optional<Double>> points = Map.of("a", Optional.of(6.0), "none", Optional.empty());
        Map<String, Integer> periods = Map.of("a", 60);

        assertThat(MetricExpression.evaluate("1 + 2 * a - 4 / (1 + 1)", points, periods)
                        .orElseThrow())
                .isCloseTo(11, within(1e-9));
        assertThat(MetricExpression.evaluate("a / PERIOD(a)", points, periods).orElseThrow())
                .isCloseTo(0.1, within(1e-9));
        assertThat(MetricExpression.evaluate("1 + none", points, periods)).isEmpty();
        assertThat(MetricExpression.evaluate("a / 0", points, periods)).isEmpty();
        for (String wrong : List.of("a +", "(a", "b", "a a", "MAX(a)", "")) {
            assertThatThrownBy(() -> MetricExpression.evaluate(wrong, points, periods))
                    .as(wrong)
                    .isInstanceOf(AssertionError.class);
        }
    }
}
