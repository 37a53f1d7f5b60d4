package logstream.kinesis;

/**
 * The stream cannot be read until somebody mends something: it is missing, the credentials are missing or may not read
 * it, or, when reading begins, its endpoint cannot be reached.
 */
public final class StreamReadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String advice;

    StreamReadException(String reason, String advice) {
        super(reason + ". " + advice);
        this.reason = reason;
        this.advice = advice;
    }

    /** Error code and message. */
    public String reason() {
        return reason;
    }

    /** One sentence: what to do. */
    public String advice() {
        return advice;
    }
}
