package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import logstream.kinesis.RawServer.Reply;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we read in an answer is what the SDK's generated client reads; the short way through it is as exact as the long. */
@Timeout(120)
class PutAnswerTest {
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NOTHING = {};

    @AfterEach
    void speakCborAgain() {
        System.clearProperty("aws.cborEnabled");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersAreUnderstoodTheSame(boolean cbor) throws IOException {
        System.setProperty("aws.cborEnabled", "" + cbor);
        Random random = new Random(11);
        try (RawServer server = new RawServer(Reply.cbor(200, NOTHING));
                GeneratedPut generated = new GeneratedPut(server.config("logs"));
                KinesisStream ours = KinesisStream.open(server.config("logs"), new Metrics())) {
            int accepted = 0;
            for (int i = 0; i < 150; i++) {
                int count = 1 + random.nextInt(8);
                byte[] answer = answer(count, cbor, i % 3 == 0, random);
                server.reply(cbor ? Reply.cbor(200, answer) : Reply.json(200, answer));
                List<OutgoingRecord> records = PutReferenceTest.records(count, 10, random);
                PutOutcome outcome = ours.put(records);
                assertThat(outcome).isEqualTo(generated.put(records));
                accepted += outcome instanceof PutOutcome.Answered(AcceptedRecords _) ? 1 : 0;
            }
            assertThat(accepted).as("read without an object for each record").isBetween(cbor ? 50 : 0, cbor ? 149 : 0);
        }
    }

    /** In the order and the form in which Kinesis, or another, might write it. */
    private static byte[] answer(int count, boolean cbor, boolean allAccepted, Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = (cbor ? CBOR : JSON).createGenerator(out)) {
            json.writeStartObject();
            if (random.nextBoolean()) {
                json.writeStringField("EncryptionType", "KMS");
            }
            json.writeFieldName("Records");
            if (random.nextBoolean()) {
                json.writeStartArray(List.of(), count);
            } else {
                json.writeStartArray();
            }
            int failed = 0;
            for (int i = 0; i < count; i++) {
                Map<String, Object> entry = new HashMap<>();
                boolean fails = !allAccepted && random.nextInt(3) == 0;
                failed += fails ? 1 : 0;
                if (fails) {
                    entry.put(
                            "ErrorCode",
                            random.nextBoolean() ? "ProvisionedThroughputExceededException" : "InternalFailure");
                    entry.put("ErrorMessage", random.nextBoolean() ? null : "no " + random.nextInt());
                } else {
                    entry.put("SequenceNumber", "4957" + random.nextLong(1L << 60));
                    entry.put("ShardId", "shardId-" + random.nextInt(20));
                    if (random.nextBoolean()) {
                        entry.put("ErrorCode", null);
                    }
                }
                if (!allAccepted && random.nextInt(4) == 0) {
                    entry.put("Unknown", Map.of("Records", List.of(1, 2)));
                }
                (cbor ? CBOR : JSON).writeValue(json, entry);
            }
            json.writeEndArray();
            json.writeNumberField("FailedRecordCount", failed);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** Whatever is done to an answer, it is read as before, or the scan leaves it to the parser, or it is unreadable. */
    @Test
    void aSpoiltAnswerIsNeverReadAsAnother() throws IOException {
        Random random = new Random(5);
        byte[] answer = answer(6, true, true, random);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] spoilt = answer.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(spoilt, random.nextInt(spoilt.length)) : spoilt;
            AcceptedScan scan = new AcceptedScan(cut);
            if (scan.read()) {
                read++;
                List<RecordResult> parsed = PutAnswer.parse(cut, false);
                assertThat(new AcceptedRecords(cut, scan.records(), scan.shards()))
                        .isEqualTo(parsed);
                assertThat(scan.shards())
                        .containsExactlyInAnyOrderElementsOf(parsed.stream()
                                .map(each -> ((RecordResult.Accepted) each).shardId())
                                .distinct()
                                .toList());
            }
        }
        assertThat(read).isBetween(100, 19_000);
    }

    @Test
    void fiveHundredRecordsInManyShardsAreAllSeen() throws IOException {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            entries.add(Map.of("ShardId", String.format("shardId-%012d", i), "SequenceNumber", "49" + i));
        }
        AcceptedScan scan =
                new AcceptedScan(CBOR.writeValueAsBytes(Map.of("FailedRecordCount", 0, "Records", entries)));
        assertThat(scan.read()).isTrue();
        assertThat(scan.shards()).hasSize(500).doesNotHaveDuplicates();
    }
}
