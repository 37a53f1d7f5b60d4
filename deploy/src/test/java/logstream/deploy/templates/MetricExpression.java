package logstream.deploy.templates;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of CloudWatch's metric math that the alarms use: numbers, metrics by their id, {@code PERIOD(id)}, {@code + - * /} and
 * parentheses. Where a metric has no data point, or is divided by zero, neither has the expression.
 */
final class MetricExpression {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(PERIOD\\((\\w+)\\)|[a-z]\\w*|\\d+(?:\\.\\d+)?|[-+*/()])");

    private final String text;
    private final Matcher tokens;
    private final Map<String, Optional<Double>> points;
    private final Map<String, Integer> periods;
    private String token = "";
    private String periodOf = "";

    private MetricExpression(String text, Map<String, Optional<Double>> points, Map<String, Integer> periods) {
        this.text = text;
        this.tokens = TOKEN.matcher(text);
        this.points = points;
        this.periods = periods;
    }

    /**
     * Its value at one time.
     *
     * @param points each metric's data point of that time, by id, if it has one
     * @param periods each metric's period in seconds, by id
     */
    static Optional<Double> evaluate(String text, Map<String, Optional<Double>> points, Map<String, Integer> periods) {
        MetricExpression expression = new MetricExpression(text, points, periods);
        expression.next();
        Optional<Double> value = expression.sum();
        if (!expression.token.isEmpty()) {
            throw expression.wrong();
        }
        return value.filter(Double::isFinite);
    }

    private Optional<Double> sum() {
        Optional<Double> value = product();
        while (token.equals("+") || token.equals("-")) {
            int sign = token.equals("+") ? 1 : -1;
            next();
            Optional<Double> other = product();
            value = value.flatMap(left -> other.map(right -> left + sign * right));
        }
        return value;
    }

    private Optional<Double> product() {
        Optional<Double> value = operand();
        while (token.equals("*") || token.equals("/")) {
            boolean times = token.equals("*");
            next();
            Optional<Double> other = operand();
            value = value.flatMap(left -> other.map(right -> times ? left * right : left / right));
        }
        return value;
    }

    private Optional<Double> operand() {
        String operand = token;
        if (operand.equals("(")) {
            next();
            Optional<Double> value = sum();
            if (!token.equals(")")) {
                throw wrong();
            }
            next();
            return value;
        }
        if (operand.startsWith("PERIOD(")) {
            int period = known(periods, periodOf);
            next();
            return Optional.of((double) period);
        }
        if (operand.matches("[a-z]\\w*")) {
            Optional<Double> point = known(points, operand);
            next();
            return point;
        }
        if (operand.matches("\\d.*")) {
            next();
            return Optional.of(Double.valueOf(operand));
        }
        throw wrong();
    }

    private <T> T known(Map<String, T> values, String id) {
        return Optional.ofNullable(values.get(id))
                .orElseThrow(() -> new AssertionError("no metric " + id + " in " + text));
    }

    private void next() {
        boolean more = tokens.lookingAt();
        if (!more && tokens.regionStart() < text.length()) {
            throw wrong();
        }
        token = more ? tokens.group(1) : "";
        periodOf = more ? Optional.ofNullable(tokens.group(2)).orElse("") : "";
        tokens.region(more ? tokens.end() : text.length(), text.length());
    }

    private AssertionError wrong() {
        return new AssertionError("not understood at " + tokens.regionStart() + ": " + text);
    }
}
