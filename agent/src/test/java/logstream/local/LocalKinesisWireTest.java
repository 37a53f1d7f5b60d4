package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on the wire that no SDK sends, and the control path. */
class LocalKinesisWireTest {
    private static final String CBOR = "application/x-amz-cbor-1.1";
    private static final String JSON = "application/x-amz-json-1.1";
    private static final ObjectMapper JSON_MAPPER = new ObjectMapper();
    private static final ObjectMapper CBOR_MAPPER = new ObjectMapper(new CBORFactory());

    private static LocalKinesis local;
    private static HttpClient http;

    @BeforeAll
    static void start() throws IOException {
        local = LocalKinesis.start(0);
        local.createStream("logs", 2);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        http.close();
        local.close();
    }

    @BeforeEach
    void behave() {
        local.faults(Faults.none());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "7",
                "{\"StreamName\":\"logs\"",
                "{\"StreamName\":\"logs\"}}",
                "{\"StreamName\":7}",
                "{\"StreamName\":\"logs\",\"Records\":{}}",
                "{\"StreamName\":\"logs\",\"Records\":[7]}",
                "{\"StreamName\":\"logs\",\"Records\":[{\"Data\":7,\"PartitionKey\":\"k\"}]}",
                "{\"StreamName\":\"logs\",\"Records\":[{\"Data\":\"%%\",\"PartitionKey\":\"k\"}]}",
                "{\"StreamName\":\"logs\",\"Records\":[{\"Data\":\"eA==\",\"PartitionKey\":[]}]}",
                "{\"StreamName\":\"logs\",\"Records\":[{\"Data\":\"eA==\"",
            })
    void whatCannotBeReadIsASerializationException(String body) throws Exception {
        HttpResponse<byte[]> answer = call("PutRecords", JSON, body.getBytes(StandardCharsets.UTF_8));
        assertError(answer, 400, "SerializationException");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"StreamName\":\"logs\"}",
                "{\"StreamName\":\"logs\",\"Records\":null}",
                "{\"StreamName\":\"logs\",\"Records\":[{}]}",
                "{\"StreamName\":\"logs\",\"Records\":[{\"Data\":null,\"PartitionKey\":\"k\"}]}",
                "{\"StreamName\":\"lo gs\",\"Records\":[{\"Data\":\"\",\"PartitionKey\":\"k\"}]}",
                "{\"StreamName\":\"logs\",\"Records\":[{\"Data\":\"\",\"PartitionKey\":\"k\",\"ExplicitHashKey\":\"-1\"}]}",
            })
    void whatCanBeReadButIsWrongIsRefused(String body) throws Exception {
        HttpResponse<byte[]> answer = call("PutRecords", JSON, body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("__type").textValue()).isIn("ValidationException", "InvalidArgumentException");
    }

    @Test
    void aCborBodyCutOrChangedAnywhereHasACleanAnswer() throws Exception {
        byte[] body = CBOR_MAPPER.writeValueAsBytes(
                Map.of("StreamName", "logs", "Records", List.of(Map.of("Data", new byte[20], "PartitionKey", "key"))));
        assertThat(call("PutRecords", CBOR, body).statusCode()).isEqualTo(200);
        for (int i = 0; i < body.length; i++) {
            assertClean(call("PutRecords", CBOR, Arrays.copyOf(body, i)), 400);
            for (int changed : new int[] {0x00, 0x7f, 0x9f, 0xbf, 0xff}) {
                byte[] garbled = body.clone();
                garbled[i] = (byte) changed;
                assertClean(call("PutRecords", CBOR, garbled), 200);
                assertClean(call("DescribeStream", CBOR, garbled), 200);
            }
        }
    }

    @Test
    void cborErrorsAreInCbor() throws Exception {
        HttpResponse<byte[]> answer = call("PutRecords", CBOR, new byte[] {0x01});
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(CBOR);
        assertThat(CBOR_MAPPER.readTree(answer.body()).path("__type").textValue())
                .isEqualTo("SerializationException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DescribeLimits", "", "putRecords", "PutRecords/"})
    void anUnknownOperationIsSaidToBeOne(String operation) throws Exception {
        assertError(call(operation, JSON, new byte[0]), 400, "UnknownOperationException");
    }

    @Test
    void aBodyTooLargeForAnyRequestIsRefused() throws Exception {
        assertError(call("PutRecords", JSON, new byte[12 << 20]), 413, "RequestEntityTooLargeException");
        HttpRequest chunked = request("PutRecords", JSON)
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(new byte[12 << 20])))
                .build();
        assertError(http.send(chunked, BodyHandlers.ofByteArray()), 413, "RequestEntityTooLargeException");
    }

    @Test
    void faultsAreSetAndShownOverHttp() throws Exception {
        HttpResponse<String> set = control(
                "PUT",
                "/_local/faults",
                "{\"throttledRecords\":0.25,\"delayMillis\":1500,\"errorCode\":\"A\",\"refusedText\":\"not this\"}");
        assertThat(set.statusCode()).isEqualTo(200);
        assertThat(local.faults())
                .isEqualTo(Faults.none()
                        .withThrottledRecords(0.25)
                        .withDelay(Duration.ofMillis(1500))
                        .withErrorCode("A")
                        .withRefusedText("not this"));
        assertThat(control("GET", "/_local/faults", "").body()).isEqualTo(set.body());
        control("PUT", "/_local/faults", set.body());
        assertThat(local.faults().throttledRecords()).isEqualTo(0.25);
        control("PUT", "/_local/faults", "{}");
        assertThat(local.faults()).isEqualTo(Faults.none());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"throttled\":1}",
                "{\"throttledRecords\":2}",
                "{\"throttledRecords\":\"1\"}",
                "{\"hangUp\":1}",
                "{\"delayMillis\":-1}",
                "{\"delayMillis\":1e300}",
                "{\"errorCode\":\"<script>\"}",
                "[]",
                "",
                "{"
            })
    void wrongFaultsChangeNothing(String body) throws Exception {
        local.faults(Faults.none().withFailedAfter(0.5));
        HttpResponse<String> answer = control("PUT", "/_local/faults", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isNotBlank();
        assertThat(local.faults()).isEqualTo(Faults.none().withFailedAfter(0.5));
    }

    @Test
    void theScoreIsShownOverHttp() throws Exception {
        JsonNode score =
                JSON_MAPPER.readTree(control("GET", "/_local/stats", "").body());
        assertThat(score.path("requests").longValue()).isEqualTo(local.score().requests());
        assertThat(score.has("accepted")).isTrue();
        assertThat(control("GET", "/_local/other", "").statusCode()).isEqualTo(404);
    }

    private static HttpRequest.Builder request(String operation, String contentType) {
        return HttpRequest.newBuilder(local.endpoint())
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(20))
                .header("X-Amz-Target", "Kinesis_20131202." + operation)
                .header("Content-Type", contentType);
    }

    private static HttpResponse<byte[]> call(String operation, String contentType, byte[] body) throws Exception {
        HttpRequest request = request(operation, contentType)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return http.send(request, BodyHandlers.ofByteArray());
    }

    private static HttpResponse<String> control(String method, String path, String body) throws Exception {
        URI uri = local.endpoint().resolve(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<byte[]> answer) throws IOException {
        return JSON_MAPPER.readTree(answer.body());
    }

    private static void assertError(HttpResponse<byte[]> answer, int status, String type) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("x-amzn-RequestId")).isPresent();
        assertThat(json(answer).path("__type").textValue()).isEqualTo(type);
        assertThat(json(answer).path("message").textValue()).isNotBlank();
    }

    /** An answer of this status, or a refusal that names its kind. */
    private static void assertClean(HttpResponse<byte[]> answer, int status) throws IOException {
        assertThat(answer.statusCode()).isIn(status, 400);
        if (answer.statusCode() != 200) {
            assertThat(CBOR_MAPPER.readTree(answer.body()).path("__type").textValue())
                    .endsWith("Exception");
        }
    }
}
