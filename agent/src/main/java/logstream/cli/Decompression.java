package logstream.cli;

import logstream.kinesis.ReadRecord;
import logstream.pipeline.RecordCompression;

/** A record as it was before it was compressed, if it was; what cannot be decompressed stays as it is. */
final class Decompression {
    private Decompression() {}

    static ReadRecord of(ReadRecord read) {
        return RecordCompression.decompressed(read.data())
                .map(data -> new ReadRecord(
                        read.key(), data, read.shardId(), read.sequenceNumber(), read.arrived(), read.form()))
                .orElse(read);
    }
}
