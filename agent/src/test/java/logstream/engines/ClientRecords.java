package logstream.engines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The records that clients send, by name: what each is in Java, and what becomes of it in the stream, {@code time} and
 * {@code tag} apart. The programs in {@code engines/clients} know the same ones.
 */
public final class ClientRecords {
    /** Small, and nothing that a client's language does not have. */
    static final List<String> SMALL = List.of("text", "unicode", "numbers", "safe", "nested", "words", "binary");

    /** 128 KiB. */
    public static final String LARGE = "large";

    /** Integers that JavaScript does not have. */
    static final List<String> WIDE = List.of("long", "beyond");

    /** The time that all clients give, to which those that can add half a second: 2023-11-14T22:13:20Z. */
    static final long SECONDS = 1_700_000_000;

    public static final String TIME = "2023-11-14T22:13:20Z";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode RECORDS = read();

    private ClientRecords() {}

    /** What a record is in the stream. */
    static JsonNode inTheStream(String name) {
        return name.equals(LARGE)
                ? JSON.createObjectNode().put("log", "0123456789abcdef".repeat(8192))
                : Objects.requireNonNull(RECORDS.get(name), name);
    }

    /** A record for a library of Java. */
    static Map<?, ?> inJava(String name) {
        return name.equals("binary")
                ? Map.of("data", new byte[] {0x00, (byte) 0xff, (byte) 0x80, 0x0a})
                : JSON.convertValue(inTheStream(name), Map.class);
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static JsonNode read() {
        try (InputStream in = ForwardClient.class.getResourceAsStream("clients/records.json")) {
            return JSON.readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
