package logstream.kinesis;

import java.util.List;

/** Stub: reads a stream, all shards, parents before their children. */
@SuppressWarnings("DoNotCallSuggester")
public final class StreamReader implements AutoCloseable {
    /** Uses stream, region, endpoint and role of the configuration. */
    public static StreamReader open(KinesisConfig config, StartAt startAt) {
        throw new UnsupportedOperationException();
    }

    /**
     * One round over the shards that are due: what they gave, each shard's records in its order; empty when nothing new.
     * Waits as long as the limits of GetRecords ask for.
     */
    public List<ReadRecord> poll() {
        throw new UnsupportedOperationException();
    }

    /** Whether the last round found every shard at its end: all that was in the stream then has been given. */
    public boolean caughtUp() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
