package logstream.deploy.templates;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A parameter as a template declares it, and what it takes.
 *
 * @param type CloudFormation's: {@code String}, {@code Number}, {@code CommaDelimitedList}, ...
 * @param defaultValue empty when the parameter must be given
 * @param hidden NoEcho: its values are never shown
 */
public record StackParameter(
        String name,
        String type,
        String description,
        Optional<String> defaultValue,
        List<String> allowedValues,
        Optional<Pattern> allowedPattern,
        Bounds value,
        Bounds length,
        Optional<String> constraint,
        boolean hidden) {

    /** Inclusive; empty where there is no bound. */
    public record Bounds(Optional<BigDecimal> least, Optional<BigDecimal> most) {
        private Optional<String> problem(BigDecimal number) {
            if (least.isPresent() && number.compareTo(least.get()) < 0) {
                return Optional.of("less than " + least.get().toPlainString());
            }
            if (most.isPresent() && number.compareTo(most.get()) > 0) {
                return Optional.of("more than " + most.get().toPlainString());
            }
            return Optional.empty();
        }
    }

    /** What is wrong with a value, as the end of a sentence that begins with the value; CloudFormation would say it later. */
    public Optional<String> problem(String given) {
        Optional<String> problem = type.equals("Number") ? ofNumber(given) : ofText(given);
        if (problem.isEmpty() && !allowedValues.isEmpty() && !allowedValues.contains(given)) {
            problem = Optional.of("is none of " + String.join(", ", allowedValues));
        }
        return problem.map(said -> said + constraint.map(rule -> ": " + rule).orElse(""));
    }

    private Optional<String> ofNumber(String given) {
        try {
            return value.problem(new BigDecimal(given)).map(said -> "is " + said);
        } catch (NumberFormatException _) {
            return Optional.of("is no number");
        }
    }

    private Optional<String> ofText(String given) {
        if (!type.equals("String")) {
            return Optional.empty();
        }
        Optional<String> wrongLength =
                length.problem(BigDecimal.valueOf(given.length())).map(said -> "has " + said + " characters");
        if (wrongLength.isPresent()) {
            return wrongLength;
        }
        boolean matches =
                allowedPattern.map(pattern -> pattern.matcher(given).matches()).orElse(true);
        return matches ? Optional.empty() : Optional.of("does not match " + allowedPattern.orElseThrow());
    }
}
