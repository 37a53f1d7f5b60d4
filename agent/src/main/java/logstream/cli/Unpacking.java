package logstream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import logstream.kinesis.AggregatedRecord;
import logstream.kinesis.ReadRecord;
import logstream.pipeline.RecordCompression;
import logstream.pipeline.RecordKey;

/**
 * The records that one in the stream stands for: out of an aggregate, decompressed, each with its own id as its key where it
 * shares that in the stream with others. What cannot be read stays as it is.
 */
final class Unpacking {
    private static final JsonFactory JSON = new JsonFactory();

    private Unpacking() {}

    static Stream<ReadRecord> of(ReadRecord read) {
        List<AggregatedRecord.Part> parts = AggregatedRecord.parts(read.data())
                .orElseGet(() -> List.of(new AggregatedRecord.Part(read.key(), read.data())));
        return parts.stream().map(part -> {
            byte[] data = RecordCompression.decompressed(part.data()).orElse(part.data());
            return new ReadRecord(
                    ownKey(part.key(), data), data, read.shardId(), read.sequenceNumber(), read.arrived());
        });
    }

    private static String ownKey(String key, byte[] data) {
        return RecordKey.place(key).isPresent() ? key : idOr(key, data);
    }

    private static String idOr(String key, byte[] data) {
        String id = key;
        try (JsonParser parser = JSON.createParser(data)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return key;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isId = parser.currentName().equals("id");
                if (parser.nextToken() == JsonToken.VALUE_STRING && isId) {
                    id = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException notJson) {
            return key;
        }
        return id;
    }
}
