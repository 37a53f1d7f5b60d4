package logstream.kinesis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Each record of a request of 500: written, and its result read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PutBenchmark {
    private static final int RECORDS = 500;

    private final List<OutgoingRecord> records = new ArrayList<>();
    private final CborBody body = new CborBody("StreamName", "logs");
    private byte[] out = {};
    private byte[] answer = {};

    @Setup
    public void make() throws IOException {
        Random random = new Random(1);
        List<Map<String, String>> entries = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String key = new UUID(random.nextLong(), random.nextLong()).toString();
            records.add(new OutgoingRecord(key, new byte[314]));
            String number = "49590338271490256608559692538361571095921575989136" + (588898 + i);
            entries.add(Map.of("ShardId", "shardId-00000000000" + i % 10, "SequenceNumber", number));
        }
        out = new byte[body.mostBytes(records)];
        answer = new ObjectMapper(new CBORFactory())
                .writeValueAsBytes(Map.of("FailedRecordCount", 0, "Records", entries));
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int writeRequest() {
        return body.write(records, out);
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int readAnswer() {
        return PutAnswer.results(answer, false).size();
    }
}
