package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import logstream.cli.TailOrder.Timed;
import logstream.kinesis.ReadRecord;
import logstream.pipeline.RecordKey;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TailOrderTest {
    private static final Duration HOLD = Duration.ofMillis(TailOrder.HOLD_MILLIS);

    private long nanos = 5;
    private final TailOrder order = new TailOrder(() -> nanos);

    private static ReadRecord record(String key, String text) {
        return new ReadRecord(
                key,
                text.getBytes(StandardCharsets.UTF_8),
                "shardId-000000000000",
                "1",
                Instant.EPOCH,
                new ReadRecord.Form.Alone());
    }

    /** The record that this frame of the agent's buffer becomes; its text is chunk and frame. */
    private static ReadRecord placed(long agent, long sequence, int index) {
        return record(RecordKey.of(agent, sequence, index), sequence + "/" + index);
    }

    private void add(ReadRecord... records) {
        for (ReadRecord record : records) {
            order.add(record);
        }
    }

    private static List<String> texts(List<Timed> records) {
        return records.stream()
                .map(each -> new String(each.record().data(), StandardCharsets.UTF_8))
                .toList();
    }

    private static ReadRecord at(ReadRecord record, long second) {
        return new ReadRecord(
                record.key(),
                record.data(),
                record.shardId(),
                record.sequenceNumber(),
                Instant.ofEpochSecond(second),
                record.form());
    }

    private static ReadRecord aggregated(String key, String json) {
        return new ReadRecord(
                key,
                json.getBytes(StandardCharsets.UTF_8),
                "shardId-000000000000",
                "1",
                Instant.EPOCH,
                new ReadRecord.Form.Aggregated());
    }

    @Test
    void theFirstRecordsOfAnAgentWaitUntilAllShardsWereReadOnceMore() {
        add(placed(1, 7, 2), placed(1, 7, 4));
        assertThat(order.ready(true, Instant.MAX)).isEmpty();

        add(placed(1, 7, 1), placed(1, 7, 3));
        assertThat(texts(order.ready(true, Instant.MAX))).isEmpty();
        assertThat(texts(order.ready(true, Instant.MAX))).containsExactly("7/1", "7/2", "7/3", "7/4");
    }

    @Test
    void whatFollowsGoesOnAtOnce() {
        add(placed(1, 7, 0));
        order.ready(true, Instant.MAX);
        assertThat(texts(order.ready(true, Instant.MAX))).containsExactly("7/0");

        add(placed(1, 7, 1));
        assertThat(texts(order.ready(false, Instant.MAX))).containsExactly("7/1");
    }

    @Test
    void whatIsBehindAGapWaitsForWhatIsMissingButNotForEver() {
        add(placed(1, 7, 0));
        order.ready(true, Instant.MAX);
        order.ready(true, Instant.MAX);
        add(placed(1, 7, 2), placed(1, 7, 3));
        assertThat(order.ready(true, Instant.MAX)).isEmpty();
        assertThat(order.ready(true, Instant.MAX)).isEmpty();

        nanos += HOLD.toNanos() - 1;
        assertThat(order.ready(true, Instant.MAX)).isEmpty();
        nanos += 1;
        assertThat(texts(order.ready(true, Instant.MAX))).containsExactly("7/2", "7/3");

        add(placed(1, 7, 1));
        assertThat(texts(order.ready(true, Instant.MAX)))
                .as("late, but not lost")
                .containsExactly("7/1");
        add(placed(1, 7, 4));
        assertThat(texts(order.ready(true, Instant.MAX))).containsExactly("7/4");
    }

    @Test
    void theNextChunkGoesOnWhenAllShardsWereReadOnceMore() {
        add(placed(1, 7, 0));
        order.ready(true, Instant.MAX);
        order.ready(true, Instant.MAX);
        add(placed(1, 8, 0));
        assertThat(order.ready(false, Instant.MAX)).isEmpty();
        assertThat(order.ready(false, Instant.MAX)).isEmpty();
        assertThat(texts(order.ready(true, Instant.MAX))).containsExactly("8/0");
    }

    @Test
    void whatWasSentTwiceIsShownOnce() {
        add(placed(1, 7, 0), placed(1, 7, 0));
        order.ready(true, Instant.MAX);
        assertThat(texts(order.ready(true, Instant.MAX))).containsExactly("7/0");
        add(placed(1, 7, 0));
        assertThat(order.rest()).isEmpty();
    }

    @Test
    void keysOfOthersGoOnAtOnceHoweverOften() {
        add(record("user-1", "a"), record("user-1", "b"), record("user-1", "b"));
        assertThat(texts(order.ready(false, Instant.MAX))).containsExactly("a", "b", "b");
    }

    @Test
    void whatIsBehindAGapWaitsForShardsThatAreBehind() {
        add(at(placed(1, 7, 0), 1));
        order.ready(true, Instant.MAX);
        order.ready(true, Instant.MAX);
        add(at(placed(1, 7, 2), 5));
        nanos += 2 * HOLD.toNanos();
        assertThat(order.ready(false, Instant.ofEpochSecond(4))).isEmpty();
        add(at(placed(1, 7, 1), 5));
        assertThat(texts(order.ready(false, Instant.ofEpochSecond(4)))).containsExactly("7/1", "7/2");

        add(at(placed(1, 7, 4), 6));
        nanos += HOLD.toNanos();
        assertThat(texts(order.ready(false, Instant.ofEpochSecond(6)))).containsExactly("7/4");
    }

    @Test
    void recordsOfAnAggregateAreToldByTheirIds() {
        String shared = RecordKey.of(1, 7, 0);
        List<ReadRecord> aggregate = IntStream.of(1, 0)
                .mapToObj(index -> aggregated(
                        shared,
                        "{\"env\":{\"id\":\"x\"},\"n\":" + index + ",\"id\":\"" + RecordKey.of(1, 7, index) + "\"}"))
                .toList();
        aggregate.forEach(order::add);
        aggregate.forEach(order::add);
        assertThat(texts(order.rest()))
                .extracting(text -> text.substring(18, 23))
                .containsExactly("\"n\":0", "\"n\":1");
    }

    @Test
    void recordsUnderACommonKeyAreToldByTheirIds() {
        String json = "{\"log\":\"a\",\"id\":\"" + RecordKey.of(1, 7, 0) + "\"}";
        add(record("web", json), record("web", json));
        assertThat(texts(order.rest())).containsExactly(json);
    }

    @Test
    void recordsOfAnAggregateWithoutIdsAreAllShown() {
        String shared = RecordKey.of(1, 7, 0);
        add(aggregated(shared, "{\"log\":\"a\"}"), aggregated(shared, "b"), aggregated(shared, "{\"id\":"));
        assertThat(texts(order.ready(false, Instant.MIN))).containsExactly("{\"log\":\"a\"}", "b", "{\"id\":");
    }

    @Test
    void theTimeOfAnAgentNeverFalls() {
        add(at(placed(1, 7, 0), 5), at(placed(1, 7, 1), 3), at(placed(1, 7, 2), 6));
        assertThat(order.rest())
                .extracting(Timed::time)
                .extracting(Instant::getEpochSecond)
                .containsExactly(5L, 5L, 6L);
    }

    @Test
    void theGapOfOneAgentHoldsUpNoOther() {
        add(placed(1, 1, 0), placed(2, 1, 0));
        order.ready(true, Instant.MAX);
        order.ready(true, Instant.MAX);
        add(placed(1, 1, 2), placed(2, 1, 1));
        assertThat(texts(order.ready(false, Instant.MAX))).containsExactly("1/1");
    }

    @Test
    void theRestComesInOrder() {
        add(placed(1, 7, 3), placed(1, 7, 1), record("user-1", "other"));
        assertThat(texts(order.rest())).containsExactly("other", "7/1", "7/3");
    }

    @Test
    void beyondTheBoundOrderGivesWay() {
        IntStream.rangeClosed(0, TailOrder.MAX_HELD).forEach(index -> add(placed(1, 7, index + 1)));
        assertThat(texts(order.ready(false, Instant.MAX))).containsExactly("7/1");
    }

    @Test
    void onlySoManyKeysAreRemembered() {
        add(placed(1, 7, 0));
        order.rest();
        IntStream.rangeClosed(1, TailOrder.MAX_REMEMBERED).forEach(index -> add(placed(1, 7, index)));
        order.rest();
        add(placed(1, 7, 0), placed(1, 7, 2));
        assertThat(texts(order.rest())).containsExactly("7/0");
    }

    @Test
    void manyAgentsCostNoMemory() {
        IntStream.range(0, 3 * TailOrder.MAX_AGENTS).forEach(agent -> add(placed(agent, 1, 0)));
        order.rest();
        order.ready(false, Instant.MAX);
        assertThat(order.agents()).isEqualTo(TailOrder.MAX_AGENTS);
    }

    @Property(tries = 50)
    void recordsOfTwoShardsComeOutInOrder(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int count) {
        Random random = new Random(seed);
        List<List<ReadRecord>> shards = List.of(new ArrayList<>(), new ArrayList<>());
        for (int index = 0; index < count; index++) {
            shards.get(random.nextInt(2)).add(placed(9, 3, index));
        }
        TailOrder fresh = new TailOrder(() -> 0);
        List<Timed> shown = new ArrayList<>();
        while (shards.stream().anyMatch(shard -> !shard.isEmpty())) {
            for (List<ReadRecord> shard : shards) {
                List<ReadRecord> read = shard.subList(0, random.nextInt(Math.min(20, shard.size()) + 1));
                // Each shard's own order is not needed either.
                Collections.shuffle(read, random);
                read.forEach(fresh::add);
                read.clear();
            }
            shown.addAll(fresh.ready(shards.stream().allMatch(List::isEmpty), Instant.MAX));
        }
        shown.addAll(fresh.rest());
        assertThat(texts(shown))
                .isEqualTo(IntStream.range(0, count)
                        .mapToObj(index -> "3/" + index)
                        .toList());
    }
}
