package logstream.forward;

/**
 * The rest of a connection is not read: where the next message begins is unknown, or the message that ended cannot be
 * answered. What came before is kept and answered. Counted and logged already.
 */
final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message, null, false, false);
    }
}
