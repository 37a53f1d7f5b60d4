package logstream.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import logstream.kinesis.RawServer.Reply;
import logstream.kinesis.RawServer.Sent;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What we send is what the SDK's generated client sends, and what is refused is understood the same: both are put in front
 * of the same server, request by request and error by error.
 */
@Timeout(120)
class PutReferenceTest {
    private static final String ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";
    private static final Map<String, String> KEYS =
            Map.of("aws.accessKeyId", "AKID", "aws.secretAccessKey", "secret", "aws.sessionToken", "session");
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NOTHING = {};
    private static final List<OutgoingRecord> ONE = List.of(new OutgoingRecord("key", "line".getBytes(UTF_8)));

    /** What may differ from request to request. */
    private static final List<String> OF_ONE_REQUEST = List.of("authorization", "x-amz-date", "amz-sdk-invocation-id");

    @BeforeEach
    void giveKeys() {
        KEYS.forEach(System::setProperty);
    }

    @AfterEach
    void takeKeys() {
        KEYS.keySet().forEach(System::clearProperty);
        System.clearProperty("aws.cborEnabled");
    }

    /** Both outcomes to the same answer: the generated client's, then ours. */
    private record Both(PutOutcome generated, PutOutcome ours) {}

    private static Both put(RawServer server, String stream, List<OutgoingRecord> records) {
        try (GeneratedPut generated = new GeneratedPut(server.config(stream));
                KinesisStream ours = KinesisStream.open(server.config(stream), new Metrics())) {
            return new Both(generated.put(records), ours.put(records));
        }
    }

