package logstream.kinesis;

/** The credentials provider has none to give; its cause says why. Never leaves this package. */
final class NoCredentialsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoCredentialsException(RuntimeException cause) {
        super(cause);
    }
}
