package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import logstream.AllocatedBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request is written, and its answer read, without an object for each record. */
@Timeout(120)
class PutAllocationTest {
    private static final int RECORDS = 500;
    private static final int ROUNDS = 1000;

    /** The smallest object has 16: what is left is the list of the shards seen, and where. */
    private static final double MOST_BYTES = 14;

    private final BodyBuffers buffers = new BodyBuffers();
    private final CborBody body = new CborBody("StreamName", "logs");

    @Test
    void aRequestAndItsAnswerMakeNoObjectForARecord() throws Exception {
        List<OutgoingRecord> records = PutReferenceTest.records(RECORDS, 600, new Random(1));
        List<Map<String, String>> entries = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            entries.add(Map.of("ShardId", "shardId-00000000000" + i % 10, "SequenceNumber", "4957" + i));
        }
        byte[] answer = new ObjectMapper(new CBORFactory())
                .writeValueAsBytes(Map.of("FailedRecordCount", 0, "Records", entries));
        double bytes = AllocatedBytes.each(RECORDS, ROUNDS, () -> {
            byte[] buffer = buffers.take(body.mostBytes(records));
            int length = body.write(records, buffer);
            buffers.giveBack(buffer);
            List<RecordResult> results = PutAnswer.results(answer, false);
            return results.size() + length;
        });
        assertThat(PutAnswer.results(answer, false))
                .isInstanceOfSatisfying(
                        AcceptedRecords.class,
                        accepted -> assertThat(accepted.shards()).hasSize(10));
        assertThat(bytes).as("bytes allocated for each record").isLessThan(MOST_BYTES);
    }
}
