package logstream.control;

import java.io.IOException;

/** Nobody answers at the control socket of a folder. */
public final class NoAgentException extends IOException {
    private static final long serialVersionUID = 1L;

    NoAgentException(String message) {
        super(message);
    }

    NoAgentException(String message, Throwable cause) {
        super(message, cause);
    }
}
