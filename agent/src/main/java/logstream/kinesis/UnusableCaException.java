package logstream.kinesis;

/** The file of further certificates cannot be used. Never leaves this package. */
final class UnusableCaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a cause: the file's trouble is no trouble of the connection. */
    UnusableCaException(String message) {
        super(message);
    }
}
