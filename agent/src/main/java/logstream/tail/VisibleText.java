package logstream.tail;

import java.util.Locale;

/**
 * Text that may be shown on a terminal: log lines come from strangers and must not drive it.
 *
 * <p>Threading: stateless.
 */
public final class VisibleText {
    private VisibleText() {}

    /**
     * The text with everything that a terminal would obey made visible: control characters except the tab, and those that
     * turn the direction of writing.
     */
    public static String of(String text) {
        if (text.chars().noneMatch(VisibleText::drives)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.chars().forEach(character -> {
            if (drives(character)) {
                safe.append(escape(character));
            } else {
                safe.append((char) character);
            }
        });
        return safe.toString();
    }

    private static boolean drives(int character) {
        boolean control = Character.isISOControl(character) && character != '\t';
        boolean line = character == 0x2028 || character == 0x2029;
        boolean direction =
                (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
        return control || line || direction;
    }

    private static String escape(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> String.format(Locale.ROOT, character < 0x100 ? "\\x%02x" : "\\u%04x", character);
        };
    }
}
