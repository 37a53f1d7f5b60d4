package logstream.deploy;

import java.util.Locale;

/**
 * Text from AWS for a terminal: reasons and descriptions may hold anything, and must not drive it.
 *
 * <p>Threading: stateless.
 */
final class ShownText {
    private ShownText() {}

    /**
     * The text in one line: what a terminal would obey made visible, and no longer than told.
     *
     * @param most characters of the text, from 1
     */
    static String line(String text, int most) {
        StringBuilder line = new StringBuilder();
        text.strip().chars().limit(most).forEach(character -> {
            if (character == '\n' || character == '\t' || character == '\r') {
                line.append(' ');
            } else if (drives(character)) {
                line.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                line.append((char) character);
            }
        });
        return text.strip().length() > most ? line + "..." : line.toString();
    }

    private static boolean drives(int character) {
        return Character.isISOControl(character)
                || character == 0x2028
                || character == 0x2029
                || (character >= 0x202a && character <= 0x202e)
                || (character >= 0x2066 && character <= 0x2069);
    }
}
