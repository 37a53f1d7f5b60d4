package logstream.deploy.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import logstream.deploy.stacks.CallFailure;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataResponse;
import software.amazon.awssdk.services.cloudwatch.model.Metric;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;

/** What CloudWatch knows: how much of a stream is used, and which alarms ring. */
public final class Figures {
    /** How far {@link #usage} looks back. CloudWatch has a minute's figures two or three minutes later. */
    public static final Duration WINDOW = Duration.ofMinutes(15);

    private static final int MINUTE = 60;
    /** DescribeAlarms takes no more names at once. */
    private static final int ALARMS_AT_ONCE = 100;

    // Sums: CloudWatch's averages are per call, and say nothing of capacity.
    private static final Map<String, String> METRICS = Map.of(
            "bytes_in", "IncomingBytes",
            "records_in", "IncomingRecords",
            "bytes_out", "GetRecords.Bytes",
            "throttled_writes", "WriteProvisionedThroughputExceeded",
            "throttled_reads", "ReadProvisionedThroughputExceeded");

    private final CloudWatchClient client;
    private final Calls calls;

    Figures(CloudWatchClient client, Calls calls) {
        this.client = client;
        this.calls = calls;
    }

    /**
     * What went through a stream until now.
     *
     * @param now the end of the minutes that are looked at
     */
    public Usage usage(String stream, Instant now) throws CallFailure {
        List<MetricDataQuery> queries = METRICS.entrySet().stream()
                .map(one -> query(one.getKey(), one.getValue(), stream))
                .toList();
        GetMetricDataResponse answer = calls.call(
                "read how much of the stream " + stream + " is used",
                () -> client.getMetricData(ask -> ask.metricDataQueries(queries)
                        .startTime(now.minus(WINDOW))
                        .endTime(now)));
        Map<String, List<Double>> values = new HashMap<>();
        answer.metricDataResults().forEach(result -> values.put(result.id(), result.values()));
        return new Usage(
                most(values, "bytes_in"),
                most(values, "records_in"),
                most(values, "bytes_out"),
                sum(values, "throttled_writes"),
                sum(values, "throttled_reads"));
    }

    /** Those of the named alarms that there are. */
    public List<Alarm> alarms(List<String> names) throws CallFailure {
        List<Alarm> alarms = new ArrayList<>();
        for (int from = 0; from < names.size(); from += ALARMS_AT_ONCE) {
            List<String> some = names.subList(from, Math.min(names.size(), from + ALARMS_AT_ONCE));
            calls.call(
                            "look at the alarms",
                            () -> client.describeAlarms(ask -> ask.alarmNames(some)
                                    .alarmTypes(AlarmType.METRIC_ALARM, AlarmType.COMPOSITE_ALARM)
                                    .maxRecords(ALARMS_AT_ONCE)))
                    .metricAlarms()
                    .forEach(
                            one -> alarms.add(new Alarm(one.alarmName(), one.stateValueAsString(), one.stateReason())));
        }
        return List.copyOf(alarms);
    }

    private static MetricDataQuery query(String id, String metric, String stream) {
        Metric named = Metric.builder()
                .namespace("AWS/Kinesis")
                .metricName(metric)
                .dimensions(Dimension.builder().name("StreamName").value(stream).build())
                .build();
        return MetricDataQuery.builder()
                .id(id)
                .metricStat(stat -> stat.metric(named).period(MINUTE).stat("Sum"))
                .build();
    }

    private static double most(Map<String, List<Double>> values, String id) {
        return values.getOrDefault(id, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    private static double sum(Map<String, List<Double>> values, String id) {
        return values.getOrDefault(id, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }
}
