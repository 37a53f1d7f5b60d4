package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidatorException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLHandshakeException;
import logstream.kinesis.CannedKinesis.Answer;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.RequestFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Every way a request can fail has one class, and the SDK never sends it twice. */
@Timeout(60)
class PutErrorsTest {
    private static final List<OutgoingRecord> ONE =
            List.of(new OutgoingRecord("key", "line".getBytes(StandardCharsets.UTF_8)));

    private static final Path TABLE = Path.of("src/test/resources/logstream/kinesis/put-errors.txt");

    /** Failures without an answer, by the name that they have in the table. */
    private static final Map<String, RuntimeException> WITHOUT_ANSWER = Map.ofEntries(
            Map.entry("ApiCallTimeoutException", ApiCallTimeoutException.create(10)),
            Map.entry("UnknownHostException", client(new UnknownHostException("kinesis.nowhere.example"))),
            Map.entry("ConnectException", client(new ConnectException("Connection refused"))),
            Map.entry("SocketException", client(new SocketException("Connection reset"))),
            Map.entry("SSLHandshakeException", client(new SSLHandshakeException("Remote host terminated"))),
            Map.entry("CertPathValidatorException", client(untrusted())),
            Map.entry("kinesis.ca", new UnusableCaException("kinesis.ca: /ca.pem cannot be used")),
            Map.entry("no region", new NoRegionException(SdkClientException.create("Unable to load region"))),
            Map.entry(
                    "no credentials",
                    new NoCredentialsException(SdkClientException.create("Cannot fetch credentials from container"))),
            Map.entry(
                    "no instance metadata",
                    new NoCredentialsException(SdkClientException.create(
                            "Failed to load credentials from IMDS.", new SocketTimeoutException("Read timed out")))),
            Map.entry("AssumeRole refused", new NoCredentialsException(refusal(403, "AccessDenied", "not authorized"))),
            Map.entry("AssumeRole throttled", new NoCredentialsException(refusal(400, "Throttling", "Rate exceeded"))),
            Map.entry("AssumeRole misspelt", new NoCredentialsException(refusal(400, "ValidationError", "roleArn"))),
            Map.entry("bad setting", SdkClientException.create("Invalid endpoint")));

    private static RuntimeException client(Exception cause) {
        return SdkClientException.create("Unable", cause);
    }

    private static Exception untrusted() {
        SSLHandshakeException handshake = new SSLHandshakeException("PKIX path building failed");
        handshake.initCause(new CertPathValidatorException("unable to find valid certification path"));
        return handshake;
    }

    private static RuntimeException refusal(int status, String code, String message) {
        return AwsServiceException.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .build();
    }

