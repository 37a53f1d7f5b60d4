package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import logstream.kinesis.PackingConfig.Compression;
import logstream.kinesis.PackingConfig.PartitionKey;
import org.junit.jupiter.api.Test;

class PackingConfigTest {
    private static final PackingConfig AGGREGATES =
            new PackingConfig(PartitionKey.UUID, Compression.NONE, true, PackingConfig.PAYLOAD_UNIT_BYTES);

    private static StreamState.Ready stream(String mode) {
        return new StreamState.Ready("logs", "arn", "ACTIVE", 4, mode, Duration.ofHours(24), "NONE", 1 << 20);
    }

    @Test
    void aStreamThatMayDistributeRecordsItselfIsNamedToThoseWhoAggregate() {
        assertThat(AGGREGATES.doubt(stream("ON_DEMAND")).orElseThrow())
                .contains("the stream logs is on demand")
                .contains("USER_PARTITION_KEY");
        assertThat(AGGREGATES.doubt(stream("PROVISIONED"))).isEmpty();
        assertThat(PackingConfig.PLAIN.doubt(stream("ON_DEMAND"))).isEmpty();
    }
}
