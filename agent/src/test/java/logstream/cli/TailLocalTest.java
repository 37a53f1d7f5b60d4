package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import logstream.engines.KplAggregate;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.StartAt;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import logstream.local.LocalOptions;
import logstream.pipeline.RecordKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ScalingType;

/** What {@code tail} prints of a stream that is resharded, throttles, and whose iterators expire. */
@Timeout(120)
class TailLocalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String STREAM = "logs";

    /** What is printed, until nobody reads any more. */
    private static final class Screen extends OutputStream {
        private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        private volatile boolean closed;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int count) {
            printed.write(bytes, from, count);
        }

        @Override
        public void flush() throws IOException {
            if (closed) {
                throw new IOException("nobody reads");
            }
        }

        synchronized List<String> lines() {
            return printed.toString(StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.substring(line.indexOf('|') + 2))
                    .toList();
        }
    }

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final Screen screen = new Screen();
    private final List<String> put = new ArrayList<>();
    private @Nullable LocalKinesis opened;
    private @Nullable KinesisClient client;
    private @Nullable Thread tailing;

    @BeforeEach
    void open() throws IOException {
        LocalKinesis local = LocalKinesis.start(
                0, LocalOptions.defaults().withClock(() -> Instant.now().plus(ahead.get())));
        local.createStream(STREAM, 1);
        opened = local;
        client = KinesisClient.builder()
                .endpointOverride(local.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
                .httpClientBuilder(Apache5HttpClient.builder())
                .build();
        KinesisConfig config = LocalSetting.kinesis(STREAM, LocalSetting.REGION, local.endpoint());
        Tail tail = new Tail(new TailOrder(System::nanoTime), new TailFormat(null, null, false, false, false), false);
        tailing = Thread.ofPlatform().daemon().start(() -> {
            try {
                tail.run(() -> RecordSource.open(config, new StartAt.TrimHorizon()), screen);
            } catch (Failure | IOException _) {
                // Ended by the test; what it failed to print is missed there.
            }
        });
    }

    @AfterEach
    void close() throws InterruptedException {
        screen.closed = true;
        kinesis().close();
        try {
            assertThat(tailing == null || tailing.join(PATIENCE))
                    .as("the tail has ended")
                    .isTrue();
        } finally {
            local().close();
        }
    }

    private LocalKinesis local() {
        if (opened == null) {
            throw new IllegalStateException("not open");
        }
        return opened;
    }

    private KinesisClient kinesis() {
        if (client == null) {
            throw new IllegalStateException("not open");
        }
        return client;
    }

    private void put(int count) {
        for (int i = 0; i < count; i++) {
            int index = put.size();
            put.add("line " + index);
            put(RecordKey.of(1, 1, index), json(index, "").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** As an agent that aggregates does: one key for all, and the field id. */
    private void putAggregate(int count) {
        String key = RecordKey.of(1, 1, put.size());
        List<String> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = put.size();
            put.add("line " + index);
            records.add(json(index, ",\"id\":\"" + RecordKey.of(1, 1, index) + "\""));
        }
        put(key, KplAggregate.of(key, records));
        put(key, KplAggregate.of(key, records));
    }

    private static String json(int index, String more) {
        return "{\"log\":\"line " + index + "\"" + more + "}";
    }

    private void put(String key, byte[] data) {
        kinesis()
                .putRecord(
                        request -> request.streamName(STREAM).partitionKey(key).data(SdkBytes.fromByteArray(data)));
    }

    private void scale(int shards) {
        kinesis()
                .updateShardCount(request ->
                        request.streamName(STREAM).targetShardCount(shards).scalingType(ScalingType.UNIFORM_SCALING));
    }

    private void awaitAll() {
        await("all lines")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(screen.lines()).containsExactlyElementsOf(put));
    }

    @Test
    void linesComeInOrderThroughASplitAndAMerge() {
        put(50);
        scale(2);
        put(50);
        putAggregate(20);
        awaitAll();
        scale(4);
        put(50);
        scale(2);
        scale(1);
        putAggregate(20);
        put(50);
        awaitAll();
    }

    @Test
    void expiredIteratorsAreReplaced() {
        put(10);
        awaitAll();
        ahead.set(Duration.ofMinutes(6));
        put(10);
        awaitAll();
        scale(2);
        ahead.set(Duration.ofMinutes(12));
        put(10);
        awaitAll();
    }

    @Test
    void throttledReadsAreTriedAgain() {
        put(10);
        awaitAll();
        long before = local().score().failedRequests();
        local().faults(Faults.none().withErrorCode("ProvisionedThroughputExceededException"));
        await("reads that are throttled")
                .atMost(PATIENCE)
                .until(() -> local().score().failedRequests() >= before + 2);
        local().faults(Faults.none());
        put(10);
        scale(2);
        put(10);
        awaitAll();
    }

    @Test
    void aDamagedAggregateStopsNothing() {
        put(1);
        byte[] changed = KplAggregate.of("k", List.of("x"));
        changed[changed.length - 1] ^= 1;
        put("k", changed);
        await("both")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(screen.lines())
                        .contains("line 0")
                        .anySatisfy(line -> assertThat(line)
                                .startsWith("[aggregate of " + changed.length
                                        + " bytes that cannot be taken apart: its checksum does not match;"
                                        + " shardId-000000000000, sequence number ")));
        put(1);
        await("what comes behind").atMost(PATIENCE).until(() -> screen.lines().contains("line 1"));
    }
}
