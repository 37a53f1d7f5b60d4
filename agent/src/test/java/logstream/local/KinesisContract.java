package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ListStreamsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * What a client of the SDK for Java sees of Kinesis, as far as this project uses it. It is held against our local endpoint
 * and against the engines of others, so that ours cannot agree with nobody but us.
 */
abstract class KinesisContract {
    private static final BigInteger SPACE = BigInteger.ONE.shiftLeft(128);
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static KinesisEngine.@Nullable Running running;
    private static @Nullable KinesisClient client;

    private final KinesisEngine engine;

    KinesisContract(KinesisEngine engine) {
        this.engine = engine;
    }

    @BeforeParameterizedClassInvocation
    static void start(KinesisEngine engine) {
        KinesisEngine.Running started = engine.start();
        running = started;
        client = KinesisClients.of(started.endpoint(), engine.cbor());
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (client != null) {
            client.close();
            client = null;
        }
        if (running != null) {
            running.close();
            running = null;
        }
    }

    @Test
    void describesANewStream() {
        String stream = newStream(3);
        StreamDescriptionSummary summary = kinesis()
                .describeStreamSummary(request -> request.streamName(stream))
                .streamDescriptionSummary();
        assertThat(summary.streamName()).isEqualTo(stream);
        assertThat(summary.streamARN()).startsWith("arn:aws:kinesis:").endsWith(":stream/" + stream);
        assertThat(summary.openShardCount()).isEqualTo(3);
        assertThat(summary.retentionPeriodHours()).isEqualTo(24);
        var description = kinesis()
                .describeStream(request -> request.streamName(stream).limit(2))
                .streamDescription();
        assertThat(description.shards()).hasSize(2);
        assertThat(description.hasMoreShards()).isTrue();
        assertThat(description.streamStatus()).isEqualTo(StreamStatus.ACTIVE);
    }

    @Test
    void timesAreTimes() {
        String stream = newStream(1);
        put(stream, "key");
        Instant now = Instant.now();
        Record record = readAll(stream, only(shards(stream))).getFirst();
        Instant created = kinesis()
                .describeStreamSummary(request -> request.streamName(stream))
                .streamDescriptionSummary()
                .streamCreationTimestamp();
        assertThat(record.approximateArrivalTimestamp()).isBetween(now.minusSeconds(60), now.plusSeconds(60));
        assertThat(created).isBetween(now.minusSeconds(60), now.plusSeconds(60));
    }

    @Test
    void aStreamCannotBeCreatedTwice() {
        String stream = newStream(1);
        assertThatThrownBy(() -> kinesis()
                        .createStream(request -> request.streamName(stream).shardCount(1)))
                .isInstanceOf(ResourceInUseException.class);
    }

