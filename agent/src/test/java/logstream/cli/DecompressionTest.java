package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;
import logstream.kinesis.ReadRecord;
import org.junit.jupiter.api.Test;

class DecompressionTest {
    private static ReadRecord read(byte[] data) {
        return new ReadRecord(
                "key", data, "shardId-000000000000", "1", Instant.EPOCH, new ReadRecord.Form.Aggregated());
    }

    @Test
    void aRecordIsAsItWasBefore() throws IOException {
        byte[] plain = "{\"log\":\"a\"}".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        }
        assertThat(Decompression.of(read(compressed.toByteArray())))
                .usingRecursiveComparison()
                .isEqualTo(read(plain));
    }

    @Test
    void whatIsUnreadableStaysAsItIs() {
        for (byte[] data : new byte[][] {
            {}, {0x1f, (byte) 0x8b, 1}, {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 7}, {'{', '"'}, {'[', ']'}
        }) {
            assertThat(Decompression.of(read(data)).data()).isEqualTo(data);
        }
    }
}
