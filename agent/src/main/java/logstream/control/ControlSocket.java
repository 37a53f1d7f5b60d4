package logstream.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What both ends of the control socket agree on: the socket {@code control.sock} in the buffer's folder, open to the
 * agent's user only; one request on each connection.
 *
 * <p>Format, each a JSON object in a line of UTF-8:
 *
 * <pre>
 * request   {"command":"drain", ...}
 * answers   {"progress":{...}}         any number
 *           {"done":{...}}             then the connection is closed; or
 *           {"refused":"a sentence"}
 * </pre>
 */
final class ControlSocket {
    static final String FILE = "control.sock";

    /** What Java binds and connects to: one byte less than Linux has room for in sun_path with its final zero. */
    static final int MAX_PATH_BYTES = 106;

    /** Of a request, and of an answer. */
    static final int MAX_LINE_BYTES = 64 << 10;

    /** For a request to come when its connection is open, and for an answer to be taken. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    static final String COMMAND = "command";
    static final String PROGRESS = "progress";
    static final String DONE = "done";
    static final String REFUSED = "refused";

    private static final ObjectMapper JSON = new ObjectMapper();

    private ControlSocket() {}

    static Path in(Path folder) {
        return folder.toAbsolutePath().resolve(FILE);
    }

    static boolean fits(Path folder) {
        return in(folder).toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
    }

    static String line(ObjectNode object) {
        return object.toString();
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /**
     * Reads a line.
     *
     * @throws IOException when it is no JSON object
     */
    static ObjectNode parse(String line) throws IOException {
        try {
            JsonNode read = JSON.readTree(line);
            if (read instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new IOException("a line that is no JSON: " + e.getOriginalMessage(), e);
        }
        throw new IOException("a line that is no JSON object");
    }
}
