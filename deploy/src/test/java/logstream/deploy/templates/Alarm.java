package logstream.deploy.templates;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An alarm as CloudWatch evaluates it, on the last {@code EvaluationPeriods} data points. (CloudWatch also looks at some older ones when
 * newer are missing; no state in the tests hangs on that.)
 */
record Alarm(JsonNode properties) {
    enum State {
        OK,
        ALARM,
        INSUFFICIENT_DATA
    }

    /** The data points of a metric with one statistic, a minute each, the newest last. */
    record Series(String metric, String statistic, List<Optional<Double>> points) {}

    /** The state that follows {@code before} when the metrics are these. */
    State after(State before, List<Series> metrics) {
        List<Optional<Double>> values = values(metrics);
        int evaluated = properties.path("EvaluationPeriods").asInt();
        if (values.size() != evaluated) {
            throw new AssertionError(evaluated + " points are evaluated, not " + values.size());
        }
        long missing = values.stream().filter(Optional::isEmpty).count();
        long breaching =
                values.stream().flatMap(Optional::stream).filter(this::breaches).count();
        int wanted = properties.path("DatapointsToAlarm").asInt(evaluated);
        return switch (properties.path("TreatMissingData").asText()) {
            case "notBreaching" -> breaching >= wanted ? State.ALARM : State.OK;
            case "ignore" -> breaching >= wanted ? State.ALARM : missing == evaluated ? before : State.OK;
            default -> throw new AssertionError("no alarm here treats missing data so");
        };
    }

    private boolean breaches(double value) {
        double threshold = properties.path("Threshold").asDouble();
        return switch (properties.path("ComparisonOperator").asText()) {
            case "GreaterThanOrEqualToThreshold" -> value >= threshold;
            case "GreaterThanThreshold" -> value > threshold;
            default -> throw new AssertionError("no alarm here compares so");
        };
    }

    private List<Optional<Double>> values(List<Series> metrics) {
        if (!properties.has("Metrics")) {
            return series(
                    metrics,
                    properties,
                    properties.path("Statistic").asText(),
                    properties.path("Period").asInt());
        }
        Map<String, List<Optional<Double>>> byId = new HashMap<>();
        Map<String, Integer> periods = new HashMap<>();
        String expression = "";
        for (JsonNode each : properties.path("Metrics")) {
            JsonNode stat = each.path("MetricStat");
            if (each.path("ReturnData").asBoolean()) {
                expression = each.path("Expression").asText();
            } else {
                String id = each.path("Id").asText();
                int period = stat.path("Period").asInt();
                periods.put(id, period);
                byId.put(
                        id,
                        series(metrics, stat.path("Metric"), stat.path("Stat").asText(), period));
            }
        }
        String computed = expression;
        int points = byId.values().iterator().next().size();
        return IntStream.range(0, points)
                .mapToObj(i -> {
                    Map<String, Optional<Double>> at = new HashMap<>();
                    byId.forEach((id, series) -> at.put(id, series.get(i)));
                    return MetricExpression.evaluate(computed, at, periods);
                })
                .toList();
    }

    private static List<Optional<Double>> series(List<Series> all, JsonNode metric, String statistic, int period) {
        if (period != 60 || !metric.path("Namespace").asText().equals("AWS/Kinesis")) {
            throw new AssertionError("the series are of minutes of AWS/Kinesis, not " + period + " s of " + metric);
        }
        return all.stream()
                .filter(each -> each.metric().equals(metric.path("MetricName").asText()))
                .filter(each -> each.statistic().equals(statistic))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + statistic + " of " + metric))
                .points();
    }
}
