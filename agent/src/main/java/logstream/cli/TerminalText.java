package logstream.cli;

import java.io.Console;
import logstream.tail.VisibleText;

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

    /** The text with everything made visible that a terminal would obey. */
    static String safe(String text) {
        return VisibleText.of(text);
    }
}