    @Test
    void aDeletedStreamIsGone() {
        String stream = newStream(1);
        kinesis().deleteStream(request -> request.streamName(stream));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThatThrownBy(() -> shards(stream)).isInstanceOf(ResourceNotFoundException.class));
    }

    @Test
    void whatIsMissingIsNotFound() {
        String stream = newStream(1);
        assertThatThrownBy(() -> put("no-such-stream", "key")).isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> putMany("no-such-stream", List.of(entry("key", "x"))))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> kinesis().describeStreamSummary(request -> request.streamName("no-such-stream")))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> iterator(stream, "shardId-000000000007", ShardIteratorType.LATEST))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void streamsAreListedPageByPage() {
        List<String> made = List.of(newStream(1), newStream(1), newStream(1));
        List<String> listed = new ArrayList<>();
        ListStreamsResponse page = kinesis().listStreams(request -> request.limit(1));
        while (true) {
            assertThat(page.streamNames()).hasSizeLessThanOrEqualTo(1);
            listed.addAll(page.streamNames());
            if (!page.hasMoreStreams()) {
                break;
            }
            page = kinesis().listStreams(request -> request.limit(1).exclusiveStartStreamName(listed.getLast()));
        }
        assertThat(listed).containsAll(made).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void shardsAreListedPageByPage() {
        String stream = newStream(5);
        ListShardsResponse first =
                kinesis().listShards(request -> request.streamName(stream).maxResults(2));
        assertThat(first.shards()).extracting(Shard::shardId).containsExactly(shardId(0), shardId(1));
        expecting(Difference.SHARD_PAGES_NEED_THE_NAME, () -> {
            ListShardsResponse second = kinesis()
                    .listShards(request -> request.nextToken(first.nextToken()).maxResults(2));
            assertThat(second.shards()).extracting(Shard::shardId).containsExactly(shardId(2), shardId(3));
            ListShardsResponse last = kinesis()
                    .listShards(request -> request.nextToken(second.nextToken()).maxResults(2));
            assertThat(last.shards()).extracting(Shard::shardId).containsExactly(shardId(4));
            assertThat(last.nextToken()).isNull();
        });
    }

    @Test
    void shardsOfANewStreamAreEqualPartsOfTheSpace() {
        // Six does not divide 2^128: what is left over goes to the last one.
        BigInteger width = SPACE.divide(BigInteger.valueOf(6));
        List<Shard> shards = shards(newStream(6));
        for (int i = 0; i < 6; i++) {
            BigInteger start = width.multiply(BigInteger.valueOf(i));
            BigInteger end = i == 5 ? SPACE : start.add(width);
            assertThat(start(shards.get(i))).isEqualTo(start);
            assertThat(end(shards.get(i))).isEqualTo(end.subtract(BigInteger.ONE));
        }
    }

    @Test
    void theHashOfTheKeyPicksTheShard() {
        String stream = newStream(4);
        List<Shard> shards = shards(stream);
        List<String> keys = IntStream.range(0, 60).mapToObj(i -> "key-é-" + i).toList();
        PutRecordsResponse answer =
                putMany(stream, keys.stream().map(key -> entry(key, key)).toList());
        assertThat(answer.failedRecordCount()).isZero();
        assertThat(answer.records()).hasSize(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            assertThat(answer.records().get(i).shardId()).isEqualTo(shardOf(md5(keys.get(i)), shards));
        }
        PutRecordResponse one = put(stream, "key-é-7");
        assertThat(one.shardId()).isEqualTo(shardOf(md5("key-é-7"), shards));
    }

    @Test
    void anExplicitHashGoesBeforeTheKey() {
        String stream = newStream(3);
        List<Shard> shards = shards(stream);
        BigInteger second = start(shards.get(1));
        BigInteger third = start(shards.get(2));
        assertThat(putByHash(stream, BigInteger.ZERO, second, second.add(BigInteger.ONE), third))
                .containsExactly(shardId(0), shardId(1), shardId(1), shardId(2));
        expecting(
                Difference.LAST_HASH_FALLS_OUT,
                () -> assertThat(putByHash(stream, end(shards.get(0)), end(shards.get(1)), end(shards.get(2))))
                        .containsExactly(shardId(0), shardId(1), shardId(2)));
        assertThatThrownBy(() -> putByHash(stream, SPACE)).isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void whatIsPutIsRead() {
        String stream = newStream(1);
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        List<byte[]> sent = List.of(all, new byte[0], "Grüße, 世界 🌍".getBytes(StandardCharsets.UTF_8));
        PutRecordsResponse answer = putMany(
                stream,
                sent.stream().map(data -> entry("ключ-🌍-" + data.length, data)).toList());
        List<Record> read = readAll(stream, shardId(0));
        assertThat(read).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(read.get(i).data().asByteArray()).isEqualTo(sent.get(i));
            assertThat(read.get(i).partitionKey()).isEqualTo("ключ-🌍-" + sent.get(i).length);
            assertThat(read.get(i).sequenceNumber())
                    .isEqualTo(answer.records().get(i).sequenceNumber());
        }
    }

    @Test
    void sequenceNumbersHave56DigitsAndGrow() {
        String stream = newStream(1);
        List<BigInteger> numbers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            numbers.add(new BigInteger(put(stream, "key-" + i).sequenceNumber()));
        }
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
        expecting(Difference.SHORT_SEQUENCE_NUMBERS, () -> {
            assertThat(numbers)
                    .allSatisfy(number -> assertThat(number.toString()).hasSize(56));
            Shard shard = only(shards(stream));
            assertThat(new BigInteger(shard.sequenceNumberRange().startingSequenceNumber()))
                    .isLessThan(numbers.getFirst());
        });
    }

    @Test
    void iteratorsBeginWhereTheyAreTold() {
        String stream = newStream(1);
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            numbers.add(put(stream, "key-" + i).sequenceNumber());
        }
        String latest = iterator(stream, shardId(0), ShardIteratorType.LATEST);
        String fifth = put(stream, "key-4").sequenceNumber();
        assertThat(keys(read(iterator(stream, shardId(0), ShardIteratorType.TRIM_HORIZON))))
                .containsExactly("key-0", "key-1", "key-2", "key-3", "key-4");
        assertThat(keys(read(latest))).containsExactly("key-4");
        assertThat(keys(read(iteratorAt(stream, ShardIteratorType.AT_SEQUENCE_NUMBER, numbers.get(2)))))
                .containsExactly("key-2", "key-3", "key-4");
        assertThat(keys(read(iteratorAt(stream, ShardIteratorType.AFTER_SEQUENCE_NUMBER, numbers.get(2)))))
                .containsExactly("key-3", "key-4");
        assertThat(keys(read(iteratorAt(stream, ShardIteratorType.AFTER_SEQUENCE_NUMBER, fifth))))
                .isEmpty();
        String since = kinesis()
                .getShardIterator(request -> request.streamName(stream)
                        .shardId(shardId(0))
                        .shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
                        .timestamp(Instant.now().minusSeconds(600)))
                .shardIterator();
        assertThat(keys(read(since))).hasSize(5);
    }

    @Test
    void readingGoesOnWhereItEnded() {
        String stream = newStream(1);
        putMany(
                stream,
                IntStream.range(0, 25).mapToObj(i -> entry("key-" + i, "x")).toList());
        List<String> keys = new ArrayList<>();
        String iterator = iterator(stream, shardId(0), ShardIteratorType.TRIM_HORIZON);
        for (int turn = 0; turn < 3; turn++) {
            String from = iterator;
            GetRecordsResponse page =
                    kinesis().getRecords(request -> request.shardIterator(from).limit(10));
            assertThat(page.records()).hasSizeLessThanOrEqualTo(10);
            keys.addAll(keys(page));
            iterator = page.nextShardIterator();
            assertThat(iterator).isNotNull();
        }
        assertThat(keys)
                .containsExactlyElementsOf(
                        IntStream.range(0, 25).mapToObj(i -> "key-" + i).toList());
        GetRecordsResponse tip = read(iterator);
        assertThat(tip.records()).isEmpty();
        assertThat(tip.millisBehindLatest()).isZero();
        put(stream, "late");
        assertThat(keys(read(tip.nextShardIterator()))).containsExactly("late");
    }

    @Test
    void aSplitShardEndsInTwoChildren() {
        String stream = newStream(1);
        put(stream, "before");
        BigInteger half = SPACE.shiftRight(1);
        kinesis()
                .splitShard(request ->
                        request.streamName(stream).shardToSplit(shardId(0)).newStartingHashKey(half.toString()));
        awaitActive(stream);
        List<Shard> shards = shards(stream);
        assertThat(shards).hasSize(3);
        assertThat(shards.get(0).sequenceNumberRange().endingSequenceNumber()).isNotNull();
        assertThat(shards.subList(1, 3)).allSatisfy(child -> {
            assertThat(child.parentShardId()).isEqualTo(shardId(0));
            assertThat(child.adjacentParentShardId()).isNull();
            assertThat(child.sequenceNumberRange().endingSequenceNumber()).isNull();
        });
        assertThat(end(shards.get(1))).isEqualTo(half.subtract(BigInteger.ONE));
        assertThat(start(shards.get(2))).isEqualTo(half);
        expecting(
                Difference.PUTS_INTO_CLOSED_SHARDS,
                () -> assertThat(put(stream, "after").shardId()).isNotEqualTo(shardId(0)));
        GetRecordsResponse rest = read(iterator(stream, shardId(0), ShardIteratorType.TRIM_HORIZON));
        assertThat(keys(rest)).startsWith("before");
        expecting(Difference.CLOSED_SHARDS_DO_NOT_END, () -> {
            GetRecordsResponse end = rest.nextShardIterator() == null ? rest : read(rest.nextShardIterator());
            assertThat(end.nextShardIterator()).isNull();
            assertThat(end.childShards()).extracting(child -> child.shardId()).containsExactly(shardId(1), shardId(2));
            assertThat(end.childShards())
                    .allSatisfy(child -> assertThat(child.parentShards()).containsExactly(shardId(0)));
        });
    }

    @Test
    void twoNeighboursBecomeOne() {
        String stream = newStream(3);
        assertThatThrownBy(() -> kinesis()
                        .mergeShards(request -> request.streamName(stream)
                                .shardToMerge(shardId(0))
                                .adjacentShardToMerge(shardId(2))))
                .isInstanceOf(InvalidArgumentException.class);
        kinesis()
                .mergeShards(request ->
                        request.streamName(stream).shardToMerge(shardId(0)).adjacentShardToMerge(shardId(1)));
        awaitActive(stream);
        List<Shard> shards = shards(stream);
        assertThat(shards).hasSize(4);
        Shard joined = shards.get(3);
        assertThat(joined.parentShardId()).isEqualTo(shardId(0));
        assertThat(joined.adjacentParentShardId()).isEqualTo(shardId(1));
        assertThat(start(joined)).isZero();
        assertThat(end(joined)).isEqualTo(end(shards.get(1)));
        assertThat(shards.subList(0, 2))
                .allSatisfy(parent -> assertThat(parent.sequenceNumberRange().endingSequenceNumber())
                        .isNotNull());
    }

    @Test
    void theNumberOfShardsCanBeDoubledAndHalved() {
        String stream = newStream(2);
        List<Shard> first = shards(stream);
        scale(stream, 4);
        List<Shard> doubled = shards(stream).subList(2, 6);
        assertThat(doubled)
                .allSatisfy(shard -> assertThat(shard.parentShardId()).isEqualTo(shardOf(start(shard), first)));
        assertThat(open(stream)).containsExactlyInAnyOrderElementsOf(doubled);
        expecting(
                Difference.UNEVEN_RESHARDING,
                () -> assertThat(doubled.stream()
                                .map(KinesisContract::start)
                                .sorted()
                                .toList())
                        .containsExactlyElementsOf(IntStream.range(0, 4)
                                .mapToObj(i -> SPACE.shiftRight(2).multiply(BigInteger.valueOf(i)))
                                .toList()));
        scale(stream, 2);
        assertThat(open(stream)).hasSize(2).allSatisfy(shard -> {
            assertThat(shard.parentShardId()).isNotNull();
            assertThat(shard.adjacentParentShardId()).isNotNull();
        });
    }

    @Test
    void theNumberOfShardsGrowsAtMostTwofold() {
        String stream = newStream(2);
        expecting(
                Difference.SCALES_WITHOUT_BOUND,
                () -> assertThatThrownBy(() -> scale(stream, 5)).isInstanceOf(KinesisException.class));
    }

    @Test
    void aStreamIsMeantByItsArn() {
        String stream = newStream(1);
        String arn = kinesis()
                .describeStreamSummary(request -> request.streamName(stream))
                .streamDescriptionSummary()
                .streamARN();
        kinesis()
                .putRecord(request -> request.streamARN(arn).partitionKey("one").data(SdkBytes.fromUtf8String("x")));
        kinesis().putRecords(request -> request.streamARN(arn).records(entry("two", "x")));
        assertThat(kinesis().listShards(request -> request.streamARN(arn)).shards())
                .hasSize(1);
        String iterator = kinesis()
                .getShardIterator(request ->
                        request.streamARN(arn).shardId(shardId(0)).shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                .shardIterator();
        assertThat(keys(read(iterator(stream, shardId(0), ShardIteratorType.TRIM_HORIZON))))
                .containsExactly("one", "two");
        expecting(
                Difference.ITERATORS_BY_ARN_ARE_LOST,
                () -> assertThat(keys(read(iterator))).containsExactly("one", "two"));
    }

    @Test
    void aRequestTakesAtMost500Records() {
        String stream = newStream(1);
        List<PutRecordsRequestEntry> most =
                IntStream.range(0, 500).mapToObj(i -> entry("key", "x")).toList();
        assertThat(putMany(stream, most).failedRecordCount()).isZero();
        List<PutRecordsRequestEntry> tooMany = new ArrayList<>(most);
        tooMany.add(entry("key", "x"));
        expecting(
                Difference.TAKES_MORE_THAN_500,
                () -> assertRefused("ValidationException", () -> putMany(stream, tooMany)));
        expecting(
                Difference.TAKES_NO_RECORDS,
                () -> assertRefused("ValidationException", () -> putMany(stream, List.of())));
    }

    @Test
    void oneRecordTooLargeFailsTheRequest() {
        String stream = newStream(1);
        assertThat(put(stream, "k", new byte[(1 << 20) - 1]).sequenceNumber()).isNotEmpty();
        expecting(
                Difference.TOO_LARGE_FAILS_ALONE,
                () -> assertRefused(
                        "ValidationException",
                        () -> putMany(stream, List.of(entry("key", "x"), entry("key", new byte[(1 << 20) + 1])))));
        expecting(
                Difference.KEY_IS_FREE,
                () -> assertRefused("ValidationException", () -> put(stream, "key", new byte[1 << 20])));
    }

    @Test
    void aRequestTakesAtMostFiveMebibytes() {
        String stream = newStream(1);
        PutRecordsRequestEntry million = entry("key", new byte[1_000_000]);
        assertThat(putMany(stream, List.of(million, million, million, million, million))
                        .failedRecordCount())
                .isZero();
        expecting(
                Difference.TAKES_TEN_MEBIBYTES,
                () -> assertThatThrownBy(
                                () -> putMany(stream, List.of(million, million, million, million, million, million)))
                        .isInstanceOf(InvalidArgumentException.class));
    }

    @Test
    void keysHaveOneTo256Characters() {
        String stream = newStream(1);
        assertThat(put(stream, "k").sequenceNumber()).isNotEmpty();
        assertThat(put(stream, "k".repeat(256)).sequenceNumber()).isNotEmpty();
        assertThat(put(stream, "é".repeat(256)).sequenceNumber()).isNotEmpty();
        expecting(Difference.OTHER_ERROR_FOR_KEYS, () -> {
            assertRefused("ValidationException", () -> put(stream, ""));
            assertRefused("ValidationException", () -> put(stream, "k".repeat(257)));
            assertRefused("ValidationException", () -> putMany(stream, List.of(entry("k".repeat(257), "x"))));
        });
    }

    @Test
    void aGarbledIteratorIsRefused() {
        expecting(
                Difference.BREAKS_ON_GARBLED_ITERATORS,
                () -> assertThatThrownBy(() -> read("no-iterator")).isInstanceOf(InvalidArgumentException.class));
    }

    /** The assertion holds; but on an engine that is declared to differ it must not. */
    private void expecting(Difference difference, ThrowingCallable assertion) {
        if (difference.concerns(engine)) {
            assertThatThrownBy(assertion)
                    .as("%s no longer differs (%s): strike it out", engine, difference.reason())
                    .isNotNull();
        } else {
            assertThatThrownByNothing(assertion);
        }
    }

    private static void assertThatThrownByNothing(ThrowingCallable assertion) {
        try {
            assertion.call();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KinesisException.class, error -> {
            assertThat(error.statusCode()).isEqualTo(400);
            assertThat(error.awsErrorDetails().errorCode()).isEqualTo(code);
            assertThat(error.requestId()).isNotEmpty();
        });
    }

    private static KinesisClient kinesis() {
        if (client == null) {
            throw new IllegalStateException("the engine was not started");
        }
        return client;
    }

    private static String newStream(int shards) {
        String name = "contract-" + NAMES.incrementAndGet();
        kinesis().createStream(request -> request.streamName(name).shardCount(shards));
        awaitActive(name);
        return name;
    }

    /** Engines make and change streams within a second or at once. */
    private static void awaitActive(String stream) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> kinesis()
                                .describeStreamSummary(request -> request.streamName(stream))
                                .streamDescriptionSummary()
                                .streamStatus()
                        == StreamStatus.ACTIVE);
    }

    private static void scale(String stream, int target) {
        kinesis()
                .updateShardCount(request ->
                        request.streamName(stream).targetShardCount(target).scalingType(ScalingType.UNIFORM_SCALING));
        awaitActive(stream);
    }

    private static List<Shard> shards(String stream) {
        return kinesis().listShards(request -> request.streamName(stream)).shards();
    }

    private static List<Shard> open(String stream) {
        return shards(stream).stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .toList();
    }

    private static Shard only(List<Shard> shards) {
        assertThat(shards).hasSize(1);
        return shards.getFirst();
    }

    private static PutRecordResponse put(String stream, String key) {
        return put(stream, key, new byte[] {'x'});
    }

    private static PutRecordResponse put(String stream, String key, byte[] data) {
        return kinesis()
                .putRecord(
                        request -> request.streamName(stream).partitionKey(key).data(SdkBytes.fromByteArray(data)));
    }

    private static PutRecordsResponse putMany(String stream, List<PutRecordsRequestEntry> entries) {
        return kinesis().putRecords(request -> request.streamName(stream).records(entries));
    }

    private static PutRecordsRequestEntry entry(String key, String text) {
        return entry(key, text.getBytes(StandardCharsets.UTF_8));
    }

    private static PutRecordsRequestEntry entry(String key, byte[] data) {
        return PutRecordsRequestEntry.builder()
                .partitionKey(key)
                .data(SdkBytes.fromByteArray(data))
                .build();
    }

    private static List<String> putByHash(String stream, BigInteger... hashes) {
        List<PutRecordsRequestEntry> entries = Arrays.stream(hashes)
                .map(hash -> entry("same", "x").toBuilder()
                        .explicitHashKey(hash.toString())
                        .build())
                .toList();
        return putMany(stream, entries).records().stream()
                .map(PutRecordsResultEntry::shardId)
                .toList();
    }

    private static String iterator(String stream, String shard, ShardIteratorType type) {
        return kinesis()
                .getShardIterator(
                        request -> request.streamName(stream).shardId(shard).shardIteratorType(type))
                .shardIterator();
    }

    private static String iteratorAt(String stream, ShardIteratorType type, String number) {
        return kinesis()
                .getShardIterator(request -> request.streamName(stream)
                        .shardId(shardId(0))
                        .shardIteratorType(type)
                        .startingSequenceNumber(number))
                .shardIterator();
    }

    private static GetRecordsResponse read(String iterator) {
        return kinesis().getRecords(request -> request.shardIterator(iterator));
    }

    private static List<Record> readAll(String stream, Shard shard) {
        return readAll(stream, shard.shardId());
    }

    private static List<Record> readAll(String stream, String shard) {
        return read(iterator(stream, shard, ShardIteratorType.TRIM_HORIZON)).records();
    }

    private static List<String> keys(GetRecordsResponse page) {
        return page.records().stream().map(Record::partitionKey).toList();
    }

    private static String shardId(int number) {
        return String.format(Locale.ROOT, "shardId-%012d", number);
    }

    private static BigInteger start(Shard shard) {
        return new BigInteger(shard.hashKeyRange().startingHashKey());
    }

    private static BigInteger end(Shard shard) {
        return new BigInteger(shard.hashKeyRange().endingHashKey());
    }

    private static String shardOf(BigInteger hash, List<Shard> shards) {
        return shards.stream()
                .filter(shard -> start(shard).compareTo(hash) <= 0 && hash.compareTo(end(shard)) <= 0)
                .map(Shard::shardId)
                .findFirst()
                .orElseThrow();
    }

    private static BigInteger md5(String key) {
        try {
            return new BigInteger(1, MessageDigest.getInstance("MD5").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
