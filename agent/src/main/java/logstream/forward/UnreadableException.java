package logstream.forward;

/** The rest of a connection cannot be read: where the next message begins is unknown. Counted and logged already. */
final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message, null, false, false);
    }
}
