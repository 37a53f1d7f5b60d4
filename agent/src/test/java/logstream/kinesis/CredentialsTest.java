package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import logstream.kinesis.CannedKinesis.Answer;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Missing and refused credentials come out as advice; a role is assumed as configured. */
@Timeout(60)
class CredentialsTest {
    private static final List<OutgoingRecord> ONE = List.of(new OutgoingRecord("key", new byte[] {'x'}));
    private static final String STS_ENDPOINT = "aws.endpointUrlSts";
    private static final String ROLE = "arn:aws:iam::123456789012:role/logs-writer";

    private final Map<String, String> asked = new HashMap<>();
    private final AtomicInteger stsCalls = new AtomicInteger();
    private final AtomicReference<String> stsError = new AtomicReference<>("");
    private final AtomicReference<Instant> stsExpiration = new AtomicReference<>(Instant.parse("2099-01-01T00:00:00Z"));
    private HttpServer sts = startSts();

    @BeforeEach
    void pointAtOurSts() {
        System.setProperty(STS_ENDPOINT, "http://127.0.0.1:" + sts.getAddress().getPort());
    }

    @AfterEach
    void stopSts() {
        System.clearProperty(STS_ENDPOINT);
        sts.stop(0);
    }

    private HttpServer startSts() {
        try {
            sts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        sts.createContext("/", exchange -> {
            stsCalls.incrementAndGet();
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            for (String pair : form.split("&", -1)) {
                int equals = pair.indexOf('=');
                asked.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
            String error = stsError.get();
            String xml = error.isEmpty()
                    ? "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId>"
                            + "<SecretAccessKey>s</SecretAccessKey><SessionToken>session-1</SessionToken>"
                            + "<Expiration>" + stsExpiration.get() + "</Expiration></Credentials></AssumeRoleResult>"
                            + "</AssumeRoleResponse>"
                    : "<ErrorResponse><Error><Code>" + error + "</Code><Message>no</Message></Error></ErrorResponse>";
            byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(error.isEmpty() ? 200 : 403, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        sts.start();
        return sts;
    }

    private static KinesisConfig withRole(KinesisConfig plain) {
        return new KinesisConfig(
                plain.stream(),
                plain.region(),
                plain.endpoint(),
                ROLE,
                "external-7",
                "logstream-host-1",
                plain.access(),
                plain.maxBatchRecords(),
                plain.maxBatchBytes(),
                plain.maxRequestsInFlight(),
                plain.linger(),
                plain.requestTimeout(),
                plain.retryLimit(),
                plain.retryWait(),
                plain.packing());
    }

    @Test
    void theRoleIsAssumedOnceAndItsSessionSigns() {
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.accepted());
                KinesisStream stream = KinesisStream.open(withRole(server.config()), new Metrics())) {
            assertThat(stsCalls).as("asked by opening").hasValue(0);
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Answered.class);
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Answered.class);
            assertThat(stsCalls).hasValue(1);
            assertThat(asked)
                    .containsEntry("RoleArn", ROLE)
                    .containsEntry("ExternalId", "external-7")
                    .containsEntry("RoleSessionName", "logstream-host-1");
            Map<String, String> headers = server.calls.getFirst().headers();
            assertThat(headers.get("authorization")).contains("Credential=ASSUMED/");
            assertThat(headers).containsEntry("x-amz-security-token", "session-1");
        }
    }

    /** Half a minute before the end is within the minute in which nobody signs with the old session any more. */
    @Test
    void aSessionIsRenewedBeforeItEnds() {
        stsExpiration.set(Instant.now().plusSeconds(30));
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.accepted());
                KinesisStream stream = KinesisStream.open(withRole(server.config()), new Metrics())) {
            stream.put(ONE);
            stream.put(ONE);
            assertThat(stsCalls).hasValue(2);
        }
    }

    @Test
    void aRoleThatMayNotBeAssumedNeedsAnOperator() {
        stsError.set("AccessDenied");
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.error(500, "not reached"));
                KinesisStream stream = KinesisStream.open(withRole(server.config()), new Metrics())) {
            assertThat(stream.put(ONE)).isInstanceOfSatisfying(PutOutcome.NeedsOperator.class, outcome -> {
                assertThat(outcome.reason()).startsWith("AssumeRole: AccessDenied");
                assertThat(outcome.advice()).contains("sts:AssumeRole", "trust policy");
            });
            assertThat(server.calls).isEmpty();
        }
    }

    /** What the SDK says, word for word, in the cases that its users meet. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(…) : \
            [InstanceProfileCredentialsProvider(): Failed to load credentials from IMDS.] \
            | instance: Failed to load credentials from IMDS.
            Failed to retrieve IMDS token, and fallback to IMDS v1 is disabled via the … | IMDS token
            Cannot fetch credentials from container - neither … | from container
            """)
    void missingCredentialsComeWithAdvice(String said, String reason) {
        RuntimeException failure = new NoCredentialsException(SdkClientException.create(said));
        assertThat(CallErrors.outcome(failure, Purpose.PUT))
                .isInstanceOfSatisfying(PutOutcome.NeedsOperator.class, outcome -> {
                    assertThat(outcome.reason()).startsWith("no credentials: ").contains(reason);
                    assertThat(outcome.advice()).contains("AWS_ACCESS_KEY_ID", "HttpPutResponseHopLimit");
                });
    }

    @Test
    void aTimeOutOfMetadataIsMissingCredentialsToo() {
        RuntimeException failure = new NoCredentialsException(SdkClientException.create(
                "Failed to load credentials from IMDS.", new SocketTimeoutException("Read timed out")));
        assertThat(CallErrors.outcome(failure, Purpose.PUT)).isInstanceOf(PutOutcome.NeedsOperator.class);
    }

    @Test
    void nothingConfiguredAndNothingFoundIsToldByTheCall() {
        Set<String> found = new HashSet<>(System.getenv().keySet());
        found.retainAll(Set.of(
                "AWS_REGION",
                "AWS_ACCESS_KEY_ID",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
        assumeTrue(found.isEmpty(), "the environment has " + found + ": skipped");
        Map<String, String> settings = Map.of(
                "aws.disableEc2Metadata", "true",
                "aws.configFile", "/nowhere",
                "aws.sharedCredentialsFile", "/nowhere");
        settings.forEach(System::setProperty);
        URI elsewhere = URI.create("http://kinesis.example.invalid");
        String arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";
        try (KinesisStream noRegion =
                        KinesisStream.open(CannedKinesis.at(elsewhere, Duration.ofSeconds(5)), new Metrics());
                KinesisStream noKeys =
                        KinesisStream.open(CannedKinesis.at(arn, elsewhere, Duration.ofSeconds(5)), new Metrics())) {
            assertThat(noRegion.put(ONE))
                    .isInstanceOfSatisfying(
                            PutOutcome.NeedsOperator.class,
                            outcome -> assertThat(outcome.advice()).contains("AWS_REGION"));
            assertThat(noKeys.put(ONE)).isInstanceOfSatisfying(PutOutcome.NeedsOperator.class, outcome -> {
                assertThat(outcome.reason())
                        .startsWith("no credentials: ")
                        .contains("IMDS credentials have been disabled");
                assertThat(outcome.advice()).contains("AWS_ACCESS_KEY_ID");
            });
            assertThat(noKeys.check()).isInstanceOf(StreamState.NotReady.class);
        } finally {
            settings.keySet().forEach(System::clearProperty);
        }
    }
}
