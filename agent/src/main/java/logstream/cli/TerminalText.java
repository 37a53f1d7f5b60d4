package logstream.cli;

import java.io.Console;
import java.util.Locale;

/**
 * Text for a terminal: log lines come from strangers and must not drive it.
 *
 * <p>Threading: stateless.
 */
final class TerminalText {
    /** Set by the launcher, which sees standard output alone: {@code true} or {@code false}. */
    private static final String TERMINAL_PROPERTY = "logstream.terminal";

    private TerminalText() {}

    /** Whether standard output is a terminal. */
    // Java 25 does return null here, unlike 22 to 24.
    @SuppressWarnings("SystemConsoleNull")
    static boolean onTerminal() {
        String told = System.getProperty(TERMINAL_PROPERTY, "");
        if (!told.isEmpty()) {
            return told.equals("true");
        }
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /**
     * The text with everything that a terminal would obey made visible: control characters except the tab, and those that
     * turn the direction of writing.
     */
    static String safe(String text) {
        if (text.chars().noneMatch(TerminalText::drives)) {
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
