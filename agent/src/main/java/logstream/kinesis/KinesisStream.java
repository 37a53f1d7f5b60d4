package logstream.kinesis;

import java.util.List;

/** Stub. */
@SuppressWarnings("DoNotCallSuggester")
public final class KinesisStream implements AutoCloseable {
    public static KinesisStream open(KinesisConfig config) {
        throw new UnsupportedOperationException();
    }

    public PutOutcome put(List<OutgoingRecord> records) {
        throw new UnsupportedOperationException();
    }

    public StreamState check() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
