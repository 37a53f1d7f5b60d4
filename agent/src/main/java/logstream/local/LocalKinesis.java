package logstream.local;

import java.io.IOException;
import java.net.URI;

/** Stub: a Kinesis-compatible endpoint inside this process. */
@SuppressWarnings("DoNotCallSuggester")
public final class LocalKinesis implements AutoCloseable {
    /** Opens the endpoint on 127.0.0.1; port 0 lets the system choose. */
    public static LocalKinesis start(int port) throws IOException {
        throw new UnsupportedOperationException();
    }

    public URI endpoint() {
        throw new UnsupportedOperationException();
    }

    /** Creates a stream, active at once. */
    public void createStream(String name, int shards) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
