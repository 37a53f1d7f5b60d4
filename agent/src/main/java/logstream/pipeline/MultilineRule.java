package logstream.pipeline;

import java.time.Duration;
import java.util.List;

/**
 * Lines with which tags belong together, as the operator asks for it.
 *
 * @param tags patterns in fluentd's syntax
 * @param grammar which lines belong to the one before
 * @param timeout from a line to the end of its paragraph, when nothing more comes
 */
public record MultilineRule(List<String> tags, Grammar grammar, Duration timeout) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

    /** Which lines belong to the one before. */
    public sealed interface Grammar {}

    /** Those of a known kind of stack trace. */
    public enum Preset implements Grammar {
        /** Java's and Node.js's traces, with the line that was logged before. */
        JAVA,
        /** Python's tracebacks, chained ones too, with the line that was logged before. */
        PYTHON,
        /** Go's panics, with the traces of their goroutines. */
        GO,
        /** Whatever begins with white space. */
        INDENTED
    }

    /**
     * Those that do not begin with what a regular expression matches.
     *
     * @param regex in Java's syntax
     */
    public record Start(String regex) implements Grammar {}
}
