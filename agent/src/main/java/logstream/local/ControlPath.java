package logstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * The faults as JSON, for {@code PUT /_local/faults}: the members of {@link Faults}, the delay as {@code delayMillis}. What
 * is not given is none; a member that is not known is refused.
 */
final class ControlPath {
    private ControlPath() {}

    /**
     * @throws IllegalArgumentException with a sentence for the caller, whatever is wrong
     */
    static Faults read(byte[] body) {
        JsonNode object;
        try {
            object = Encoding.JSON.mapper().readTree(body);
        } catch (IOException e) {
            throw new IllegalArgumentException("the body is not JSON", e);
        }
        if (!object.isObject()) {
            throw new IllegalArgumentException("the body is not an object");
        }
        Faults faults = Faults.none();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            faults = with(faults, member.getKey(), member.getValue());
        }
        return faults;
    }

    private static Faults with(Faults faults, String name, JsonNode value) {
        return switch (name) {
            case "throttledRecords" -> faults.withThrottledRecords(number(name, value));
            case "failedRecords" -> faults.withFailedRecords(number(name, value));
            case "failedBefore" -> faults.withFailedBefore(number(name, value));
            case "failedAfter" -> faults.withFailedAfter(number(name, value));
            case "hungUpAfter" -> faults.withHungUpAfter(number(name, value));
            case "delayMillis" -> faults.withDelay(Duration.ofMillis((long) number(name, value)));
            case "errorCode" ->
                faults.withErrorCode(
                        expect(value.isTextual(), name, "a string", value).textValue());
            case "refusedText" ->
                faults.withRefusedText(
                        expect(value.isTextual(), name, "a string", value).textValue());
            case "hangUp" ->
                faults.withHangUp(
                        expect(value.isBoolean(), name, "true or false", value).booleanValue());
            default -> throw new IllegalArgumentException("there is no fault " + name);
        };
    }

    static byte[] write(Faults faults) {
        return Encoding.JSON.object(256, out -> {
            out.writeNumberField("throttledRecords", faults.throttledRecords());
            out.writeNumberField("failedRecords", faults.failedRecords());
            out.writeNumberField("failedBefore", faults.failedBefore());
            out.writeNumberField("failedAfter", faults.failedAfter());
            out.writeNumberField("hungUpAfter", faults.hungUpAfter());
            out.writeNumberField("delayMillis", faults.delay().toMillis());
            out.writeStringField("errorCode", faults.errorCode());
            out.writeStringField("refusedText", faults.refusedText());
            out.writeBooleanField("hangUp", faults.hangUp());
        });
    }

    private static double number(String name, JsonNode value) {
        return expect(value.isNumber(), name, "a number", value).doubleValue();
    }

    private static JsonNode expect(boolean good, String name, String what, JsonNode value) {
        if (!good) {
            throw new IllegalArgumentException(name + " is not " + what);
        }
        return value;
    }
}
