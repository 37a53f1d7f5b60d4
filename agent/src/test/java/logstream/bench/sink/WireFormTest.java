package logstream.bench.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import logstream.pipeline.RecordKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests and answers of the sink against Jackson's idea of both encodings. */
class WireFormTest {
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final String DATA = "{\"log\":\"00030000000a00000001 rest\"}";
    private static final String KEY = RecordKey.of(5, 6, 7);

    static Stream<byte[]> cborRequests() throws IOException {
        // Records of known and of unknown length, members in either order, members nobody asked for.
        return Stream.of(
                CBOR.writeValueAsBytes(Map.of(
                        "Records", List.of(Map.of("Data", bytes(), "PartitionKey", KEY)), "StreamName", "bench")),
                CBOR.writeValueAsBytes(Map.of(
                        "Other",
                        List.of(1, -5, 2.5, "text", true, Map.of("deep", List.of(70_000, 5_000_000_000L))),
                        "Records",
                        List.of(Map.of("PartitionKey", KEY, "ExplicitHashKey", "1", "Data", bytes())))),
                request(new CBORFactory()));
    }

    @ParameterizedTest
    @MethodSource("cborRequests")
    void cborIsRead(byte[] request) {
        PutBatch batch = new PutBatch();
        WireForm.CBOR.read(request, request.length, batch);
        assertRecord(batch);
    }

    @ParameterizedTest
    @MethodSource("cborRequests")
    void aCutRequestIsRefused(byte[] request) {
        for (int length = 0; length < request.length; length++) {
            byte[] cut = Arrays.copyOf(request, length);
            assertThatThrownBy(() -> WireForm.CBOR.read(cut, cut.length, new PutBatch()))
                    .as("the first %d of %d bytes", length, request.length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void jsonIsRead() throws IOException {
        byte[] request = request(new JsonFactory());
        PutBatch batch = new PutBatch();
        WireForm.JSON.read(request, request.length, batch);
        assertRecord(batch);
    }

    @Test
    void anAnswerTellsWhatBecameOfEachRecord() throws IOException {
        for (WireForm form : List.of(WireForm.CBOR, WireForm.JSON)) {
            PutBatch batch = new PutBatch();
            for (int record = 0; record < 600; record++) {
                byte[] both = (DATA + KEY).getBytes(StandardCharsets.US_ASCII);
                batch.add(both, 0, DATA.length(), DATA.length(), KEY.length());
            }
            boolean[] refused = new boolean[600];
            refused[1] = true;
            refused[599] = true;

            ObjectMapper mapper = form == WireForm.CBOR ? CBOR : new ObjectMapper();
            JsonNode answer = mapper.readTree(form.answer(batch, refused, 12));

            assertThat(answer.path("FailedRecordCount").asInt()).isEqualTo(2);
            assertThat(answer.path("Records").size()).isEqualTo(600);
            assertThat(answer.at("/Records/0/SequenceNumber").asText())
                    .hasSize(56)
                    .endsWith("000012000");
            assertThat(answer.at("/Records/2/SequenceNumber").asText()).endsWith("000012002");
            assertThat(answer.at("/Records/1/ErrorCode").asText()).isEqualTo("ProvisionedThroughputExceededException");
            assertThat(answer.at("/Records/599").has("SequenceNumber")).isFalse();
        }
    }

    private static void assertRecord(PutBatch batch) {
        assertThat(batch.count()).isEqualTo(1);
        assertThat(batch.isLine(0)).isTrue();
        assertThat(batch.connection(0)).isEqualTo(3);
        assertThat(batch.sequence(0)).isEqualTo(10);
        assertThat(batch.micros(0)).isEqualTo(1);
        assertThat(batch.identity(0)).isEqualTo(5);
        assertThat(batch.place(0)).isEqualTo((6L << 24) + 7);
    }

    private static byte[] bytes() {
        return DATA.getBytes(StandardCharsets.US_ASCII);
    }

    /** As a generator writes it that does not know lengths beforehand. */
    private static byte[] request(JsonFactory factory) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = factory.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("StreamName", "bench");
            out.writeArrayFieldStart("Records");
            out.writeStartObject();
            out.writeBinaryField("Data", bytes());
            out.writeStringField("PartitionKey", KEY);
            out.writeEndObject();
            out.writeEndArray();
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
