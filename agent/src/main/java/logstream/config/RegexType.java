package logstream.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import logstream.config.SettingType.WrongValueException;

/**
 * The type of a setting that is a regular expression, as {@link Pattern} reads it.
 *
 * <p>Threading: stateless.
 */
record RegexType() implements TextType<String> {
    /** Our choice. */
    private static final int MOST_CHARACTERS = 1000;

    @Override
    public String allowed() {
        return "a regular expression of Java's, of at most " + MOST_CHARACTERS
                + " characters, that does not match an empty text, such as 'order-[0-9]{8}'";
    }

    @Override
    public String parse(List<String> texts) throws WrongValueException {
        String text = texts.getFirst();
        if (text.length() > MOST_CHARACTERS) {
            throw new WrongValueException("That are " + text.length() + " characters");
        }
        try {
            if (Pattern.compile(text).matcher("").find()) {
                throw new WrongValueException("It matches an empty text");
            }
            return text;
        } catch (PatternSyntaxException wrong) {
            String place = wrong.getIndex() < 0 ? "" : " near character " + (wrong.getIndex() + 1);
            throw new WrongValueException(wrong.getDescription() + place);
        }
    }

    @Override
    public String show(String value) {
        return value;
    }
}
