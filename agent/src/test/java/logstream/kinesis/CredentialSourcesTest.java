package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import logstream.kinesis.CannedKinesis.Answer;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.RequestFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where credentials come from in a container, each source in its own protocol, and that they are asked for again before they
 * end. The stream is behind a proxy on loopback, so that it counts as one of AWS's.
 */
@Timeout(60)
class CredentialSourcesTest {
    private static final List<OutgoingRecord> ONE = List.of(new OutgoingRecord("key", new byte[] {'x'}));
    private static final String ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";
    private static final String ROLE = "arn:aws:iam::123456789012:role/pod";

    @TempDir
    private Path folder;

    private final Map<String, String> settings = new HashMap<>();
    private CredentialSources sources;

    @BeforeEach
    void nothingIsSet() throws IOException {
        Set<String> found = new HashSet<>(System.getenv().keySet());
        found.retainAll(Set.of(
                "AWS_ACCESS_KEY_ID",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_EC2_METADATA_DISABLED"));
        assumeTrue(found.isEmpty(), "the environment has " + found + ": skipped");
        sources = new CredentialSources();
        set("aws.configFile", "/nowhere");
        set("aws.sharedCredentialsFile", "/nowhere");
        set("aws.ec2MetadataServiceEndpoint", sources.url());
        set("aws.endpointUrlSts", sources.url());
    }

    @AfterEach
    void nothingStaysSet() {
        settings.keySet().forEach(System::clearProperty);
        sources.close();
    }

    private void set(String property, String value) {
        settings.put(property, value);
        System.setProperty(property, value);
    }

    /** Puts so often; returns the access keys with which the requests were signed. */
    private List<String> signers(int puts, Optional<String> profile) {
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.accepted());
                KinesisStream stream = open(behind(server, profile), new Metrics())) {
            for (int put = 0; put < puts; put++) {
                assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Answered.class);
            }
            return server.calls.stream()
                    .map(call -> call.headers()
                            .getOrDefault("authorization", "")
                            .replaceFirst(".*Credential=([^/]*)/.*", "$1"))
                    .toList();
        }
    }

    /** The token service is on loopback, too, and no proxy: the real one would be asked through it. */
    private static KinesisStream open(KinesisConfig config, Metrics metrics) {
        return KinesisStream.open(config, metrics, Map.of("NO_PROXY", "127.0.0.1"));
    }

    private static KinesisConfig behind(CannedKinesis server, Optional<String> profile) {
        return CannedKinesis.at(ARN, URI.create("http://kinesis.example.invalid"), Duration.ofSeconds(10))
                .withAccess(new AccessConfig(profile, Optional.of(server.endpoint()), false, false, Optional.empty()));
    }

    @Test
    void aTaskOfEcsGetsItsRole() {
        set("aws.containerServiceEndpoint", sources.url());
        set("aws.containerCredentialsPath", "/task/v2/credentials");
        assertThat(signers(2, Optional.empty())).containsExactly("TASK-1", "TASK-1");
        assertThat(sources.asked).containsExactly("GET /task/v2/credentials");
    }

    @Test
    void aPodOfEksShowsItsToken() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "of-the-pod");
        set("aws.containerCredentialsFullUri", sources.url() + "/task/v1/credentials");
        set("aws.containerAuthorizationTokenFile", token.toString());
        assertThat(signers(1, Optional.empty())).containsExactly("TASK-1");
        assertThat(sources.asked).containsExactly("GET /task/v1/credentials authorization=of-the-pod");
    }

    @Test
    void aWebIdentityIsTradedForARole() throws IOException {
        set(
                "aws.webIdentityTokenFile",
                Files.writeString(folder.resolve("jwt"), "signed.by.oidc").toString());
        set("aws.roleArn", ROLE);
        assertThat(signers(2, Optional.empty())).containsExactly("WEB-1", "WEB-1");
        assertThat(sources.asked)
                .containsExactly(
                        "STS Action=AssumeRoleWithWebIdentity RoleArn=" + ROLE + " WebIdentityToken=signed.by.oidc");
    }

    /** Not the SDK's own client, which knows nothing of our proxy: here its answer is that of the stand-in for Kinesis. */
    @Test
    void aWebIdentityIsTradedThroughTheProxy() throws IOException {
        set(
                "aws.webIdentityTokenFile",
                Files.writeString(folder.resolve("jwt"), "signed.by.oidc").toString());
        set("aws.roleArn", ROLE);
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.error(403, "AccessDenied"));
                KinesisStream stream = KinesisStream.open(behind(server, Optional.empty()), new Metrics(), Map.of())) {
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.NeedsOperator.class);
            assertThat(sources.asked).isEmpty();
            assertThat(server.calls)
                    .hasSize(1)
                    .allSatisfy(call -> assertThat(call.action())
                            .as("a call that is none of Kinesis")
                            .doesNotContain("PutRecords"));
        }
    }

    @Test
    void anInstanceIsAskedWithItsToken() {
        assertThat(signers(2, Optional.empty())).containsExactly("INSTANCE-1", "INSTANCE-1");
        assertThat(sources.asked.getFirst()).startsWith("PUT /latest/api/token x-aws-ec2-metadata-token-ttl-seconds=");
        assertThat(sources.asked)
                .contains("GET /latest/meta-data/iam/security-credentials/the-role"
                        + " x-aws-ec2-metadata-token=token-of-the-instance");
    }

    @Test
    void anInstanceWhoseTokenDoesNotComeSpeaksOfHops() {
        sources.tokenArrives = false;
        Metrics metrics = new Metrics();
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.accepted());
                KinesisStream stream = open(behind(server, Optional.empty()), metrics)) {
            assertThat(stream.put(ONE))
                    .isInstanceOfSatisfying(
                            PutOutcome.NeedsOperator.class,
                            outcome -> assertThat(outcome.advice()).contains("HttpPutResponseHopLimit to 2"));
            assertThat(metrics.requestsFailed(RequestFailure.NO_CREDENTIALS).sum())
                    .isEqualTo(1);

            sources.tokenArrives = true;
            assertThat(stream.put(ONE)).as("once it is mended").isInstanceOf(PutOutcome.Answered.class);
        }
    }

    @Test
    void aProfileIsUsedWhateverElseThereIs() throws IOException {
        set("aws.accessKeyId", "OTHER");
        set("aws.secretAccessKey", "s");
        Path file = Files.writeString(folder.resolve("credentials"), """
                [default]
                aws_access_key_id = DEFAULT
                aws_secret_access_key = s
                [logs]
                aws_access_key_id = OF-PROFILE
                aws_secret_access_key = s
                """);
        set("aws.sharedCredentialsFile", file.toString());
        assertThat(signers(1, Optional.of("logs"))).containsExactly("OF-PROFILE");
        assertThat(signers(1, Optional.empty())).containsExactly("OTHER");
    }

    /** Half a minute before the end is within the minute in which nobody signs with the old ones any more. */
    @Test
    void whatIsAboutToEndIsAskedForAgain() throws IOException {
        sources.expiration = Instant.now().plusSeconds(30);
        set(
                "aws.webIdentityTokenFile",
                Files.writeString(folder.resolve("jwt"), "signed.by.oidc").toString());
        set("aws.roleArn", ROLE);
        assertThat(signers(3, Optional.empty())).containsExactly("WEB-1", "WEB-2", "WEB-3");
    }
}
