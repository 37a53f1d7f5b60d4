package logstream.config;

import java.util.List;
import java.util.stream.Collectors;
import logstream.config.SettingType.WrongValueException;

/**
 * The type of {@code record.tags}: one tag pattern or a list of them, in fluentd's syntax.
 *
 * <p>Threading: stateless.
 */
record TagPatternsType() implements TextType<List<String>> {
    /** More patterns than anyone writes by hand, few enough to try on each new tag. */
    private static final int MAX_TAG_PATTERNS = 1000;

    @Override
    public String allowed() {
        return "1 to " + MAX_TAG_PATTERNS + " tag patterns, such as 'grid.**' or ['app.*', '**.{web,db}']";
    }

    @Override
    public List<String> parse(List<String> texts) throws WrongValueException {
        if (texts.isEmpty()) {
            throw new WrongValueException("An empty list would ship nothing");
        }
        if (texts.size() > MAX_TAG_PATTERNS) {
            throw new WrongValueException("That are " + texts.size() + " patterns");
        }
        for (String text : texts) {
            checkPattern(text);
        }
        return List.copyOf(texts);
    }

    @Override
    public String show(List<String> value) {
        return value.stream().map(tag -> "'" + tag + "'").collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public boolean takesList() {
        return true;
    }

    private static void checkPattern(String pattern) throws WrongValueException {
        if (pattern.isBlank()) {
            throw new WrongValueException("A pattern is empty");
        }
        if (pattern.chars().anyMatch(Character::isWhitespace)) {
            throw new WrongValueException("'" + pattern + "' has a space; write several patterns as a list");
        }
        int depth = 0;
        for (int at = 0; at < pattern.length() && depth >= 0; at++) {
            depth += pattern.charAt(at) == '{' ? 1 : pattern.charAt(at) == '}' ? -1 : 0;
        }
        if (depth != 0) {
            throw new WrongValueException("The braces of " + pattern + " do not match");
        }
    }
}
