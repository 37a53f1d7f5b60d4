package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import logstream.kinesis.CannedKinesis.Answer;
import logstream.kinesis.CannedKinesis.Call;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KinesisStreamTest {
    private static final String ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";

    private static OutgoingRecord record(String key, String data) {
        return new OutgoingRecord(key, data.getBytes(StandardCharsets.UTF_8));
    }

    private static Answer accepted(Call call) {
        List<Map<String, Object>> results = call.list("Records").stream()
                .map(each -> Map.<String, Object>of("ShardId", "shard-1", "SequenceNumber", each.get("PartitionKey")))
                .toList();
        return Answer.ok(Map.of("FailedRecordCount", 0, "Records", results));
    }

    @Test
    void tellsRecordByRecordWhatHappened() {
        Map<String, Object> answer = Map.of(
                "FailedRecordCount",
                3,
                "Records",
                List.of(
                        Map.of("ShardId", "shard-1", "SequenceNumber", "49"),
                        Map.of("ErrorCode", "ProvisionedThroughputExceededException", "ErrorMessage", "slow down"),
                        Map.of("ErrorCode", "InternalFailure", "ErrorMessage", "oops"),
                        Map.of("ErrorCode", "SomethingNew", "ErrorMessage", "?")));
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.ok(answer));
                KinesisStream stream = KinesisStream.open(server.config(), new Metrics())) {
            assertThat(stream.put(List.of(record("a", "1"), record("b", "2"), record("c", "3"), record("d", "4"))))
                    .isEqualTo(new PutOutcome.Answered(List.of(
                            new RecordResult.Accepted("shard-1", "49"),
                            new RecordResult.Throttled(),
                            new RecordResult.Failed("InternalFailure", "oops"),
                            new RecordResult.Failed("SomethingNew", "?"))));
        }
    }

    @Test
    void sendsKeysAndBytesAsTheyAreUnderTheStreamsName() {
        try (CannedKinesis server = new CannedKinesis(KinesisStreamTest::accepted);
                KinesisStream stream = KinesisStream.open(server.config(), new Metrics())) {
            assertThat(stream.put(List.of(record("k-1", "{\"log\":\"ä\"}")))).isInstanceOf(PutOutcome.Answered.class);
            Call call = server.calls.getFirst();
            assertThat(call.action()).isEqualTo("PutRecords");
            assertThat(call.text("StreamName")).isEqualTo("logs");
            assertThat(call.input()).doesNotContainKey("StreamARN");
            assertThat(call.list("Records").getFirst())
                    .containsEntry("PartitionKey", "k-1")
                    .containsEntry("Data", "{\"log\":\"ä\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(call.headers()).doesNotContainKey("expect");
        }
    }

    @Test
    void anArnIsSentAsOneAndSaysTheRegion() {
        try (CannedKinesis server = new CannedKinesis(KinesisStreamTest::accepted);
                KinesisStream stream = KinesisStream.open(
                        CannedKinesis.at(ARN, server.endpoint(), Duration.ofSeconds(10)), new Metrics())) {
            assertThat(stream.put(List.of(record("k", "x")))).isInstanceOf(PutOutcome.Answered.class);
            Call call = server.calls.getFirst();
            assertThat(call.text("StreamARN")).isEqualTo(ARN);
            assertThat(call.input()).doesNotContainKey("StreamName");
            assertThat(call.headers().get("authorization")).contains("/eu-west-1/kinesis/");
        }
    }

    @Test
    void aStandInOnLoopbackNeedsNoAccount() {
        try (CannedKinesis server = new CannedKinesis(KinesisStreamTest::accepted);
                KinesisStream stream = KinesisStream.open(server.config(), new Metrics())) {
            stream.put(List.of(record("k", "x")));
            assertThat(server.calls.getFirst().headers().get("authorization")).contains("Credential=");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:4567, true",
        "http://127.3.2.1, true",
        "http://localhost:4567, true",
        "http://[::1]:4567, true",
        "https://kinesis.eu-west-1.amazonaws.com, false",
        "http://10.0.0.7:4567, false",
        "http://localhost.example.com, false",
        "http://127.0.0.1.example.com, false",
    })
    void loopbackIsToldByTheHostAlone(URI endpoint, boolean loopback) {
        assertThat(KinesisAccess.isLoopback(endpoint)).isEqualTo(loopback);
    }

    @Test
    void severalThreadsPutAtOnceOverConnectionsThatAreKept() throws Exception {
        List<String> peers = Collections.synchronizedList(new ArrayList<>());
        try (CannedKinesis server = new CannedKinesis(call -> {
                    peers.add(call.headers().get("x-amz-target"));
                    return accepted(call);
                });
                KinesisStream stream = KinesisStream.open(server.config(), new Metrics());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PutOutcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String key = "k" + i;
                outcomes.add(threads.submit(() -> stream.put(List.of(record(key, "x")))));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(outcomes.get(i).get())
                        .isEqualTo(new PutOutcome.Answered(List.of(new RecordResult.Accepted("shard-1", "k" + i))));
            }
            assertThat(peers).hasSize(50);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 501})
    void anImpossibleNumberOfRecordsIsABug(int count) {
        List<OutgoingRecord> records = Collections.nCopies(count, record("k", "x"));
        try (KinesisStream stream = KinesisStream.open(KinesisConfig.of("logs"), new Metrics())) {
            assertThatThrownBy(() -> stream.put(records))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("" + count);
        }
    }

    @Test
    void afterClosingNothingIsSent() {
        KinesisStream stream = KinesisStream.open(KinesisConfig.of("logs"), new Metrics());
        stream.close();
        assertThatThrownBy(() -> stream.put(List.of(record("k", "x")))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void checkTellsTheFacts() {
        Map<String, Object> summary = Map.of(
                "StreamName",
                "logs",
                "StreamARN",
                ARN,
                "StreamStatus",
                "ACTIVE",
                "OpenShardCount",
                3,
                "RetentionPeriodHours",
                30,
                "StreamModeDetails",
                Map.of("StreamMode", "ON_DEMAND"),
                "EncryptionType",
                "KMS",
                "MaxRecordSizeInKiB",
                2048);
        assertThat(check(Answer.ok(Map.of("StreamDescriptionSummary", summary))))
                .isEqualTo(new StreamState.Ready(
                        "logs", ARN, "ACTIVE", 3, "ON_DEMAND", Duration.ofHours(30), "KMS", 2 << 20));
    }

    @Test
    void checkTakesTheUsualForWhatIsNotSaid() {
        Map<String, Object> summary = Map.of("StreamName", "logs", "StreamStatus", "UPDATING");
        assertThat(check(Answer.ok(Map.of("StreamDescriptionSummary", summary))))
                .isEqualTo(new StreamState.Ready(
                        "logs", "", "UPDATING", 0, "PROVISIONED", Duration.ofDays(1), "NONE", 1 << 20));
    }

    @ParameterizedTest
    @CsvSource({"CREATING, Wait", "DELETING, going away"})
    void aStreamThatTakesNothingIsNotReady(String status, String advice) {
        Map<String, Object> summary = Map.of("StreamName", "logs", "StreamStatus", status);
        assertThat(check(Answer.ok(Map.of("StreamDescriptionSummary", summary))))
                .isInstanceOfSatisfying(StreamState.NotReady.class, state -> {
                    assertThat(state.reason()).contains(status);
                    assertThat(state.advice()).contains(advice);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "400, ResourceNotFoundException, Create the stream",
        "400, AccessDeniedException, kinesis:DescribeStreamSummary",
        "400, LimitExceededException, again",
        "500, InternalFailure, again",
        "400, ValidationException, name or ARN",
    })
    void checkTellsWhyNot(int status, String code, String advice) {
        assertThat(check(Answer.error(status, code))).isInstanceOfSatisfying(StreamState.NotReady.class, state -> {
            assertThat(state.reason()).startsWith(code);
            assertThat(state.advice()).contains(advice);
        });
    }

    private static StreamState check(Answer answer) {
        try (CannedKinesis server = new CannedKinesis(_ -> answer);
                KinesisStream stream = KinesisStream.open(server.config(), new Metrics())) {
            return stream.check();
        }
    }
}
