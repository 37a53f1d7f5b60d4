package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidatorException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import logstream.kinesis.CannedKinesis.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Every way a request can fail has one class, and the SDK never sends it twice. */
@Timeout(60)
class PutErrorsTest {
    private static final List<OutgoingRecord> ONE =
            List.of(new OutgoingRecord("key", "line".getBytes(StandardCharsets.UTF_8)));

    @ParameterizedTest(name = "{1} ({0})")
    @CsvSource(textBlock = """
            400, ProvisionedThroughputExceededException
            400, KMSThrottlingException
            400, ThrottlingException
            400, Throttling
            400, LimitExceededException
            400, RequestLimitExceeded
            400, TooManyRequestsException
            429, ''
            """)
    void throttlingIsNoFailure(int status, String code) {
        assertThat(putAnsweredBy(status, code)).isInstanceOf(PutOutcome.Throttled.class);
    }

    @ParameterizedTest(name = "{1} ({0})")
    @CsvSource(textBlock = """
            500, InternalFailure
            500, InternalFailureException
            500, KMSAccessDeniedException
            500, ''
            502, ''
            503, ServiceUnavailable
            504, ''
            400, InternalServerError
            400, ResourceInUseException
            400, RequestTimeoutException
            408, ''
            """)
    void serverErrorsAreRetried(int status, String code) {
        assertThat(putAnsweredBy(status, code)).isInstanceOf(PutOutcome.Unavailable.class);
    }

    @ParameterizedTest(name = "{1} ({0})")
    @CsvSource(textBlock = """
            400, InvalidArgumentException
            400, ValidationException
            400, SerializationException
            413, ''
            400, RequestEntityTooLarge
            """)
    void refusalsBlameARecord(int status, String code) {
        assertThat(putAnsweredBy(status, code)).isInstanceOf(PutOutcome.Refused.class);
    }

    @ParameterizedTest(name = "{1} ({0})")
    @CsvSource(textBlock = """
            400, ResourceNotFoundException, account
            400, KMSDisabledException, Enable the KMS key
            400, KMSInvalidStateException, Enable the KMS key
            400, KMSNotFoundException, KMS key
            400, KMSAccessDeniedException, kms:GenerateDataKey
            400, KMSOptInRequired, Subscribe
            400, AccessDeniedException, kinesis:PutRecords
            403, AccessDeniedException, kinesis:PutRecords
            400, NotAuthorized, kinesis:PutRecords
            400, UnrecognizedClientException, access key
            403, InvalidClientTokenId, access key
            400, MissingAuthenticationTokenException, access key
            400, IncompleteSignature, access key
            403, IncompleteSignatureException, access key
            403, SignatureDoesNotMatch, access key
            400, InvalidSignatureException, clock
            400, ExpiredTokenException, Renew
            403, ExpiredToken, Renew
            400, RequestExpired, clock
            403, RequestTimeTooSkewed, clock
            403, OptInRequired, region
            400, UnknownOperationException, endpoint
            404, '', proxy
            407, '', proxy
            400, BrandNewException, Look up the code
            """)
    void whatAnOperatorMustMendComesWithAdvice(int status, String code, String advice) {
        assertThat(putAnsweredBy(status, code)).isInstanceOfSatisfying(PutOutcome.NeedsOperator.class, outcome -> {
            assertThat(outcome.advice()).contains(advice).endsWith(".");
            assertThat(outcome.reason()).contains(code, "HTTP " + status);
        });
    }

    private static PutOutcome putAnsweredBy(int status, String code) {
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.error(status, code));
                KinesisStream stream = KinesisStream.open(server.config())) {
            PutOutcome outcome = stream.put(ONE);
            assertThat(server.calls).as("requests sent").hasSize(1);
            return outcome;
        }
    }

    @Test
    void theReasonSaysCodeMessageStatusAndRequest() {
        assertThat(putAnsweredBy(400, "ThrottlingException"))
                .isEqualTo(new PutOutcome.Throttled(
                        "ThrottlingException: made up: ThrottlingException (HTTP 400, request r-1)"));
    }

    @Test
    void anAnswerOfAnotherLengthCannotBeMatchedToItsRecords() {
        try (CannedKinesis server =
                        new CannedKinesis(_ -> Answer.ok(Map.of("FailedRecordCount", 0, "Records", List.of())));
                KinesisStream stream = KinesisStream.open(server.config())) {
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Unavailable.class);
        }
    }

    @Test
    void anAnswerThatCannotBeReadIsNoAnswer() {
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.ok(Map.of("Records", "none")));
                KinesisStream stream = KinesisStream.open(server.config())) {
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
        return KinesisStream.open(CannedKinesis.at(URI.create("http://127.0.0.1:" + port), timeout));
    }

    @Test
    void anUnknownHostIsRetriedAndNamed() {
        PutOutcome outcome = CallErrors.outcome(
                SdkClientException.create("Unable", new UnknownHostException("kinesis.nowhere.example")), Purpose.PUT);
        assertThat(outcome).isEqualTo(new PutOutcome.Unavailable("UnknownHostException: kinesis.nowhere.example"));
    }

    @Test
    void aCertificateThatIsNotTrustedNeedsAnOperator() {
        SSLHandshakeException handshake = new SSLHandshakeException("PKIX path building failed");
        handshake.initCause(new CertPathValidatorException("unable to find valid certification path"));
        assertThat(CallErrors.outcome(SdkClientException.create("Unable", handshake), Purpose.PUT))
                .isInstanceOfSatisfying(
                        PutOutcome.NeedsOperator.class,
                        outcome -> assertThat(outcome.advice()).contains("trust store"));
    }

    @Test
    void aMissingRegionIsToldByTheCallNotByOpening() {
        assertThat(CallErrors.outcome(
                        new NoRegionException(SdkClientException.create("Unable to load region")), Purpose.PUT))
                .isInstanceOfSatisfying(
                        PutOutcome.NeedsOperator.class,
                        outcome -> assertThat(outcome.advice()).contains("kinesis.region", "AWS_REGION"));
    }
}
