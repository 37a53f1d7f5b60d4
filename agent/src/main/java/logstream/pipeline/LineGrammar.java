package logstream.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import logstream.pipeline.MultilineRule.Preset;
import logstream.pipeline.MultilineRule.Start;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of each line whether it goes on with the paragraph before, or begins one: a small automaton, whose state is that of
 * the paragraph.
 *
 * <p>Only the beginning of a line is looked at, {@link #MOST_LOOKED_AT} bytes. The presets' expressions take time in proportion to
 * that; one of the operator's gets a bounded number of steps, and a line that takes more begins a paragraph.
 *
 * <p>Threading: immutable.
 */
final class LineGrammar {
    private static final Logger log = LoggerFactory.getLogger(LineGrammar.class);

    /** Bytes at the beginning of a line. Our choice: more than time, level, thread and logger. */
    static final int MOST_LOOKED_AT = 256;

    /** Characters that an expression of the operator's may look at, the same ones again included: well below a millisecond. */
    private static final int MOST_STEPS = 50_000;

    /** The line begins another paragraph. */
    static final int OTHER = -1;

    /** The state behind a first line that says nothing of what follows. */
    private static final int PLAIN = 0;

    /** A line that begins so leads from one state to another. */
    private record Step(int from, Pattern line, int to) {}

    /** What a first line that begins so says of what follows. */
    private record First(Pattern line, int to) {}

    private final List<First> firsts;
    private final List<Step> steps;

    /** What the first line of a paragraph begins with; where there is none, the steps tell. */
    private final Optional<Pattern> start;

    private LineGrammar(List<First> firsts, List<Step> steps, Optional<Pattern> start) {
        this.firsts = firsts;
        this.steps = steps;
        this.start = start;
    }

    /**
     * What a rule asks for.
     *
     * @throws IllegalArgumentException with a sentence when its regular expression is none
     */
    static LineGrammar of(MultilineRule.Grammar grammar) {
        return switch (grammar) {
            case Preset preset ->
                switch (preset) {
                    case JAVA -> java();
                    case PYTHON -> python();
                    case GO -> go();
                    case INDENTED -> new Table().step("[ \\t]", PLAIN, PLAIN).grammar();
                };
            case Start(String regex) -> new LineGrammar(List.of(), List.of(), Optional.of(compile(regex)));
        };
    }

    private static Pattern compile(String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("\"" + regex + "\" is no regular expression: " + e.getDescription(), e);
        }
    }

    /** The state behind the first line of a paragraph. */
    int first(String line) {
        for (First first : firsts) {
            if (first.line.matcher(line).lookingAt()) {
                return first.to;
            }
        }
        return PLAIN;
    }

    /** The state behind a line, or {@link #OTHER}. */
    int next(int state, String line) {
        if (start.isPresent()) {
            return begins(start.get(), line) ? OTHER : state;
        }
        for (Step step : steps) {
            if (step.from == state && step.line.matcher(line).lookingAt()) {
                return step.to;
            }
        }
        return OTHER;
    }

    private static boolean begins(Pattern pattern, String line) {
        try {
            return pattern.matcher(new Steps(line)).lookingAt();
        } catch (TooManyStepsException e) {
            log.warn(
                    "record.multiline: \"{}\" takes too long on a line, which is taken as the beginning of a record; write it with"
                            + " fewer repetitions",
                    pattern);
            return true;
        }
    }

    /** A line that was logged, then the exception, then its trace. */
    private static LineGrammar java() {
        int exception = 1;
        int trace = 2;
        String name = "(?:[A-Za-z_$][\\w$]*+\\.)++[A-Za-z_$][\\w$]*+(?<=Exception|Error|Throwable)(?::|\\s*+$)";
        String frame = "[ \\t]++(?:at |\\.{3} \\d)";
        String another = "[ \\t]*+(?:Caused by: |Suppressed: |Wrapped by: |\\[CIRCULAR REFERENCE)";
        return new Table()
                .first(name + "|Exception in thread ", exception)
                .step(name, exception, PLAIN)
                .step(frame, trace, PLAIN, exception, trace)
                .step(another, trace, PLAIN, exception, trace)
                .grammar();
    }

    /** A line that was logged, then the frames, then the exception; and the same again for those that came of it. */
    private static LineGrammar python() {
        int trace = 1;
        int done = 2;
        int chained = 3;
        int group = 4;
        String groups = "[ \\t]*+\\+ Exception Group Traceback ";
        String traceback = "Traceback \\(most recent call last\\):";
        return new Table()
                .first(traceback, trace)
                .first(groups, group)
                .step(traceback, trace, PLAIN, chained)
                .step(groups, group, PLAIN, chained)
                .step(groups, OTHER, done, group)
                .step("[ \\t]", trace, trace)
                // The exception, whatever it is called: the first line that is not indented.
                .step("\\S", done, trace)
                .step("[ \\t]|$", done, done)
                .step("During handling of the above |The above exception was the direct ", chained, done)
                .step("$", chained, chained)
                // All of it, the exceptions too, is indented.
                .step("[ \\t]", group, group)
                .grammar();
    }

    private static LineGrammar go() {
        int panic = 1;
        int stack = 2;
        String goroutine = "goroutine \\d++ |runtime stack:";
        return new Table()
                .first("panic: |fatal error: |.*: panic serving ", panic)
                .first(goroutine, stack)
                .step(goroutine, stack, panic, stack)
                .step("$|[ \\t]|\\[signal |panic: ", panic, panic)
                .step("$|[ \\t]|created by |\\.{3}|exit status \\d|[a-z][a-z0-9]{1,5} ++0x", stack, stack)
                // A function and its arguments, such as main.(*server).run(0xc000010000, {0x1, 0x2}).
                .step("[^\\s(]++\\((?:.*\\)$|.{200})", stack, stack)
                .grammar();
    }

    private static final class Table {
        private final List<First> firsts = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();

        Table first(String regex, int to) {
            firsts.add(new First(Pattern.compile(regex), to));
            return this;
        }

        Table step(String regex, int to, int... from) {
            Pattern line = Pattern.compile(regex);
            for (int state : from) {
                steps.add(new Step(state, line, to));
            }
            return this;
        }

        LineGrammar grammar() {
            return new LineGrammar(List.copyOf(firsts), List.copyOf(steps), Optional.empty());
        }
    }

    /** A line that is looked at a bounded number of times. */
    private static final class Steps implements CharSequence {
        private final String line;
        private int left = MOST_STEPS;

        Steps(String line) {
            this.line = line;
        }

        @Override
        public char charAt(int index) {
            if (left-- == 0) {
                throw new TooManyStepsException();
            }
            return line.charAt(index);
        }

        @Override
        public int length() {
            return line.length();
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return line.subSequence(from, to);
        }

        @Override
        public String toString() {
            return line;
        }
    }

    /** No bug: what the operator wrote and what a container wrote do not go together. */
    private static final class TooManyStepsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyStepsException() {
            super("too many steps", null, false, false);
        }
    }
}