    static List<String> rows() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    /**
     * Each row of the table: HTTP status, code, words of the message, then what becomes of the records, the metric's label
     * and what is said. To add one, write the first three columns; with {@code golden.write} the rest is written.
     */
    @ParameterizedTest
    @MethodSource("rows")
    void everyFailureHasItsClassItsLabelAndItsSentence(String row) throws IOException {
        String[] columns = row.split(" *\\| *", -1);
        String is = told(columns[0], columns[1], columns[2]);
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(TABLE, Files.readString(TABLE).replace(row + "\n", is + "\n"));
            return;
        }
        assertThat(row).isEqualTo(is);
        assertThat(columns[5]).matches("[A-Z].*[^. ]\\.");
    }

    private static String told(String status, String code, String words) {
        Metrics metrics = new Metrics();
        PutOutcome outcome;
        RequestFailure cause;
        if (status.equals("-")) {
            CallErrors.Told told =
                    CallErrors.told(Objects.requireNonNull(WITHOUT_ANSWER.get(code), "no failure named " + code));
            outcome = told.outcome(Purpose.PUT);
            cause = told.error().cause;
        } else {
            int number = Integer.parseInt(status);
            outcome = putAnsweredBy(Answer.error(number, code, words), metrics);
            List<RequestFailure> counted = Arrays.stream(RequestFailure.values())
                    .filter(each -> metrics.requestsFailed(each).sum() == 1)
                    .toList();
            assertThat(counted).as("counted as").hasSize(1);
            cause = counted.getFirst();
        }
        if (!(outcome instanceof PutOutcome.Failed failed)) {
            throw new AssertionError("answered: " + outcome);
        }
        String fate = switch (failed) {
            case PutOutcome.Throttled _ -> "again, slower";
            case PutOutcome.Unavailable _ -> "again";
            case PutOutcome.NeedsOperator _ -> "waits for operator";
            case PutOutcome.Refused _ -> "halved";
        };
        String label = cause.name().toLowerCase(Locale.ROOT);
        return String.join(" | ", status, code, words, fate, label, failed.advice());
    }

    @Test
    void theTableHasEveryClassAndEveryLabel() throws IOException {
        Set<String> fates = new HashSet<>();
        Set<String> labels = new TreeSet<>();
        Set<String> sentences = new HashSet<>();
        for (String row : rows()) {
            String[] columns = row.split(" *\\| *", -1);
            fates.add(columns[3]);
            labels.add(columns[4]);
            sentences.add(columns[5]);
        }
        assertThat(fates).hasSize(4);
        assertThat(labels)
                .containsExactlyElementsOf(Arrays.stream(RequestFailure.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList());
        for (CallError error : CallError.values()) {
            assertThat(sentences).as("sentence of " + error).contains(error.advice(Purpose.PUT));
        }
    }

    private static PutOutcome putAnsweredBy(Answer answer, Metrics metrics) {
        try (CannedKinesis server = new CannedKinesis(_ -> answer);
                KinesisStream stream = KinesisStream.open(server.config(), metrics)) {
            PutOutcome outcome = stream.put(ONE);
            assertThat(server.calls).as("requests sent").hasSize(1);
            return outcome;
        }
    }

    @Test
    void theReasonSaysCodeMessageStatusAndRequest() {
        assertThat(putAnsweredBy(Answer.error(400, "ThrottlingException"), new Metrics()))
                .isInstanceOfSatisfying(
                        PutOutcome.Throttled.class,
                        outcome -> assertThat(outcome.reason())
                                .isEqualTo(
                                        "ThrottlingException: made up: ThrottlingException (HTTP 400, request r-1)"));
    }

    @Test
    void anAnswerOfAnotherLengthCannotBeMatchedToItsRecords() {
        try (CannedKinesis server =
                        new CannedKinesis(_ -> Answer.ok(Map.of("FailedRecordCount", 0, "Records", List.of())));
                KinesisStream stream = KinesisStream.open(server.config(), new Metrics())) {
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Unavailable.class);
        }
    }

    @Test
    void anAnswerThatCannotBeReadIsNoAnswer() {
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.ok(Map.of("Records", "none")));
                KinesisStream stream = KinesisStream.open(server.config(), new Metrics())) {
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Unavailable.class);
        }
    }

    @Test
    void aServerThatNeverAnswersIsLeftAfterTheTimeOut() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                KinesisStream stream = open(silent.getLocalPort(), Duration.ofMillis(300))) {
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Unavailable.class);
        }
    }

    @Test
    void aServerThatStopsReadingIsLeftAfterTheTimeOut() throws IOException {
        List<OutgoingRecord> large = List.of(new OutgoingRecord("key", new byte[9 << 20]));
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                KinesisStream stream = open(silent.getLocalPort(), Duration.ofMillis(500))) {
            assertThat(stream.put(large)).isInstanceOf(PutOutcome.Unavailable.class);
            assertThat(Thread.interrupted())
                    .as("interrupted by the SDK's timer")
                    .isFalse();
        }
    }

    @Test
    void aConnectionThatIsResetIsRetried() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                KinesisStream stream = open(server.getLocalPort(), Duration.ofSeconds(10))) {
            Thread resetting = Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.setSoLinger(true, 0);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Unavailable.class);
            resetting.join();
        }
    }

    @Test
    void aRefusedConnectionIsRetried() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (KinesisStream stream = open(closed, Duration.ofSeconds(10))) {
            assertThat(stream.put(ONE))
                    .isInstanceOfSatisfying(
                            PutOutcome.Unavailable.class,
                            outcome -> assertThat(outcome.reason()).contains("Connection refused"));
        }
    }

    private static KinesisStream open(int port, Duration timeout) {
        return KinesisStream.open(CannedKinesis.at(URI.create("http://127.0.0.1:" + port), timeout), new Metrics());
    }

    @Test
    void anUnknownHostIsNamed() {
        assertThat(CallErrors.told(client(new UnknownHostException("kinesis.nowhere.example")))
                        .reason())
                .isEqualTo("UnknownHostException: kinesis.nowhere.example");
    }
}
