package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** What only our endpoint does: bounds, shard limits, faults, keeping score; and time, which here is told to it. */
class LocalKinesisTest {
    private static final int MEBIBYTE = 1 << 20;

    private final AtomicLong now = new AtomicLong(1_795_000_000_000L);
    private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    private final LocalOptions options = LocalOptions.defaults().withClock(clock);
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    void theOldestRecordsOfTheFullestShardGoFirst() throws IOException {
        LocalKinesis local = start(options.withMaxBytes(2 * MEBIBYTE));
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        String horizon = horizon(kinesis, 1);
        put(kinesis, 0, "small", 100_000);
        for (int i = 0; i < 30; i++) {
            put(kinesis, 1, "big-" + i, 100_000);
        }
        Score score = local.score();
        assertThat(score.storedBytes()).isBetween(2L * MEBIBYTE - 101_000, 2L * MEBIBYTE);
        assertThat(score.accepted()).isEqualTo(31);
        assertThat(score.trimmed()).isPositive().isEqualTo(31 - score.stored());
        assertThat(keys(local)).contains("small", "big-29").doesNotContain("big-0");
        List<Record> read = read(kinesis, horizon).records();
        assertThat(read.getFirst().partitionKey())
                .as("an iterator from before continues with the oldest that is left")
                .isEqualTo("big-" + score.trimmed());
        assertThat(read).hasSize((int) score.stored() - 1);
    }

    @Test
    void streamsAndShardsAreBounded() throws IOException {
        LocalKinesis local = start(options.withMaxStreams(2).withMaxShards(4));
        KinesisClient kinesis = client(local);
        local.createStream("one", 1);
        assertThatThrownBy(() -> local.createStream("two", 4)).isInstanceOf(IllegalArgumentException.class);
        local.createStream("logs", 2);
        assertThatThrownBy(() -> kinesis.createStream(
                        request -> request.streamName("three").shardCount(1)))
                .isInstanceOf(LimitExceededException.class);
        assertThatThrownBy(() -> kinesis.updateShardCount(request ->
                        request.streamName("logs").targetShardCount(4).scalingType("UNIFORM_SCALING")))
                .as("closed shards count")
                .isInstanceOf(LimitExceededException.class);
        kinesis.deleteStream(request -> request.streamName("one"));
        assertThatCode(() -> local.createStream("three", 2)).doesNotThrowAnyException();
    }

    @Test
    void aShardThatIsFullRefusesRecordByRecord() throws IOException {
        LocalKinesis local = start(options.withShardLimits(true));
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        assertThat(putMany(kinesis, 500, 0).failedRecordCount()).isZero();
        assertThat(putMany(kinesis, 400, 0).failedRecordCount()).isZero();
        PutRecordsResponse third = putMany(kinesis, 300, 0);
        assertThat(third.failedRecordCount()).isEqualTo(200);
        assertThat(third.records().subList(100, 300)).allSatisfy(record -> {
            assertThat(record.errorCode()).isEqualTo("ProvisionedThroughputExceededException");
            assertThat(record.errorMessage()).contains("shardId-000000000000");
            assertThat(record.sequenceNumber()).isNull();
        });
        assertThat(putMany(kinesis, 100, 1).failedRecordCount())
                .as("the other shard")
                .isZero();
        assertThatThrownBy(() -> put(kinesis, 0, "key", 1)).isInstanceOf(ProvisionedThroughputExceededException.class);
        now.addAndGet(100);
        assertThat(putMany(kinesis, 300, 0).failedRecordCount()).isEqualTo(200);
        assertThat(local.score().throttled()).isEqualTo(401);
        assertThat(local.accepted()).isEqualTo(local.records("logs").size()).isEqualTo(1200);
    }

