package logstream.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Map;

/** What {@code --json} prints: one object in a line. */
final class JsonOutput {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonOutput() {}

    /** @param members texts, numbers, truth values, and lists and maps of them */
    static void line(PrintWriter out, Map<String, ?> members) {
        try {
            out.println(JSON.writeValueAsString(members));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no JSON can be made of " + members.keySet(), e);
        }
        out.flush();
    }
}
