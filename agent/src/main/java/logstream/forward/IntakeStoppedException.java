package logstream.forward;

/** The agent takes no more events: it is stopping. Nothing that was not yet acknowledged will be. */
public final class IntakeStoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    public IntakeStoppedException(String message) {
        super(message);
    }

    public IntakeStoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
