package logstream.tail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What {@code tail} shows of a record. A field that the record does not have is empty.
 *
 * @param container its name without the leading slash, else the beginning of its id
 * @param log the line; the whole record, where its line was lifted into fields
 */
public record LogRecord(String time, String container, String source, String tag, String log) {
    private static final JsonFactory JSON = new JsonFactory();

    /** As Docker shortens ids. */
    private static final int SHORT_ID = 12;

    /** Reads a record as the agent writes it; empty when it is something else: no JSON object with a field log, or with time and tag. */
    public static Optional<LogRecord> parse(byte[] data) {
        try (JsonParser parser = JSON.createParser(data)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            return fields(parser, data);
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }

    private static Optional<LogRecord> fields(JsonParser parser, byte[] data) throws IOException {
        String time = "";
        String name = "";
        String id = "";
        String source = "";
        String tag = "";
        String log = "";
        boolean hasLog = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                parser.skipChildren();
                continue;
            }
            switch (field) {
                case "time" -> time = parser.getText();
                case "container_name" -> name = parser.getText();
                case "container_id" -> id = parser.getText();
                case "source" -> source = parser.getText();
                case "tag" -> tag = parser.getText();
                case "log" -> {
                    log = parser.getText();
                    hasLog = true;
                }
                default -> {} // Labels and environment that Docker was asked to send along.
            }
        }
        String container = name.startsWith("/") ? name.substring(1) : name;
        if (container.isEmpty()) {
            container = id.substring(0, Math.min(SHORT_ID, id.length()));
        }
        if (!hasLog && !time.isEmpty() && !tag.isEmpty()) {
            log = new String(data, StandardCharsets.UTF_8);
            hasLog = true;
        }
        return hasLog ? Optional.of(new LogRecord(time, container, source, tag, log)) : Optional.empty();
    }
}