    static List<OutgoingRecord> records(int count, int bytes, Random random) {
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] data = new byte[bytes == 0 ? 0 : random.nextInt(bytes)];
            random.nextBytes(data);
            records.add(new OutgoingRecord(new UUID(random.nextLong(), random.nextLong()).toString(), data));
        }
        return records;
    }

    @ParameterizedTest
    @CsvSource({
        "logs, 1, 0",
        "logs, 1, 20",
        "logs, 3, 250",
        "logs, 500, 300",
        "logs, 100, 3000",
        "logs, 4, 200000",
        ARN + ", 1, 20",
        ARN + ", 500, 300",
    })
    void theRequestIsTheSameByteForByte(String stream, int count, int bytes) throws Exception {
        List<OutgoingRecord> records = records(count, bytes, new Random(count));
        try (RawServer server = new RawServer(Reply.cbor(200, NOTHING))) {
            put(server, stream, records);
            assertThat(server.sent.get(1).body()).isEqualTo(server.sent.get(0).body());
            assertSameAround(server.sent);
        }
    }

    /** Where the generated client's lengths are longer than need be: one form of the same. */
    @Test
    void longAndForeignKeysAreTheSameText() throws Exception {
        List<OutgoingRecord> records = new ArrayList<>();
        for (String key : List.of(
                "é",
                "日本語",
                "a".repeat(23),
                "a".repeat(24),
                "a".repeat(86),
                "ü".repeat(128),
                "x".repeat(256),
                "😀".repeat(64),
                "a\"b\\c\n")) {
            records.add(new OutgoingRecord(key, key.getBytes(UTF_8)));
        }
        try (RawServer server = new RawServer(Reply.cbor(200, NOTHING))) {
            put(server, "logs", records);
            assertThat(CBOR.readTree(server.sent.get(1).body()))
                    .isEqualTo(CBOR.readTree(server.sent.get(0).body()));
            assertThat(CBOR.readTree(server.sent.get(1).body()).get("Records")).hasSize(records.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"logs", ARN})
    void withoutCborTheRequestIsTheSameInJson(String stream) throws Exception {
        System.setProperty("aws.cborEnabled", "false");
        List<OutgoingRecord> records = new ArrayList<>(records(100, 300, new Random(1)));
        records.add(new OutgoingRecord("日\"\\\u0001😀", new byte[] {1}));
        try (RawServer server = new RawServer(Reply.json(200, NOTHING))) {
            put(server, stream, records);
            assertThat(JSON.readTree(server.sent.get(1).body()))
                    .isEqualTo(JSON.readTree(server.sent.get(0).body()));
            assertThat(server.sent.get(1).headers()).containsEntry("content-type", "application/x-amz-json-1.1");
            assertSameAround(server.sent);
        }
    }

    private static void assertSameAround(List<Sent> sent) throws Exception {
        assertThat(sent).hasSize(2);
        Sent generated = sent.get(0);
        Sent ours = sent.get(1);
        assertThat(ours.method() + " " + ours.path()).isEqualTo(generated.method() + " " + generated.path());
        assertThat(constant(ours)).isEqualTo(constant(generated)).containsKeys("user-agent", "x-amz-target");
        for (Sent one : sent) {
            assertThat(one.headers())
                    .containsEntry("authorization", Signature.of(one, "AKID", "secret"))
                    .containsEntry("x-amz-security-token", "session");
        }
        assertThat(ours.header("authorization").replaceAll("[0-9a-f]{64}", ""))
                .isEqualTo(generated.header("authorization").replaceAll("[0-9a-f]{64}", ""));
    }

    private static Map<String, String> constant(Sent sent) {
        Map<String, String> headers = new TreeMap<>(sent.headers());
        headers.keySet().removeAll(OF_ONE_REQUEST);
        return headers;
    }

    /** The array is used again: nothing of a longer request may be left in a shorter one. */
    @Test
    void requestsOfAllSizesFollowEachOtherUnspoilt() throws Exception {
        Random random = new Random(7);
        try (RawServer server = new RawServer(Reply.cbor(200, NOTHING));
                GeneratedPut generated = new GeneratedPut(server.config("logs"));
                KinesisStream ours = KinesisStream.open(server.config("logs"), new Metrics())) {
            for (int i = 0; i < 40; i++) {
                List<OutgoingRecord> records = records(1 + random.nextInt(500), 1 << random.nextInt(12), random);
                generated.put(records);
                ours.put(records);
                assertThat(server.sent.get(1).body())
                        .isEqualTo(server.sent.get(0).body());
                assertThat(server.sent.get(1).headers())
                        .containsEntry("authorization", Signature.of(server.sent.get(1), "AKID", "secret"));
                server.sent.clear();
            }
        }
    }

    static List<String> refusals() throws IOException {
        return PutErrorsTest.rows().stream().filter(row -> !row.startsWith("-")).toList();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void everyRefusalIsUnderstoodTheSame(String row) throws IOException {
        String[] columns = row.split(" *\\| *", -1);
        int status = Integer.parseInt(columns[0]);
        String code = columns[1];
        String words = columns[2];
        List<Reply> replies = new ArrayList<>();
        replies.add(Reply.cbor(
                status, CBOR.writeValueAsBytes(code.isEmpty() ? Map.of() : Map.of("__type", code, "message", words))));
        replies.add(Reply.cbor(
                status, CBOR.writeValueAsBytes(Map.of("code", "com.amazon#" + code, "Message", words, "x", 7))));
        replies.add(Reply.cbor(status, NOTHING));
        replies.add(Reply.cbor(status, "<html>no".getBytes(UTF_8)));
        replies.add(new Reply(
                status,
                Map.of(
                        "x-amzn-ErrorType",
                        code + ":http://a/b",
                        "x-amzn-error-message",
                        words,
                        "x-amz-request-id",
                        "2"),
                CBOR.writeValueAsBytes(Map.of("__type", "Another", "message", "other"))));
        try (RawServer server = new RawServer(replies.getFirst());
                GeneratedPut generated = new GeneratedPut(server.config("logs"));
                KinesisStream ours = KinesisStream.open(server.config("logs"), new Metrics())) {
            for (Reply reply : replies) {
                server.reply(reply);
                assertThat(ours.put(ONE)).isInstanceOf(PutOutcome.Failed.class).isEqualTo(generated.put(ONE));
            }
        }
    }

    /** The generated client looks for CBOR there, and finds no code; we read what it says it is. */
    @Test
    void aRefusalInJsonIsUnderstood() {
        byte[] body = "{\"__type\":\"ThrottlingException\",\"message\":\"slow\"}".getBytes(UTF_8);
        try (RawServer server = new RawServer(Reply.json(400, body))) {
            assertThat(put(server, "logs", ONE).ours())
                    .isInstanceOfSatisfying(
                            PutOutcome.Throttled.class,
                            outcome -> assertThat(outcome.reason())
                                    .isEqualTo("ThrottlingException: slow (HTTP 400, request r-1)"));
        }
    }

    @Test
    void withoutAnAnswerTheOutcomeIsTheSame() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        assertSame(CannedKinesis.at(URI.create("http://127.0.0.1:" + closed), Duration.ofSeconds(5)));
        assertSame(CannedKinesis.at(URI.create("http://kinesis.invalid"), Duration.ofSeconds(5)));
        assertSame(
                CannedKinesis.at("arn:aws:kinesis", URI.create("http://127.0.0.1:" + closed), Duration.ofSeconds(5)));
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            PutOutcome ours = assertSame(
                    CannedKinesis.at(URI.create("http://127.0.0.1:" + silent.getLocalPort()), Duration.ofMillis(300)));
            assertThat(ours).isInstanceOf(PutOutcome.Unavailable.class);
        }
    }

    private static PutOutcome assertSame(KinesisConfig config) {
        try (GeneratedPut generated = new GeneratedPut(config);
                KinesisStream ours = KinesisStream.open(config, new Metrics(), Map.of())) {
            PutOutcome outcome = ours.put(ONE);
            PutOutcome expected = generated.put(ONE);
            assertThat(outcome.getClass()).isEqualTo(expected.getClass());
            // The reasons have addresses of objects in them.
            assertThat(((PutOutcome.Failed) outcome).advice()).isEqualTo(((PutOutcome.Failed) expected).advice());
            return outcome;
        }
    }

    /** A signature refused for its time, an hour off by the service's own clock: the next request has the service's. */
    @Test
    void aClockThatIsWrongIsMadeUpFor() throws Exception {
        Instant hourAhead = Instant.now().plusSeconds(3600);
        byte[] expired = CBOR.writeValueAsBytes(
                Map.of("__type", "InvalidSignatureException", "message", "Signature expired: it is now earlier"));
        try (DatedServer server = new DatedServer(hourAhead, expired);
                GeneratedPut generated = new GeneratedPut(server.config());
                KinesisStream ours = KinesisStream.open(server.config(), new Metrics())) {
            for (int i = 0; i < 2; i++) {
                assertThat(ours.put(ONE)).isEqualTo(generated.put(ONE)).isInstanceOf(PutOutcome.NeedsOperator.class);
            }
            assertThat(skewHours(server.dates)).containsExactly(0L, 0L, 1L, 1L);
        }
    }

    private static List<Long> skewHours(List<String> dates) {
        DateTimeFormatter format =
                DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX").withZone(ZoneOffset.UTC);
        return dates.stream()
                .map(date -> Instant.from(format.parse(date)))
                .map(time -> Math.round(Duration.between(Instant.now(), time).toMinutes() / 60.0))
                .toList();
    }
}
