package logstream.forward;

import java.io.IOException;
import logstream.metrics.Metrics.TlsFailure;

/** A TLS handshake failed: the peer's doing, not the agent's. */
final class TlsFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final TlsFailure failure;
    private final String what;

    TlsFailedException(TlsFailure failure, String what) {
        super(what);
        this.failure = failure;
        this.what = what;
    }

    TlsFailure failure() {
        return failure;
    }

    /** What happened, in words for a log. */
    String what() {
        return what;
    }
}
