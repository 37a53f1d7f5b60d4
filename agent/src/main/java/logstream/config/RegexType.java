package logstream.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import logstream.config.SettingType.WrongValueException;

/**
 * The type of a regular expression, in Java's syntax.
 *
 * <p>Threading: stateless.
 */
record RegexType() implements TextType<String> {
    private static final int MOST_CHARACTERS = 1000;

    @Override
    public String allowed() {
        return "a regular expression of 1 to " + MOST_CHARACTERS
                + " characters in Java's syntax, such as '\\d{4}-\\d\\d-\\d\\d'";
    }

    @Override
    public String parse(List<String> texts) throws WrongValueException {
        String regex = texts.getFirst();
        if (regex.isEmpty() || regex.length() > MOST_CHARACTERS) {
            throw new WrongValueException("That are " + regex.length() + " characters");
        }
        try {
            Pattern pattern = Pattern.compile(regex);
            if (pattern.matcher("").lookingAt()) {
                throw new WrongValueException("Every line begins with that, an empty one too");
            }
            return regex;
        } catch (PatternSyntaxException e) {
            throw new WrongValueException(
                    e.getDescription() + (e.getIndex() < 0 ? "" : ", at character " + (e.getIndex() + 1)));
        }
    }

    @Override
    public String show(String value) {
        return value;
    }
}
