package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import logstream.kinesis.AggregatedRecord;
import logstream.kinesis.ReadRecord;
import logstream.pipeline.RecordKey;
import org.junit.jupiter.api.Test;

class UnpackingTest {
    private static ReadRecord read(String key, byte[] data) {
        return new ReadRecord(key, data, "shardId-000000000000", "1", Instant.EPOCH);
    }

    private static byte[] line(int index) {
        return ("{\"log\":\"" + index + "\",\"x\":{\"id\":\"no\"},\"id\":\"" + RecordKey.of(1, 1, index) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    @Test
    void whatOneRecordStandsForIsShownOnceAndInOrder() throws IOException {
        byte[] aggregate = AggregatedRecord.of("any key", List.of(line(2), gzip(line(0)), line(4)));
        TailOrder order = new TailOrder(() -> 0);
        for (ReadRecord each : List.of(
                read("any key", aggregate),
                read("c0ffee", line(3)),
                read("any other", aggregate),
                read(RecordKey.of(1, 1, 1), "{\"log\":\"1\"}".getBytes(StandardCharsets.UTF_8)))) {
            Unpacking.of(each).forEach(order::add);
        }
        List<String> keys = new ArrayList<>();
        order.rest().forEach(one -> keys.add(one.key()));
        assertThat(keys)
                .containsExactly(
                        RecordKey.of(1, 1, 0),
                        RecordKey.of(1, 1, 1),
                        RecordKey.of(1, 1, 2),
                        RecordKey.of(1, 1, 3),
                        RecordKey.of(1, 1, 4));
    }

    @Test
    void whatIsUnreadableStaysAsItIs() {
        for (byte[] data : new byte[][] {
            {}, {0x1f, (byte) 0x8b, 1}, {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 7}, {'{', '"'}, {'[', ']'}
        }) {
            assertThat(Unpacking.of(read("key", data))).singleElement().satisfies(one -> {
                assertThat(one.key()).isEqualTo("key");
                assertThat(one.data()).isEqualTo(data);
            });
        }
    }
}
