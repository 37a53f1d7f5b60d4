package logstream.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The patterns that a tag must match to be shipped, in fluentd's syntax.
 *
 * <p>Format: {@code *} is one part of a tag, {@code **} any number of parts, none included ({@code grid.**} matches
 * {@code grid}, too), parts being separated by dots; {@code {a,b}} is one of several; spaces separate patterns.
 *
 * <p>Threading: immutable.
 */
public final class TagPatterns {
    private final List<Pattern> patterns;

    private TagPatterns(List<Pattern> patterns) {
        this.patterns = patterns;
    }

    /**
     * Reads patterns.
     *
     * @throws IllegalArgumentException with a sentence naming the first pattern that is none
     */
    public static TagPatterns of(List<String> texts) {
        List<Pattern> patterns = new ArrayList<>();
        for (String text : texts) {
            for (String one : text.strip().split("\\s+", -1)) {
                patterns.add(compile(one));
            }
        }
        return new TagPatterns(List.copyOf(patterns));
    }

    /** Whether a tag matches at least one pattern. */
    public boolean match(String tag) {
        for (Pattern pattern : patterns) {
            if (pattern.matcher(tag).matches()) {
                return true;
            }
        }
        return false;
    }

    private static Pattern compile(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an empty tag pattern matches nothing; write ** for every tag");
        }
        try {
            return Pattern.compile(new Translation(text).regex(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no tag pattern: " + e.getDescription(), e);
        }
    }

    /** One pass over a pattern, to a regular expression. */
    private static final class Translation {
        private final String text;
        private final StringBuilder regex = new StringBuilder();
        private int at;
        private int depth;

        Translation(String text) {
            this.text = text;
        }

        String regex() {
            while (at < text.length()) {
                step();
            }
            if (depth > 0) {
                throw new IllegalArgumentException("\"" + text + "\" is no tag pattern: a { is never closed");
            }
            return regex.toString();
        }

        private void step() {
            if (text.startsWith(".**", at) && endsPart(at + 3)) {
                regex.append("(?:\\..*)?");
                at += 3;
            } else if (text.startsWith("**.", at) && (at == 0 || startsAlternative())) {
                regex.append("(?:.*\\.)?");
                at += 3;
            } else if (text.startsWith("**", at)) {
                regex.append(".*");
                at += 2;
            } else {
                character(text.charAt(at++));
            }
        }

        private void character(char character) {
            switch (character) {
                case '*' -> regex.append("[^.]*");
                case '{' -> {
                    depth++;
                    regex.append("(?:");
                }
                case '}' -> {
                    if (depth-- == 0) {
                        throw new IllegalArgumentException("\"" + text + "\" is no tag pattern: a } was never opened");
                    }
                    regex.append(')');
                }
                case ',' -> regex.append(depth > 0 ? "|" : ",");
                default -> regex.append(Pattern.quote(String.valueOf(character)));
            }
        }

        private boolean endsPart(int index) {
            return index == text.length()
                    || text.charAt(index) == '.'
                    || text.charAt(index) == ','
                    || text.charAt(index) == '}';
        }

        private boolean startsAlternative() {
            char before = text.charAt(at - 1);
            return before == '{' || before == ',';
        }
    }
}
