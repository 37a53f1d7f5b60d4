package logstream.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The two encodings of the protocol. They differ in bytes (base64 or as they are) and in times.
 *
 * <p>Threading: any.
 */
final class Encoding {
    /** Bytes as they are; times in milliseconds, tagged 1, as the SDKs for Java write and read them. */
    static final Encoding CBOR = new Encoding("application/x-amz-cbor-1.1", new CBORFactory(), 0);
    /** Bytes in base64; times in seconds with a fraction. */
    static final Encoding JSON = new Encoding("application/x-amz-json-1.1", new JsonFactory(), 3);

    private static final int CBOR_TAG_TIME = 1;
    /** Deep enough for every request there is. */
    private static final int DEEPEST = 20;

    private final String contentType;
    private final JsonFactory factory;
    private final ObjectMapper mapper;
    /** Decimal places by which a time falls short of milliseconds. */
    private final int timeShift;

    /** Writes the members of one answer. */
    interface Content {
        void writeTo(JsonGenerator out) throws IOException;
    }

    private Encoding(String contentType, JsonFactory factory, int timeShift) {
        this.contentType = contentType;
        this.factory = factory;
        this.timeShift = timeShift;
        factory.setStreamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build());
        this.mapper = new ObjectMapper(factory);
    }

    /** By the request's Content-Type; JSON when it is none of ours, for the error's sake. */
    static Encoding of(@Nullable String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).contains("cbor") ? CBOR : JSON;
    }

    String contentType() {
        return contentType;
    }

    JsonFactory factory() {
        return factory;
    }

    ObjectMapper mapper() {
        return mapper;
    }

    /** One object with these members. */
    byte[] object(int expectedBytes, Content members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(expectedBytes);
        try (JsonGenerator out = factory.createGenerator(bytes)) {
            out.writeStartObject();
            members.writeTo(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    byte[] error(ServiceError error) {
        return object(256, out -> {
            out.writeStringField("__type", error.code());
            out.writeStringField("message", error.sentence());
        });
    }

    void writeTime(JsonGenerator out, String name, long millis) throws IOException {
        out.writeFieldName(name);
        if (out instanceof CBORGenerator cbor) {
            cbor.writeTag(CBOR_TAG_TIME);
            cbor.writeNumber(millis);
        } else {
            out.writeNumber(BigDecimal.valueOf(millis, timeShift));
        }
    }

    /** Milliseconds of a time as this encoding carries it. */
    long millis(BigDecimal time) {
        return time.movePointRight(timeShift).longValue();
    }
}
