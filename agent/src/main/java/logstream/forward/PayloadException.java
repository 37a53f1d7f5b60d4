package logstream.forward;

import java.io.IOException;
import logstream.metrics.Metrics.MalformedCause;

/** A payload cannot be decoded to its end; the wire around it can. The message is the rest of a sentence for the log. */
final class PayloadException extends IOException {
    private final MalformedCause cause;

    PayloadException(MalformedCause cause, String what) {
        super(what);
        this.cause = cause;
    }

    MalformedCause malformedCause() {
        return cause;
    }
}
