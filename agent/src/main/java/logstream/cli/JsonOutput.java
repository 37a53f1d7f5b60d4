package logstream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What {@code --json} prints: one object in a line. */
final class JsonOutput {
    private static final JsonFactory JSON = new JsonFactory()
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);

    private JsonOutput() {}

    /** Writes the members of an object. */
    interface Members {
        void write(JsonGenerator out) throws IOException;
    }

    /** A generator that does not close what it writes to. */
    static JsonGenerator to(Writer out) throws IOException {
        return JSON.createGenerator(out);
    }

    static void line(Writer to, Members members) throws IOException {
        try (JsonGenerator out = to(to)) {
            out.writeStartObject();
            members.write(out);
            out.writeEndObject();
            out.writeRaw('\n');
        }
        to.flush();
    }

    static void line(OutputStream to, Members members) throws IOException {
        try (JsonGenerator out = JSON.createGenerator(to)) {
            out.writeStartObject();
            members.write(out);
            out.writeEndObject();
            out.writeRaw('\n');
        }
    }

    /** A record's bytes: as {@code data} when they are UTF-8, else as {@code data_base64}. */
    static void data(JsonGenerator out, byte[] data) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
            out.writeStringField("data", text);
        } catch (CharacterCodingException _) {
            out.writeStringField("data_base64", Base64.getEncoder().encodeToString(data));
        }
    }
}
