package logstream.forward;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import logstream.metrics.Metrics;

/** Stub: listens for senders and gives each connection a virtual thread. */
@SuppressWarnings("DoNotCallSuggester")
public final class ForwardServer {
    /** Opens the port; senders are accepted when this returns. */
    public static ForwardServer start(ForwardConfig config, EventSink sink, Metrics metrics, InstantSource clock)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    public int port() {
        throw new UnsupportedOperationException();
    }

    /**
     * Closes the listener, half-closes each connection and reads it until its peer closes or was silent for {@code
     * silence}; returns when all connections have ended, at the latest after {@code limit}.
     */
    public void stop(Duration silence, Duration limit) {
        throw new UnsupportedOperationException();
    }
}
