package logstream.kinesis;

import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.kinesis.model.Record;

/** From a record as GetRecords gives it to the records that are in it. */
final class Unpacking {
    private Unpacking() {}

    static List<ReadRecord> records(Record record, String shardId) {
        byte[] data = record.data().asByteArrayUnsafe();
        String key = record.partitionKey() == null ? "" : record.partitionKey();
        return switch (AggregatedRecord.decode(data)) {
            case AggregatedRecord.Content.Plain _ ->
                List.of(read(record, shardId, key, data, new ReadRecord.Form.Alone()));
            case AggregatedRecord.Content.Damaged(String reason) ->
                List.of(read(record, shardId, key, data, new ReadRecord.Form.Damaged(reason)));
            case AggregatedRecord.Content.Several(List<AggregatedRecord.Entry> entries) ->
                entries.stream()
                        .map(entry ->
                                read(record, shardId, entry.key(), entry.data(), new ReadRecord.Form.Aggregated()))
                        .toList();
        };
    }

    /** Engines need not tell when a record arrived: then it was long ago. */
    static Instant arrived(Record record) {
        Instant arrived = record.approximateArrivalTimestamp();
        return arrived == null ? Instant.EPOCH : arrived;
    }

    private static ReadRecord read(Record record, String shardId, String key, byte[] data, ReadRecord.Form form) {
        return new ReadRecord(key, data, shardId, record.sequenceNumber(), arrived(record), form);
    }
}
