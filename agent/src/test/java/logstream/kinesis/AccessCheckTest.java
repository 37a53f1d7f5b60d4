package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import logstream.kinesis.AccessCheck.Finding;
import logstream.kinesis.CannedKinesis.Answer;
import logstream.kinesis.CannedKinesis.Call;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AccessCheckTest {
    private static final Map<String, Object> SUMMARY = Map.of(
            "StreamDescriptionSummary",
            Map.of("StreamName", "logs", "StreamStatus", "ACTIVE", "OpenShardCount", 2, "EncryptionType", "KMS"));

    private static List<Finding> askedOf(Function<Call, Answer> answers) {
        try (CannedKinesis server = new CannedKinesis(answers)) {
            return AccessCheck.of(server.config());
        }
    }

    /** Everything is allowed, and the impossible record refused as the service does. */
    private static Answer usual(Call call) {
        return switch (call.action()) {
            case "DescribeStreamSummary" -> Answer.ok(SUMMARY);
            case "ListShards" -> Answer.ok(Map.of("Shards", List.of()));
            default -> Answer.error(400, "InvalidArgumentException", "Invalid ExplicitHashKey.");
        };
    }

    private static Finding of(List<Finding> findings, String what) {
        return findings.stream()
                .filter(one -> one.what().equals(what))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everythingIsAskedOnceAndNothingWritten() throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream("logs", 2);
            List<Finding> findings = AccessCheck.of(CannedKinesis.at(kinesis.endpoint(), Duration.ofSeconds(10)));

            assertThat(findings)
                    .extracting(Finding::what, Finding::answer)
                    .containsExactly(
                            tuple("credentials", AccessCheck.Answer.YES),
                            tuple("kinesis:DescribeStreamSummary", AccessCheck.Answer.YES),
                            tuple("kinesis:ListShards", AccessCheck.Answer.YES),
                            tuple("kinesis:PutRecords", AccessCheck.Answer.YES));
            assertThat(of(findings, "kinesis:PutRecords").said()).contains("as far as can be told without writing");
            assertThat(kinesis.records("logs")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DescribeStreamSummary, 400, AccessDeniedException, kinesis:DescribeStreamSummary, NO, Allow kinesis:DescribeStreamSummary on the stream",
        "DescribeStreamSummary, 400, ResourceNotFoundException, kinesis:DescribeStreamSummary, NO, Create the stream",
        "ListShards, 400, AccessDeniedException, kinesis:ListShards, NOTE, Only 'logstream tail' and consumers",
        "ListShards, 500, InternalFailure, kinesis:ListShards, NO, AWS Health",
        "PutRecords, 400, AccessDeniedException, kinesis:PutRecords, NO, Allow kinesis:PutRecords on the stream",
        "PutRecords, 400, KMSAccessDeniedException, kinesis:PutRecords, NO, Allow kms:GenerateDataKey",
        "PutRecords, 400, ValidationException, kinesis:PutRecords, UNKNOWN, See that the identity's policy allows",
        "PutRecords, 400, ProvisionedThroughputExceededException, kinesis:PutRecords, UNKNOWN, See that",
        "PutRecords, 403, UnrecognizedClientException, kinesis:PutRecords, NO, Check the access key",
    })
    void whatIsMissingIsNamed(
            String action, int status, String code, String what, AccessCheck.Answer answer, String advice) {
        List<Finding> findings =
                askedOf(call -> call.action().equals(action) ? Answer.error(status, code) : usual(call));

        Finding finding = of(findings, what);
        assertThat(finding.answer()).isEqualTo(answer);
        assertThat(finding.said()).contains(code);
        assertThat(finding.advice()).contains(advice);
        assertThat(findings.stream()
                        .filter(one -> !one.equals(finding) && !one.what().startsWith("kms")))
                .allMatch(one -> one.answer() == AccessCheck.Answer.YES);
    }

    @Test
    void anEndpointThatTakesTheImpossibleRecordIsToldOf() {
        List<Finding> findings = askedOf(call -> call.action().equals("PutRecords") ? Answer.accepted() : usual(call));

        assertThat(of(findings, "kinesis:PutRecords").answer()).isEqualTo(AccessCheck.Answer.YES);
        assertThat(of(findings, "kinesis:PutRecords").said()).contains("is in the stream now");
    }

    @Test
    void theKeyOfAnEncryptedStreamIsNamed() {
        assertThat(of(askedOf(AccessCheckTest::usual), "kms:GenerateDataKey").advice())
                .contains("allow kms:GenerateDataKey");
    }

    @Test
    void whereNobodyAnswersThatIsSaid() {
        URI nobody = URI.create("http://127.0.0.1:1");
        List<Finding> findings = AccessCheck.of(CannedKinesis.at(nobody, Duration.ofSeconds(2)));

        assertThat(of(findings, "kinesis:PutRecords").answer()).isEqualTo(AccessCheck.Answer.NO);
        assertThat(of(findings, "kinesis:PutRecords").advice()).contains("check network, proxy and endpoint");
    }

    @Test
    void withoutCredentialsNothingElseIsAsked() {
        KinesisConfig plain = KinesisConfig.of("logs");
        KinesisConfig config = CannedKinesis.at(URI.create("http://127.0.0.1:1"), Duration.ofSeconds(2))
                .withAccess(new AccessConfig(
                        Optional.of("no-such-profile"),
                        plain.access().proxy(),
                        false,
                        false,
                        plain.access().ca()));
        KinesisConfig elsewhere = new KinesisConfig(
                "logs",
                "eu-west-1",
                null,
                null,
                null,
                "logstream",
                config.access(),
                config.maxBatchRecords(),
                config.maxBatchBytes(),
                config.maxRequestsInFlight(),
                config.linger(),
                config.requestTimeout(),
                config.retryLimit(),
                config.retryWait(),
                config.packing());

        assertThat(AccessCheck.of(elsewhere)).singleElement().satisfies(finding -> {
            assertThat(finding.what()).isEqualTo("credentials");
            assertThat(finding.answer()).isEqualTo(AccessCheck.Answer.NO);
            assertThat(finding.advice()).isNotEmpty();
        });
    }
}