    @Test
    void iteratorsExpireAfterFiveMinutes() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 1);
        String iterator = horizon(kinesis, 0);
        now.addAndGet(300_000);
        assertThat(read(kinesis, iterator).records()).isEmpty();
        now.addAndGet(1);
        assertThatThrownBy(() -> read(kinesis, iterator)).isInstanceOf(ExpiredIteratorException.class);
    }

    @Test
    void anIteratorOfADeletedStreamIsNotOneOfItsSuccessor() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 1);
        String iterator = horizon(kinesis, 0);
        kinesis.deleteStream(request -> request.streamName("logs"));
        local.createStream("logs", 1);
        assertThatThrownBy(() -> read(kinesis, iterator)).isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void aReaderIsToldHowFarBehindItIs() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 1);
        long start = now.get();
        for (int i = 0; i < 3; i++) {
            put(kinesis, 0, "key-" + i, 1);
            now.addAndGet(1_000);
        }
        String at = kinesis.getShardIterator(request -> request.streamName("logs")
                        .shardId("shardId-000000000000")
                        .shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
                        .timestamp(Instant.ofEpochMilli(start + 1)))
                .shardIterator();
        GetRecordsResponse first =
                kinesis.getRecords(request -> request.shardIterator(at).limit(1));
        assertThat(first.records()).extracting(Record::partitionKey).containsExactly("key-1");
        assertThat(first.records().getFirst().approximateArrivalTimestamp())
                .isEqualTo(Instant.ofEpochMilli(start + 1_000));
        assertThat(first.millisBehindLatest()).isEqualTo(2_000);
        assertThat(read(kinesis, first.nextShardIterator()).millisBehindLatest())
                .isZero();
    }

    @Test
    void anAnswerHoldsTenMebibytesAtMost() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 1);
        for (int i = 0; i < 12; i++) {
            put(kinesis, 0, "key-" + i, 1_000_000);
        }
        GetRecordsResponse first = read(kinesis, horizon(kinesis, 0));
        assertThat(first.records()).hasSize(10);
        assertThat(read(kinesis, first.nextShardIterator()).records()).hasSize(2);
    }

    @Test
    void shardsAreListedAsTheFilterSays() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        long before = now.getAndAdd(10_000);
        kinesis.updateShardCount(
                request -> request.streamName("logs").targetShardCount(4).scalingType("UNIFORM_SCALING"));
        now.addAndGet(10_000);
        assertThat(listed(kinesis, ShardFilterType.AT_LATEST, now.get())).isEqualTo("2345");
        assertThat(listed(kinesis, ShardFilterType.AT_TRIM_HORIZON, 0)).isEqualTo("01");
        assertThat(listed(kinesis, ShardFilterType.FROM_TRIM_HORIZON, 0)).isEqualTo("012345");
        assertThat(listed(kinesis, ShardFilterType.AT_TIMESTAMP, before + 1)).isEqualTo("01");
        assertThat(listed(kinesis, ShardFilterType.FROM_TIMESTAMP, before + 1)).isEqualTo("012345");
        assertThat(listed(kinesis, ShardFilterType.FROM_TIMESTAMP, before + 10_001))
                .isEqualTo("2345");
        assertThat(listed(kinesis, ShardFilterType.AFTER_SHARD_ID, 0)).isEqualTo("2345");
    }

    @Test
    void largerRecordsPassOnceTheStreamAllowsThem() throws IOException {
        LocalKinesis local = start(options.withMaxRequestBytes(10 * MEBIBYTE));
        KinesisClient kinesis = client(local);
        kinesis.createStream(request -> request.streamName("logs").shardCount(2).maxRecordSizeInKiB(2048));
        put(kinesis, 0, "key", 2 * MEBIBYTE - 3);
        assertThatThrownBy(() -> put(kinesis, 0, "key", 2 * MEBIBYTE - 2)).isInstanceOf(KinesisException.class);
    }

    @Test
    void aShareOfTheRecordsIsRefused() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        local.faults(Faults.none().withThrottledRecords(0.3).withFailedRecords(0.2));
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            putMany(kinesis, 500, 0).records().stream()
                    .map(PutRecordsResultEntry::errorCode)
                    .forEach(code -> codes.add(String.valueOf(code)));
        }
        assertThat(count(codes, "ProvisionedThroughputExceededException")).isBetween(500, 700);
        assertThat(count(codes, "InternalFailure")).isBetween(200, 360);
        assertThat(local.accepted()).isEqualTo(count(codes, "null"));
        assertThat(local.score().throttled() + local.score().failed()).isEqualTo(2000 - local.accepted());
    }

    @Test
    void theSameSeedRefusesTheSameRecords() throws IOException {
        assertThat(refusedWithSeed(7)).isEqualTo(refusedWithSeed(7)).isNotEqualTo(refusedWithSeed(8));
    }

    private List<Boolean> refusedWithSeed(long seed) throws IOException {
        LocalKinesis local = start(options.withSeed(seed));
        local.createStream("logs", 2);
        local.faults(Faults.none().withThrottledRecords(0.5));
        return putMany(client(local), 200, 0).records().stream()
                .map(record -> record.errorCode() != null)
                .toList();
    }

    @Test
    void aRequestThatFailsBeforeIsNotAcceptedAndOneThatFailsAfterIs() throws IOException {
        LocalKinesis local = start(options.withTrackedKeys(10));
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        local.faults(Faults.none().withFailedBefore(1));
        assertThatThrownBy(() -> putMany(kinesis, 5, 0)).isInstanceOfSatisfying(KinesisException.class, error -> {
            assertThat(error.statusCode()).isEqualTo(500);
            assertThat(error.awsErrorDetails().errorCode()).isEqualTo("InternalFailure");
        });
        assertThat(local.accepted()).isZero();
        local.faults(Faults.none().withFailedAfter(1));
        assertThatThrownBy(() -> putMany(kinesis, 5, 0)).isInstanceOf(KinesisException.class);
        assertThat(local.accepted()).isEqualTo(5);
        assertThat(local.score().duplicates()).isZero();
        local.faults(Faults.none().withHungUpAfter(1));
        assertThatThrownBy(() -> putMany(kinesis, 5, 0)).isInstanceOf(SdkClientException.class);
        assertThat(local.accepted()).isEqualTo(10);
        local.faults(Faults.none());
        putMany(kinesis, 15, 0);
        assertThat(local.score().duplicates()).isEqualTo(10);
        assertThat(local.score().untracked()).isEqualTo(5);
        assertThat(local.repeatedKeys()).hasSize(5).containsEntry("key-0", 3);
        assertThat(local.score().failedRequests()).isEqualTo(3);
    }

    @Test
    void anyErrorCodeCanBeAnswered() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        for (String code : List.of("AccessDeniedException", "ExpiredTokenException", "KMSDisabledException")) {
            local.faults(Faults.none().withErrorCode(code));
            assertThatThrownBy(() -> putMany(kinesis, 1, 0)).isInstanceOfSatisfying(KinesisException.class, error -> {
                assertThat(error.statusCode()).isEqualTo(400);
                assertThat(error.awsErrorDetails().errorCode()).isEqualTo(code);
            });
        }
        local.faults(Faults.none().withErrorCode("ServiceUnavailable"));
        assertThatThrownBy(() -> kinesis.listStreams())
                .isInstanceOfSatisfying(
                        KinesisException.class,
                        error -> assertThat(error.statusCode()).isEqualTo(503));
        assertThat(local.accepted()).isZero();
    }

    @Test
    void aDelayedAnswerComesAfterItsRecordsWereAccepted() throws Exception {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        local.faults(Faults.none().withDelay(Duration.ofHours(1)));
        CompletableFuture<PutRecordsResponse> answer = CompletableFuture.supplyAsync(() -> putMany(kinesis, 5, 0));
        await().until(() -> local.accepted() == 5);
        assertThat(answer).isNotDone();
        local.close();
        assertThat(answer).failsWithin(Duration.ofSeconds(20));
    }

    @Test
    void hangingUpAnswersNothingAndAcceptsNothing() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        local.faults(Faults.none().withHangUp(true));
        assertThatThrownBy(() -> putMany(kinesis, 5, 0)).isInstanceOf(SdkClientException.class);
        assertThat(local.accepted()).isZero();
    }

    @Test
    void downAndUpAgainOnTheSamePortWithTheSameRecords() throws IOException {
        LocalKinesis local = start(options);
        KinesisClient kinesis = client(local);
        local.createStream("logs", 2);
        for (int round = 1; round <= 3; round++) {
            putMany(kinesis, 5, 0);
            local.down();
            local.down();
            assertThatThrownBy(() -> putMany(kinesis, 5, 0)).isInstanceOf(SdkClientException.class);
            local.up();
            local.up();
            assertThat(local.accepted()).isEqualTo(5L * round);
        }
        assertThat(read(kinesis, horizon(kinesis, 0)).records()).hasSize(15);
    }

    @Test
    void aTakenPortIsAnError() throws IOException {
        LocalKinesis local = start(options);
        assertThatThrownBy(() -> LocalKinesis.start(local.endpoint().getPort())).isInstanceOf(IOException.class);
    }

    private LocalKinesis start(LocalOptions with) throws IOException {
        LocalKinesis local = LocalKinesis.start(0, with);
        opened.add(local);
        return local;
    }

    private KinesisClient client(LocalKinesis local) {
        KinesisClient client = KinesisClients.of(local.endpoint(), true);
        opened.add(client);
        return client;
    }

    /** The hash of the lower or the upper of two shards. */
    private static String hashOf(int shard) {
        return shard == 0 ? "0" : HashKey.MAX.toString();
    }

    private static void put(KinesisClient kinesis, int shard, String key, int bytes) {
        kinesis.putRecord(request -> request.streamName("logs")
                .partitionKey(key)
                .explicitHashKey(hashOf(shard))
                .data(SdkBytes.fromByteArray(new byte[bytes])));
    }

    /** Records key-0, key-1 and so on. */
    private static PutRecordsResponse putMany(KinesisClient kinesis, int count, int shard) {
        List<PutRecordsRequestEntry> entries = IntStream.range(0, count)
                .mapToObj(i -> PutRecordsRequestEntry.builder()
                        .partitionKey("key-" + i)
                        .explicitHashKey(hashOf(shard))
                        .data(SdkBytes.fromUtf8String("x"))
                        .build())
                .toList();
        return kinesis.putRecords(request -> request.streamName("logs").records(entries));
    }

    private static String horizon(KinesisClient kinesis, int shard) {
        return kinesis.getShardIterator(request -> request.streamName("logs")
                        .shardId(ShardId.of(shard))
                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                .shardIterator();
    }

    private static GetRecordsResponse read(KinesisClient kinesis, String iterator) {
        return kinesis.getRecords(request -> request.shardIterator(iterator));
    }

    private static List<String> keys(LocalKinesis local) {
        return local.records("logs").stream().map(StoredRecord::partitionKey).toList();
    }

    /** The last digits of the shards' names. */
    private static String listed(KinesisClient kinesis, ShardFilterType type, long time) {
        StringBuilder digits = new StringBuilder();
        kinesis.listShards(request -> request.streamName("logs")
                        .shardFilter(filter ->
                                filter.type(type).shardId(ShardId.of(1)).timestamp(Instant.ofEpochMilli(time))))
                .shards()
                .forEach(shard -> digits.append(shard.shardId().charAt(19)));
        return digits.toString();
    }

    private static int count(List<String> all, String wanted) {
        return (int) all.stream().filter(wanted::equals).count();
    }
}
