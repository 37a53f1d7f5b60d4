package logstream.bench.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads a PutRecords request in JSON. The agent sends CBOR; this one need not be fast. */
final class JsonRequest {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonRequest() {}

    /**
     * Adds each record of the request to the batch.
     *
     * @throws IllegalArgumentException when the bytes are no such request
     */
    static void read(byte[] bytes, int length, PutBatch batch) {
        try (JsonParser parser = JSON.createParser(bytes, 0, length)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean records = parser.currentName().equals("Records");
                JsonToken value = parser.nextToken();
                if (!records) {
                    parser.skipChildren();
                    continue;
                }
                expect(value, JsonToken.START_ARRAY);
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    record(parser, batch);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void record(JsonParser parser, PutBatch batch) throws IOException {
        byte[] data = new byte[0];
        byte[] key = new byte[0];
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "Data" -> data = parser.getBinaryValue();
                case "PartitionKey" -> key = parser.getText().getBytes(StandardCharsets.ISO_8859_1);
                default -> parser.skipChildren();
            }
        }
        byte[] both = Arrays.copyOf(data, data.length + key.length);
        System.arraycopy(key, 0, both, data.length, key.length);
        batch.add(both, 0, data.length, data.length, key.length);
    }

    private static void expect(JsonToken token, JsonToken expected) {
        if (token != expected) {
            throw new IllegalArgumentException(token + " instead of " + expected);
        }
    }
}
