package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import logstream.engines.Engines;
import logstream.engines.KinesisLocal;
import logstream.engines.MotoServer;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ScalingType;

/** Put, check and read against engines made by others. */
@Timeout(180)
class StreamEnginesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @Test
    void putsChecksAndReadsWithMoto() {
        Engines.require(MotoServer.isAvailable(), "moto_server");
        System.setProperty(MotoServer.CBOR_ENABLED, "false");
        try (MotoServer moto = MotoServer.start()) {
            putCheckAndRead(moto.endpoint());
        } finally {
            System.clearProperty(MotoServer.CBOR_ENABLED);
        }
    }

    @Test
    void putsChecksAndReadsWithKinesisLocal() {
        Engines.require(KinesisLocal.isAvailable(), "kinesis-local (" + KinesisLocal.MAIN + ")");
        try (KinesisLocal kinesis = KinesisLocal.start()) {
            putCheckAndRead(kinesis.endpoint());
        }
    }

    private static void putCheckAndRead(URI endpoint) {
        KinesisConfig config = CannedKinesis.at(endpoint, TIMEOUT);
        try (KinesisStream stream = KinesisStream.open(config, new Metrics())) {
            assertThat(stream.check()).isInstanceOfSatisfying(StreamState.NotReady.class, state -> {
                assertThat(state.reason()).startsWith("ResourceNotFoundException");
                assertThat(state.advice()).contains("Create the stream");
            });
            create(config, 2);
            assertThat(stream.check()).isInstanceOfSatisfying(StreamState.Ready.class, state -> {
                assertThat(state.name()).isEqualTo("logs");
                assertThat(state.openShards()).isEqualTo(2);
                assertThat(state.arn()).startsWith("arn:aws:kinesis:us-east-1:");
            });
            Map<String, String> sent = put(stream, 0, 500);
            try (StreamReader reader = StreamReader.open(config, new StartAt.TrimHorizon())) {
                assertThat(byKey(readAll(reader))).isEqualTo(sent);
            }
            try (StreamReader reader = StreamReader.open(config, new StartAt.Latest())) {
                sent = put(stream, 500, 10);
                assertThat(byKey(readAll(reader))).isEqualTo(sent);
            }
        }
    }

    @Test
    void readsParentsBeforeChildrenThroughAReshard() {
        Engines.require(KinesisLocal.isAvailable(), "kinesis-local (" + KinesisLocal.MAIN + ")");
        try (KinesisLocal kinesis = KinesisLocal.start()) {
            KinesisConfig config = CannedKinesis.at(kinesis.endpoint(), TIMEOUT);
            create(config, 2);
            try (KinesisStream stream = KinesisStream.open(config, new Metrics());
                    StreamReader follower = StreamReader.open(config, new StartAt.Latest())) {
                Map<String, String> before = put(stream, 0, 100);
                List<ReadRecord> followed = new ArrayList<>(follower.poll());
                reshard(config, stream, 4);
                Map<String, String> sent = new HashMap<>(before);
                sent.putAll(put(stream, 100, 100));
                followed.addAll(readAll(follower));
                assertThat(byKey(followed)).isEqualTo(sent);
                try (StreamReader later = StreamReader.open(config, new StartAt.TrimHorizon())) {
                    List<ReadRecord> read = readAll(later);
                    assertThat(byKey(read)).isEqualTo(sent);
                    int lastOld = lastIndex(read, before);
                    assertThat(read.subList(0, lastOld + 1))
                            .as("what the parents hold comes first")
                            .hasSize(before.size());
                }
            }
        }
    }

    private static int lastIndex(List<ReadRecord> read, Map<String, String> before) {
        return IntStream.range(0, read.size())
                .filter(i -> before.containsKey(read.get(i).key()))
                .max()
                .orElseThrow();
    }

    private static void create(KinesisConfig config, int shards) {
        try (KinesisAccess access = new KinesisAccess(config, System.getenv());
                KinesisStream stream = KinesisStream.open(config, new Metrics())) {
            KinesisClient client = access.client();
            client.createStream(r -> r.streamName("logs").shardCount(shards));
            await().atMost(TIMEOUT).until(() -> stream.check() instanceof StreamState.Ready);
        }
    }

    private static void reshard(KinesisConfig config, KinesisStream stream, int shards) {
        try (KinesisAccess access = new KinesisAccess(config, System.getenv())) {
            access.client()
                    .updateShardCount(r ->
                            r.streamName("logs").targetShardCount(shards).scalingType(ScalingType.UNIFORM_SCALING));
            await().atMost(TIMEOUT)
                    .until(() -> stream.check() instanceof StreamState.Ready ready
                            && ready.status().equals("ACTIVE")
                            && ready.openShards() == shards);
        }
    }

    private static Map<String, String> put(KinesisStream stream, int first, int count) {
        Map<String, String> sent = new HashMap<>();
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            String key = new UUID(i * 0x9E3779B97F4A7C15L, i).toString();
            String line = "{\"log\":\"line " + i + " ä\"}";
            sent.put(key, line);
            records.add(new OutgoingRecord(key, line.getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(stream.put(records))
                .isInstanceOfSatisfying(
                        PutOutcome.Answered.class,
                        answered -> assertThat(answered.results())
                                .hasSize(count)
                                .allMatch(result -> result instanceof RecordResult.Accepted));
        return sent;
    }

    private static List<ReadRecord> readAll(StreamReader reader) {
        List<ReadRecord> all = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60)).pollInSameThread().until(() -> {
            all.addAll(reader.poll());
            return reader.caughtUp();
        });
        return all;
    }

    private static Map<String, String> byKey(List<ReadRecord> records) {
        Map<String, String> byKey = new HashMap<>();
        for (ReadRecord each : records) {
            assertThat(byKey.put(each.key(), new String(each.data(), StandardCharsets.UTF_8)))
                    .as("given once")
                    .isNull();
        }
        return byKey;
    }
}
