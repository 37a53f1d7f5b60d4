package logstream.kinesis;

/** No region is configured and none was found. Never leaves this package. */
final class NoRegionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoRegionException(RuntimeException cause) {
        super(cause);
    }
}
