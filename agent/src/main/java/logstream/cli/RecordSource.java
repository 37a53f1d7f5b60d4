package logstream.cli;

import java.time.Instant;
import java.util.List;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.ReadRecord;
import logstream.kinesis.StartAt;
import logstream.kinesis.StreamReader;

/** Where {@code tail} reads records: a stream, or a list in a test. */
interface RecordSource extends AutoCloseable {
    /** What came since the last call, each shard's records in their order. */
    List<ReadRecord> poll();

    /** Whether the last call found every shard at its end. */
    boolean caughtUp();

    /**
     * Records still to come arrived later than this, but for those of shards that have not answered for a while;
     * {@link Instant#MAX} after a call that found every shard at its end.
     */
    Instant readUpTo();

    @Override
    void close();

    /** Opens a source. */
    interface Opener {
        RecordSource open(KinesisConfig config, StartAt startAt);
    }

    /** Reads the stream that the configuration names. */
    static RecordSource open(KinesisConfig config, StartAt startAt) {
        StreamReader reader = StreamReader.open(config, startAt);
        return new RecordSource() {
            @Override
            public List<ReadRecord> poll() {
                return reader.poll();
            }

            @Override
            public boolean caughtUp() {
                return reader.caughtUp();
            }

            @Override
            public Instant readUpTo() {
                return reader.readUpTo();
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }
}
