package logstream.migration;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.migration.FluentdElement.Parameter;

/**
 * What becomes of a section's parameters: one rule for each name that is known.
 *
 * <p>Threading: immutable.
 */
final class ParameterRules {
    /** Parameters that any section of fluentd may have, and that mean nothing here. */
    private static final List<String> GENERAL = List.of("@type", "type", "@id", "id", "@log_level", "log_level");

    /** As fluentd reads sizes: powers of 1024, a bare number is bytes. */
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kKmMgGtT]?)[bB]?");

    /** As fluentd reads durations: a bare number is seconds. */
    private static final Pattern TIME = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)([smhd]?)");

    private static final Map<String, Long> SIZE_FACTOR =
            Map.of("", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30, "t", 1L << 40);
    private static final Map<String, Long> MILLIS =
            Map.of("", 1000L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private final Map<String, Rule> rules;

    ParameterRules(Map<String, Rule> rules) {
        this.rules = rules;
    }

    /** What becomes of one parameter. */
    interface Rule {
        void apply(Parameter parameter, ConvertedSettings out);
    }

    void apply(FluentdElement element, ConvertedSettings out) {
        for (Parameter parameter : element.parameters()) {
            Rule rule = rules.get(parameter.name());
            if (rule != null) {
                rule.apply(parameter, out);
            } else if (!GENERAL.contains(parameter.name())) {
                out.note(
                        parameter,
                        "This is not known here, in <" + element.name() + ">.",
                        "Look whether fluentd did anything with it, and whether a setting of Logstream does the same.");
            }
        }
    }

    /** The same text. */
    static Rule to(String key) {
        return (parameter, out) -> out.text(key, parameter);
    }

    /** It is so anyway. */
    static Rule fine() {
        return (_, _) -> {};
    }

    /** It is otherwise here, and that needs nobody. */
    static Rule differs(String why) {
        return (parameter, out) -> out.note(parameter, why, "");
    }

    static Rule lost(String why, String todo) {
        return (parameter, out) -> out.note(parameter, why, todo);
    }

    /** Fine as the flag that it is by default here; else another rule. */
    static Rule flag(boolean fine, Rule otherwise) {
        return (parameter, out) -> {
            if (isTrue(parameter) != fine) {
                otherwise.apply(parameter, out);
            }
        };
    }

    /** Fine with this value; else another rule. */
    static Rule fineAs(List<String> values, Rule otherwise) {
        return (parameter, out) -> {
            if (!values.contains(parameter.text())) {
                otherwise.apply(parameter, out);
            }
        };
    }

    static boolean isTrue(Parameter parameter) {
        return parameter.text().equals("true") || parameter.text().equals("yes");
    }

    /** A whole number; one beyond the bounds becomes the bound, with a note. */
    static Rule count(String key, long least, long most) {
        return (parameter, out) -> {
            String text = parameter.text();
            if (!text.matches("\\d{1,15}")) {
                out.note(parameter, "It is no whole number.", "Set " + key + " yourself.");
                return;
            }
            out.set(key, Long.toString(bounded(Long.parseLong(text), least, most, parameter, key, out)), parameter);
        };
    }

    /** A size, as bytes with a unit. */
    static Rule size(String key, long least, long most) {
        return (parameter, out) -> bytes(parameter)
                .ifPresentOrElse(
                        bytes -> out.set(key, shownSize(bounded(bytes, least, most, parameter, key, out)), parameter),
                        () -> out.note(parameter, "It is no size.", "Set " + key + " yourself."));
    }

    /** A duration; bounds in milliseconds. */
    static Rule time(String key, long leastMillis, long mostMillis) {
        return (parameter, out) -> millis(parameter.text())
                .ifPresentOrElse(
                        millis -> out.set(
                                key,
                                shownTime(bounded(millis, leastMillis, mostMillis, parameter, key, out)),
                                parameter),
                        () -> out.note(parameter, "It is no duration.", "Set " + key + " yourself."));
    }

    static Optional<Long> bytes(Parameter parameter) {
        Matcher matcher = SIZE.matcher(parameter.text());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long factor = SIZE_FACTOR.getOrDefault(matcher.group(2).toLowerCase(Locale.ROOT), 1L);
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE / factor ? Optional.empty() : Optional.of(number * factor);
    }

    private static Optional<Long> millis(String text) {
        Matcher matcher = TIME.matcher(text);
        return matcher.matches()
                ? Optional.of(new BigDecimal(matcher.group(1))
                        .multiply(BigDecimal.valueOf(MILLIS.getOrDefault(matcher.group(2), 1000L)))
                        .longValue())
                : Optional.empty();
    }

    private static long bounded(
            long value, long least, long most, Parameter parameter, String key, ConvertedSettings out) {
        long bounded = Math.clamp(value, least, most);
        if (bounded != value) {
            out.note(
                    parameter,
                    key + " is " + (value < least ? "never less" : "never more") + " than what now stands there.",
                    "See that this is right.");
        }
        return bounded;
    }

    static String shownSize(long bytes) {
        if (bytes > 0 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes > 0 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : Long.toString(bytes);
    }

    private static String shownTime(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
