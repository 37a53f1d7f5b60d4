package logstream.kinesis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Reads what is answered to PutRecords, in CBOR or JSON.
 *
 * <p>Threading: stateless.
 */
final class PutAnswer {
    /** 500 results with messages of 2 KiB each; a whole answer of the service has 60 KiB. */
    static final int MOST_BYTES = 1 << 20;

    /** The per-record code of a shard at its limit; the only other one is InternalFailure. */
    private static final String SHARD_AT_LIMIT = "ProvisionedThroughputExceededException";

    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonFactory CBOR = new CBORFactory();

    private PutAnswer() {}

    /**
     * What became of each record.
     *
     * @throws SdkClientException when it cannot be read
     */
    static List<RecordResult> results(byte[] answer, boolean json) {
        if (!json) {
            AcceptedScan scan = new AcceptedScan(answer);
            if (scan.read()) {
                return new AcceptedRecords(answer, scan.records(), scan.shards());
            }
        }
        return parse(answer, json);
    }

    /** As {@link #results}, one object for each record. */
    static List<RecordResult> parse(byte[] answer, boolean json) {
        List<RecordResult> results = new ArrayList<>();
        try (JsonParser parser = parser(answer, json)) {
            // An answer without a body is about no record.
            if (parser.nextToken() != null) {
                require(parser, JsonToken.START_OBJECT);
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    boolean isRecords = parser.currentName().equals("Records");
                    if (parser.nextToken() != JsonToken.VALUE_NULL && isRecords) {
                        require(parser, JsonToken.START_ARRAY);
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            require(parser, JsonToken.START_OBJECT);
                            results.add(result(parser));
                        }
                    }
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw unreadable(e.getMessage(), e);
        }
        return List.copyOf(results);
    }

    /**
     * The texts among the members of an error's body, by name; none when it is no object, or cannot be read: what a proxy
     * says is often neither.
     */
    static Map<String, String> error(byte[] answer, boolean json) {
        try (JsonParser parser = parser(answer, json)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? texts(parser) : Map.of();
        } catch (IOException _) {
            return Map.of();
        }
    }

    static SdkClientException unreadable(@Nullable String why, @Nullable IOException cause) {
        return SdkClientException.create("Unable to unmarshall response (" + why + ")", cause);
    }

    private static JsonParser parser(byte[] answer, boolean json) throws IOException {
        return (json ? JSON : CBOR).createParser(answer);
    }

    private static void require(JsonParser parser, JsonToken token) {
        if (parser.currentToken() != token) {
            throw unreadable("it has " + parser.currentToken() + " in place of " + token, null);
        }
    }

    /** Numbers and the like, too, as their texts; null is left out. */
    private static Map<String, String> texts(JsonParser parser) throws IOException {
        Map<String, String> texts = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken().isScalarValue() && parser.currentToken() != JsonToken.VALUE_NULL) {
                texts.put(name, parser.getText());
            }
            parser.skipChildren();
        }
        return texts;
    }

    /** Makes nothing that is not in the result: with one record in a hundred throttled, each answer is read like this. */
    private static RecordResult result(JsonParser parser) throws IOException {
        String code = null;
        String message = "";
        String sequenceNumber = null;
        String shardId = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken().isScalarValue() && parser.currentToken() != JsonToken.VALUE_NULL) {
                switch (name) {
                    case "ErrorCode" -> code = parser.getText();
                    case "ErrorMessage" -> message = parser.getText();
                    case "SequenceNumber" -> sequenceNumber = parser.getText();
                    case "ShardId" -> shardId = parser.getText();
                    default -> {}
                }
            }
            parser.skipChildren();
        }
        if (code == null && sequenceNumber != null) {
            return new RecordResult.Accepted(shardId, sequenceNumber);
        }
        if (SHARD_AT_LIMIT.equals(code)) {
            return new RecordResult.Throttled();
        }
        return new RecordResult.Failed(code == null ? "no sequence number" : code, message);
    }
}
