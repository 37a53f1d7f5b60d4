package logstream.local;

/** An error answer of the service: a code that SDKs know, a sentence, an HTTP status. */
final class ServiceError extends Exception {
    private final String code;
    private final int status;

    private ServiceError(String code, int status, String message) {
        // Answers are part of the normal run: no stack trace is wanted.
        super(message, null, false, false);
        this.code = code;
        this.status = status;
    }

    String code() {
        return code;
    }

    int status() {
        return status;
    }

    /** The message is never null, unlike that of other exceptions. */
    String sentence() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** The status that goes with a code: the service's own trouble is 500 or 503, all else is 400. */
    static ServiceError of(String code, String message) {
        return switch (code) {
            case "InternalFailure", "InternalServerError", "InternalFailureException" ->
                new ServiceError(code, 500, message);
            case "ServiceUnavailable", "ServiceUnavailableException" -> new ServiceError(code, 503, message);
            default -> new ServiceError(code, 400, message);
        };
    }

    static ServiceError internalFailure() {
        return of("InternalFailure", "Internal service failure.");
    }

    static ServiceError argument(String message) {
        return of("InvalidArgumentException", message);
    }

    static ServiceError notFound(String message) {
        return of("ResourceNotFoundException", message);
    }

    static ServiceError limit(String message) {
        return of("LimitExceededException", message);
    }

    static ServiceError serialization(String message) {
        return of("SerializationException", message);
    }

    static ServiceError tooLargeBody(long limit) {
        return new ServiceError("RequestEntityTooLargeException", 413, "The body is larger than " + limit + " bytes.");
    }
}
