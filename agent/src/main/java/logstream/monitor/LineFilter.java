package logstream.monitor;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.function.Function;
import logstream.tail.Glob;
import logstream.tail.LogRecord;

/**
 * Which lines a viewer wants to see.
 *
 * <p>The expression is matched in time proportional to the line (RE2), whatever it is: a viewer must not be able to occupy a
 * core.
 *
 * <p>Threading: confined to one thread.
 *
 * @param tag pattern of tags
 * @param container pattern of containers' names
 * @param grep expression that is found somewhere in the line
 */
record LineFilter(Optional<Glob> tag, Optional<Glob> container, Optional<Pattern> grep) {
    private static final int MOST_CHARACTERS = 200;

    /** An address asked for what cannot be. */
    static final class WrongFilterException extends Exception {
        private static final long serialVersionUID = 1;

        WrongFilterException(String message) {
            super(message);
        }
    }

    /** Reads the parameters {@code tag}, {@code container} and {@code grep}. */
    static LineFilter of(Function<String, Optional<String>> parameter) throws WrongFilterException {
        Optional<String> grep = bounded(parameter, "grep");
        try {
            return new LineFilter(
                    bounded(parameter, "tag").map(Glob::new),
                    bounded(parameter, "container").map(Glob::new),
                    grep.map(Pattern::compile));
        } catch (PatternSyntaxException e) {
            throw new WrongFilterException(
                    "grep=" + grep.orElse("") + " is no regular expression of RE2: " + e.getMessage());
        }
    }

    private static Optional<String> bounded(Function<String, Optional<String>> parameter, String name)
            throws WrongFilterException {
        Optional<String> text = parameter.apply(name);
        if (text.isPresent() && text.get().length() > MOST_CHARACTERS) {
            throw new WrongFilterException(name + " is longer than " + MOST_CHARACTERS + " characters");
        }
        return text;
    }

    boolean wants(LogRecord line) {
        return (tag.isEmpty() || tag.get().matches(line.tag()))
                && (container.isEmpty() || container.get().matches(line.container()))
                && (grep.isEmpty() || grep.get().matcher(line.log()).find());
    }

    /** Whether it wants whatever there is, also what is no log line. */
    boolean wantsAll() {
        return tag.isEmpty() && container.isEmpty() && grep.isEmpty();
    }
}
