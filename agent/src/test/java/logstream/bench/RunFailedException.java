package logstream.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run that came to no figures; the message says why, for people. */
final class RunFailedException extends Exception {
    private static final long serialVersionUID = 1;

    RunFailedException(String message, @Nullable Exception cause) {
        super(message, cause);
    }

    /** What failed, and the last that the agent said. */
    String inOneLine() {
        List<String> lines = String.valueOf(getMessage()).lines().toList();
        return lines.size() == 1 ? lines.getFirst() : lines.getFirst() + " " + lines.getLast();
    }
}
