package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import logstream.engines.KplAggregate;
import logstream.kinesis.CannedKinesis.Answer;
import logstream.kinesis.CannedKinesis.Call;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reading against a made-up stream, with made-up time. */
@Timeout(60)
class StreamReaderTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    /** A shard of the made-up stream; its iterators are its name and an ordinal. */
    private static final class Made {
        final List<String> records = new ArrayList<>();
        final Map<Integer, Instant> arrivals = new HashMap<>();
        int mostPerCall = Integer.MAX_VALUE;
        List<String> parents = List.of();
        List<String> children = List.of();
        boolean closed;
        boolean tellsChildren = true;
    }

    private final Map<String, Made> made = new LinkedHashMap<>();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> sleeps = new ArrayList<>();
    private final List<Call> iteratorCalls = new ArrayList<>();
    private final List<String> reads = new ArrayList<>();
    private final Map<String, List<Long>> readTimes = new HashMap<>();
    private Function<Call, @Nullable Answer> fault = _ -> null;
    private final CannedKinesis server = new CannedKinesis(this::answer);
    private @Nullable StreamReader reader;

    @AfterEach
    void close() {
        if (reader != null) {
            reader.close();
        }
        server.close();
    }

    private synchronized Answer answer(Call call) {
        Answer wrong = fault.apply(call);
        if (wrong != null) {
            return wrong;
        }
        return switch (call.action()) {
            case "ListShards" ->
                Answer.ok(Map.of(
                        "Shards",
                        made.entrySet().stream()
                                .map(e -> listed(e.getKey(), e.getValue()))
                                .toList()));
            case "GetShardIterator" -> iterator(call);
            case "GetRecords" -> records(call);
            default -> Answer.error(400, "UnknownOperationException");
        };
    }

    private static Map<String, Object> listed(String id, Made shard) {
        Map<String, Object> listed = new HashMap<>(Map.of("ShardId", id));
        Map<String, Object> range = new HashMap<>(Map.of("StartingSequenceNumber", "0"));
        if (shard.closed) {
            range.put("EndingSequenceNumber", "" + shard.records.size());
        }
        listed.put("SequenceNumberRange", range);
        if (!shard.parents.isEmpty()) {
            listed.put("ParentShardId", shard.parents.getFirst());
        }
        if (shard.parents.size() > 1) {
            listed.put("AdjacentParentShardId", shard.parents.getLast());
        }
        return listed;
    }

    private Made made(String id) {
        return made.computeIfAbsent(id, _ -> new Made());
    }

    private Answer iterator(Call call) {
        iteratorCalls.add(call);
        Made shard = made.get(call.text("ShardId"));
        if (shard == null) {
            return Answer.error(400, "ResourceNotFoundException");
        }
        int from = switch (call.text("ShardIteratorType")) {
            case "TRIM_HORIZON" -> 0;
            case "LATEST", "AT_TIMESTAMP" -> shard.records.size();
            case "AFTER_SEQUENCE_NUMBER" -> Integer.parseInt(call.text("StartingSequenceNumber")) + 1;
            default -> throw new IllegalStateException(call.text("ShardIteratorType"));
        };
        return Answer.ok(Map.of("ShardIterator", call.text("ShardId") + " " + from));
    }

    private Answer records(Call call) {
        String[] iterator = call.text("ShardIterator").split(" ", 2);
        Made shard = made(iterator[0]);
        reads.add(iterator[0]);
        readTimes.computeIfAbsent(iterator[0], _ -> new ArrayList<>()).add(nanos.get());
        int from = Integer.parseInt(iterator[1]);
        int to = (int) Math.min(shard.records.size(), (long) from + shard.mostPerCall);
        Map<String, Object> answer = new HashMap<>();
        answer.put("MillisBehindLatest", to < shard.records.size() ? 5_000 : 0);
        answer.put(
                "Records",
                IntStream.range(from, to).mapToObj(i -> made(shard, i)).toList());
        if (!shard.closed || to < shard.records.size()) {
            answer.put("NextShardIterator", iterator[0] + " " + to);
        } else if (shard.tellsChildren) {
            answer.put(
                    "ChildShards",
                    shard.children.stream()
                            .map(id -> Map.of("ShardId", id, "ParentShards", made(id).parents))
                            .toList());
        }
        return Answer.ok(answer);
    }

    private static Map<String, Object> made(Made shard, int index) {
        Map<String, Object> record = new HashMap<>();
        record.put("Data", shard.records.get(index).getBytes(StandardCharsets.ISO_8859_1));
        record.put("PartitionKey", "key");
        record.put("SequenceNumber", "" + index);
        Instant arrival = shard.arrivals.get(index);
        if (arrival != null) {
            record.put("ApproximateArrivalTimestamp", arrival.toEpochMilli());
        }
        return record;
    }

    /** A record that arrived so many seconds after the beginning. */
    private void putAt(String shard, int second, String record) {
        made(shard).arrivals.put(made(shard).records.size(), START.plusSeconds(second));
        put(shard, record);
    }

    private void put(String shard, String... records) {
        made(shard).records.addAll(List.of(records));
    }

    private void split(String parent, String... children) {
        made(parent).closed = true;
        made(parent).children = List.of(children);
        for (String child : children) {
            made(child).parents = List.of(parent);
        }
    }

    private void merge(String one, String other, String child) {
        for (String parent : List.of(one, other)) {
            made(parent).closed = true;
            made(parent).children = List.of(child);
        }
        made(child).parents = List.of(one, other);
    }

    private StreamReader open(StartAt startAt) {
        StreamReader opened = StreamReader.open(server.config(), startAt, () -> START, nanos::get, time -> {
            sleeps.add(time);
            nanos.addAndGet(time.toNanos());
        });
        reader = opened;
        return opened;
    }

    private static List<String> lines(List<ReadRecord> records) {
        return records.stream()
                .map(each -> new String(each.data(), StandardCharsets.UTF_8))
                .toList();
    }

    private static List<String> readAll(StreamReader reader) {
        List<String> all = new ArrayList<>();
        for (int round = 0; round < 50; round++) {
            all.addAll(lines(reader.poll()));
            if (reader.caughtUp()) {
                return all;
            }
        }
        throw new IllegalStateException("not caught up after 50 rounds, read " + all);
    }

    @Test
    void readsEachShardFromItsOldestRecordOnAndThenWhatComes() {
        put("a", "1", "2");
        put("b", "3");
        StreamReader opened = open(new StartAt.TrimHorizon());
        assertThat(readAll(opened)).containsExactly("1", "2", "3");
        put("b", "4");
        assertThat(lines(opened.poll())).containsExactly("4");
        assertThat(opened.poll()).isEmpty();
        assertThat(opened.caughtUp()).isTrue();
    }

    @Test
    void readsParentsToTheirEndBeforeTheirChildren() {
        put("a", "parent");
        put("b", "first child");
        put("c", "second child");
        put("d", "grandchild");
        split("a", "b", "c");
        merge("b", "c", "d");
        assertThat(readAll(open(new StartAt.TrimHorizon())))
                .containsExactly("parent", "first child", "second child", "grandchild");
        assertThat(reads.indexOf("d")).isGreaterThan(Math.max(reads.lastIndexOf("b"), reads.lastIndexOf("c")));
        assertThat(reads.getFirst()).isEqualTo("a");
    }

    @Test
    void aChildWaitsForEachOfItsParentsHoweverTheyAreListed() {
        put("child", "3");
        put("a", "1");
        put("b", "2");
        merge("a", "b", "child");
        StreamReader opened = open(new StartAt.TrimHorizon());
        fault = call ->
                call.action().equals("GetRecords") && call.text("ShardIterator").startsWith("b")
                        ? Answer.error(400, "ProvisionedThroughputExceededException")
                        : null;
        assertThat(lines(opened.poll())).containsExactly("1");
        assertThat(opened.poll()).isEmpty();
        assertThat(opened.caughtUp()).isFalse();
        fault = _ -> null;
        assertThat(readAll(opened)).containsExactly("2", "3");
    }

    @Test
    void followsAReshardThatHappensWhileReading() {
        put("a", "1");
        StreamReader opened = open(new StartAt.TrimHorizon());
        assertThat(readAll(opened)).containsExactly("1");
        put("a", "2");
        put("b", "3");
        split("a", "b");
        assertThat(readAll(opened)).containsExactly("2", "3");
    }

    @Test
    void findsChildrenByListingWhereTheAnswerNamesNone() {
        put("a", "1");
        put("b", "2");
        StreamReader opened = open(new StartAt.TrimHorizon());
        assertThat(readAll(opened)).containsExactlyInAnyOrder("1", "2");
        put("c", "3");
        split("a", "c");
        made("a").tellsChildren = false;
        assertThat(readAll(opened)).containsExactly("3");
    }

    @Test
    void latestIsTheTimeOfOpeningAndChildrenAreReadFromTheirBeginning() {
        put("a", "old");
        put("b", "old, too");
        split("a", "b");
        StreamReader opened = open(new StartAt.Latest());
        put("b", "new");
        put("c", "child");
        split("b", "c");
        assertThat(readAll(opened)).containsExactly("new", "child");
        assertThat(reads).as("shards that were closed before").doesNotContain("a");
    }

    @Test
    void anExpiredIteratorIsReplacedByOneAfterTheLastRecord() {
        put("a", "1", "2");
        StreamReader opened = open(new StartAt.TrimHorizon());
        readAll(opened);
        put("a", "3");
        failOnce("GetRecords", 400, "ExpiredIteratorException");
        assertThat(readAll(opened)).containsExactly("3");
        assertThat(iteratorCalls.getLast().text("ShardIteratorType")).isEqualTo("AFTER_SEQUENCE_NUMBER");
        assertThat(iteratorCalls.getLast().text("StartingSequenceNumber")).isEqualTo("1");
    }

    @Test
    void anExpiredIteratorOfLatestIsReplacedByTheTimeOfOpening() {
        put("a", "old");
        StreamReader opened = open(new StartAt.Latest());
        failOnce("GetRecords", 400, "ExpiredIteratorException");
        readAll(opened);
        assertThat(iteratorCalls.getLast().text("ShardIteratorType")).isEqualTo("AT_TIMESTAMP");
    }

    private void failOnce(String action, int status, String code) {
        fault = call -> {
            if (!call.action().equals(action)) {
                return null;
            }
            fault = _ -> null;
            return Answer.error(status, code);
        };
    }

    @Test
    void aThrottledShardIsLeftAloneWhileOthersAreRead() {
        put("a", "1");
        put("b", "2");
        StreamReader opened = open(new StartAt.TrimHorizon());
        fault = call ->
                call.action().equals("GetRecords") && call.text("ShardIterator").startsWith("a")
                        ? Answer.error(400, "ProvisionedThroughputExceededException")
                        : null;
        assertThat(lines(opened.poll())).containsExactly("2");
        assertThat(opened.caughtUp()).isFalse();
        fault = _ -> null;
        assertThat(opened.poll()).as("after a quarter of a second").isEmpty();
        assertThat(readAll(opened)).containsExactly("1");
        assertThat(Duration.ofNanos(nanos.get())).isEqualTo(Setbacks.FIRST_RETRY);
    }

    @Test
    void throttlingByTheStreamIsWaitedOutAndNothingIsLostOrReadTwice() {
        for (int i = 0; i < 20; i++) {
            put("a", "a" + i);
            put("b", "b" + i);
        }
        made("a").mostPerCall = 3;
        made("b").mostPerCall = 3;
        StreamReader opened = open(new StartAt.TrimHorizon());
        Map<String, Integer> calls = new HashMap<>();
        fault = call -> call.action().equals("GetRecords")
                        && calls.merge(call.text("ShardIterator").substring(0, 1), 1, Integer::sum) % 2 == 0
                ? Answer.error(400, "ProvisionedThroughputExceededException")
                : null;
        List<String> read = readAll(opened);
        assertThat(read).doesNotHaveDuplicates().hasSize(40);
        assertThat(read.stream().filter(line -> line.startsWith("a"))).isEqualTo(made("a").records);
        assertThat(read.stream().filter(line -> line.startsWith("b"))).isEqualTo(made("b").records);
    }

    @Test
    void noShardIsAskedMoreThanFiveTimesASecond() {
        for (int i = 0; i < 40; i++) {
            put("a", "x");
        }
        put("b", "x");
        made("a").mostPerCall = 1;
        readAll(open(new StartAt.TrimHorizon()));
        readTimes.forEach((shard, times) -> {
            for (int i = 5; i < times.size(); i++) {
                assertThat(Duration.ofNanos(times.get(i) - times.get(i - 5)))
                        .as("six calls to " + shard)
                        .isGreaterThan(Duration.ofSeconds(1));
            }
        });
        assertThat(readTimes.get("a")).hasSize(40);
    }

    @Test
    void iteratorsThatExpireAgainAndAgainCostNothing() {
        put("a", "1", "2", "3", "4");
        put("b", "5");
        split("a", "b");
        made("a").mostPerCall = 1;
        StreamReader opened = open(new StartAt.TrimHorizon());
        int[] calls = {0};
        fault = call -> call.action().equals("GetRecords") && ++calls[0] % 3 != 0
                ? Answer.error(400, "ExpiredIteratorException")
                : null;
        assertThat(readAll(opened)).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void aShardThatIsAheadInTimeWaitsForTheOthers() {
        for (int second = 0; second < 6; second++) {
            putAt("busy", second, "busy " + second);
        }
        made("busy").mostPerCall = 2;
        putAt("quiet", 0, "quiet 0");
        putAt("quiet", 4, "quiet 4");
        putAt("quiet", 5, "quiet 5");
        made("quiet").mostPerCall = 2;
        StreamReader opened = open(new StartAt.TrimHorizon());

        assertThat(lines(opened.poll())).containsExactly("busy 0", "busy 1", "quiet 0", "quiet 4");
        assertThat(opened.readUpTo()).isEqualTo(START.plusSeconds(1));
        assertThat(lines(opened.poll())).containsExactly("busy 2", "busy 3");
        assertThat(opened.readUpTo()).isEqualTo(START.plusSeconds(3));
        assertThat(lines(opened.poll())).containsExactly("busy 4", "busy 5", "quiet 5");
        assertThat(opened.caughtUp()).isTrue();
        assertThat(opened.readUpTo()).isEqualTo(Instant.MAX);
    }

    @Test
    void aShardThatGivesNothingForLongHoldsUpNobody() {
        putAt("a", 0, "1");
        putAt("b", 0, "2");
        StreamReader opened = open(new StartAt.TrimHorizon());
        fault = call ->
                call.action().equals("GetRecords") && call.text("ShardIterator").startsWith("b")
                        ? Answer.error(400, "ProvisionedThroughputExceededException")
                        : null;
        opened.poll();
        assertThat(opened.readUpTo()).isEqualTo(Instant.MIN);
        while (nanos.get() < Duration.ofSeconds(4).toNanos()) {
            opened.poll();
        }
        assertThat(opened.readUpTo()).isEqualTo(Instant.MAX);
        assertThat(opened.caughtUp()).isFalse();
    }

    @Test
    void aggregatesAreTakenApart() {
        put("a", text(KplAggregate.of("k", List.of("1", "2"))), "3");
        byte[] changed = KplAggregate.of("k", List.of("1"));
        changed[5] ^= 1;
        put("a", text(changed), text(Arrays.copyOf(changed, 7)), "4");
        List<ReadRecord> read = open(new StartAt.TrimHorizon()).poll();
        assertThat(read)
                .extracting(ReadRecord::form)
                .containsExactly(
                        new ReadRecord.Form.Aggregated(),
                        new ReadRecord.Form.Aggregated(),
                        new ReadRecord.Form.Alone(),
                        new ReadRecord.Form.Damaged("its checksum does not match"),
                        new ReadRecord.Form.Damaged("it is cut short"),
                        new ReadRecord.Form.Alone());
        assertThat(read).extracting(ReadRecord::key).containsExactly("k", "k", "key", "key", "key", "key");
        assertThat(read).extracting(ReadRecord::sequenceNumber).containsExactly("0", "0", "1", "2", "3", "4");
        assertThat(read.get(3).data()).isEqualTo(changed);
    }

    private static String text(byte[] data) {
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    @Test
    void anOutageIsSurvivedWithLongerAndLongerWaits() {
        put("a", "1");
        StreamReader opened = open(new StartAt.TrimHorizon());
        fault = _ -> Answer.error(503, "ServiceUnavailable");
        for (int i = 0; i < 8; i++) {
            assertThat(opened.poll()).isEmpty();
            assertThat(opened.caughtUp()).isFalse();
        }
        fault = _ -> null;
        assertThat(readAll(opened)).containsExactly("1");
        assertThat(sleeps)
                .extracting(Duration::toMillis)
                .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 10_000L, 10_000L, 10_000L);
    }

    @Test
    void leavesReadsToOthersWhereNothingComes() {
        put("a", "1");
        StreamReader opened = open(new StartAt.TrimHorizon());
        for (int i = 0; i < 6; i++) {
            opened.poll();
        }
        put("a", "2");
        opened.poll();
        opened.poll();
        assertThat(sleeps)
                .extracting(Duration::toMillis)
                .containsExactly(250L, 500L, 1_000L, 1_000L, 1_000L, 1_000L, 250L);
    }

    @Test
    void aRoundIsBoundedAndTheNextOneGoesOnWithTheOtherShards() {
        put("a", "x".repeat(StreamReader.ROUND_BYTES));
        put("b", "b");
        StreamReader opened = open(new StartAt.TrimHorizon());
        assertThat(opened.poll()).hasSize(1);
        assertThat(opened.caughtUp()).isFalse();
        assertThat(lines(opened.poll())).containsExactly("b");
        assertThat(opened.caughtUp()).isTrue();
    }

    @Test
    void aShardThatIsGoneGivesWayToItsChildren() {
        put("a", "1");
        put("b", "2");
        split("a", "b");
        StreamReader opened = open(new StartAt.TrimHorizon());
        made.remove("a");
        assertThat(readAll(opened)).containsExactly("2");
    }

    @Test
    void aMissingStreamIsToldInOneSentence() {
        fault = _ -> Answer.error(400, "ResourceNotFoundException");
        assertThatThrownBy(() -> open(new StartAt.TrimHorizon()))
                .isInstanceOfSatisfying(StreamReadException.class, e -> {
                    assertThat(e.reason()).startsWith("ResourceNotFoundException");
                    assertThat(e.advice()).contains("Create the stream");
                });
    }

    @Test
    void anEndpointThatCannotBeReachedIsToldAfterAFewTries() {
        fault = _ -> Answer.error(503, "");
        assertThatThrownBy(() -> open(new StartAt.Latest()))
                .isInstanceOfSatisfying(
                        StreamReadException.class, e -> assertThat(e.advice()).contains("reached"));
        assertThat(server.calls).hasSize(4);
    }

    @Test
    void whatWasReadBeforeAnOperatorIsNeededIsStillGiven() {
        put("a", "1");
        put("b", "2");
        StreamReader opened = open(new StartAt.TrimHorizon());
        fault = call ->
                call.action().equals("GetRecords") && call.text("ShardIterator").startsWith("b")
                        ? Answer.error(400, "KMSAccessDeniedException")
                        : null;
        assertThat(lines(opened.poll())).containsExactly("1");
        assertThatThrownBy(opened::poll)
                .isInstanceOfSatisfying(
                        StreamReadException.class, e -> assertThat(e.advice()).contains("kms:Decrypt"));
        fault = _ -> null;
        assertThat(readAll(opened)).containsExactly("2");
    }

    @Test
    void closingEndsAPollThatWaits() throws InterruptedException {
        put("a");
        StreamReader opened =
                StreamReader.open(server.config(), new StartAt.TrimHorizon(), () -> START, nanos::get, null);
        fault = _ -> Answer.error(503, "");
        opened.poll();
        nanos.addAndGet(-Duration.ofHours(1).toNanos());
        AtomicReference<@Nullable List<ReadRecord>> polled = new AtomicReference<>();
        Thread polling = Thread.ofPlatform().start(() -> polled.set(opened.poll()));
        await().until(() -> polling.getState() == Thread.State.TIMED_WAITING);
        opened.close();
        assertThat(polling.join(Duration.ofSeconds(10)))
                .as("the poll has ended")
                .isTrue();
        assertThat(polled.get()).isEmpty();
    }
}
