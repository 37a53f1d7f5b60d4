package logstream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Optional;
import logstream.kinesis.ReadRecord;
import logstream.pipeline.RecordKey;

/**
 * Where a record was born: told by its key, if the key is its own; else by its field {@code id}, which is then the same
 * UUID.
 */
final class RecordPlace {
    private static final JsonFactory JSON = new JsonFactory();

    private RecordPlace() {}

    /** Empty for what no agent of ours made, or one that did not put the field in. */
    static Optional<RecordKey.Place> of(ReadRecord record) {
        return switch (record.form()) {
            case ReadRecord.Form.Alone _ -> RecordKey.place(record.key()).or(() -> byId(record.data()));
            case ReadRecord.Form.Aggregated _ -> byId(record.data());
            case ReadRecord.Form.Damaged _ -> Optional.empty();
        };
    }

    private static Optional<RecordKey.Place> byId(byte[] data) {
        try (JsonParser parser = JSON.createParser(data)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean id = parser.currentName().equals("id");
                if (parser.nextToken() == JsonToken.VALUE_STRING && id) {
                    return RecordKey.place(parser.getText());
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }
}
