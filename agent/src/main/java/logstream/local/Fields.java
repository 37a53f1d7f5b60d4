package logstream.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The members of a small request. A member of the wrong type is a SerializationException, an absent or null one is empty.
 *
 * <p>Threading: confined to one request.
 */
final class Fields {
    private final Encoding encoding;
    private final JsonNode object;

    private Fields(Encoding encoding, JsonNode object) {
        this.encoding = encoding;
        this.object = object;
    }

    static Fields parse(Encoding encoding, byte[] body) throws ServiceError {
        JsonNode node;
        try {
            node = encoding.mapper().readTree(body);
        } catch (IOException e) {
            throw garbled(e);
        }
        if (node == null || !node.isObject()) {
            throw ServiceError.serialization("The body is not one object.");
        }
        return new Fields(encoding, node);
    }

    /** What went wrong with bytes that are not of the encoding. */
    static ServiceError garbled(IOException problem) {
        String reason =
                problem instanceof JsonProcessingException json ? json.getOriginalMessage() : "it ends too early";
        String cut = reason == null || reason.length() <= 200 ? String.valueOf(reason) : reason.substring(0, 200);
        return ServiceError.serialization("The body cannot be read: " + cut);
    }

    Optional<String> text(String name) throws ServiceError {
        JsonNode node = member(name);
        expect(node.isMissingNode() || node.isTextual(), name, "a string");
        return node.isMissingNode() ? Optional.empty() : Optional.of(node.textValue());
    }

    OptionalInt integer(String name) throws ServiceError {
        JsonNode node = member(name);
        expect(node.isMissingNode() || (node.isIntegralNumber() && node.canConvertToInt()), name, "an integer");
        return node.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(node.intValue());
    }

    /** Milliseconds since 1970. */
    OptionalLong time(String name) throws ServiceError {
        JsonNode node = member(name);
        expect(node.isMissingNode() || node.isNumber(), name, "a time");
        // A double could not hold such a number's milliseconds, nor could any date of a calendar.
        boolean sane = node.isMissingNode() || Math.abs(node.doubleValue()) < 1e15;
        expect(sane, name, "a time");
        return node.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(encoding.millis(node.decimalValue()));
    }

    Optional<Fields> object(String name) throws ServiceError {
        JsonNode node = member(name);
        expect(node.isMissingNode() || node.isObject(), name, "an object");
        return node.isMissingNode() ? Optional.empty() : Optional.of(new Fields(encoding, node));
    }

    private JsonNode member(String name) {
        JsonNode node = object.path(name);
        return node.isNull() ? MissingNode.getInstance() : node;
    }

    private static void expect(boolean good, String name, String what) throws ServiceError {
        if (!good) {
            throw ServiceError.serialization(name + " is not " + what + ".");
        }
    }
}
