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
        return new ReadRecord(key, text.getBytes(StandardCharsets.UTF_8), "shardId-000000000000", "1", Instant.EPOCH);
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

    private static List<String> texts(List<ReadRecord> records) {
        return records.stream()
                .map(record -> new String(record.data(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void theFirstRecordsOfAnAgentWaitUntilAllShardsWereReadOnceMore() {
        add(placed(1, 7, 2), placed(1, 7, 4));
        assertThat(order.ready(true)).isEmpty();

        add(placed(1, 7, 1), placed(1, 7, 3));
        assertThat(texts(order.ready(true))).isEmpty();
        assertThat(texts(order.ready(true))).containsExactly("7/1", "7/2", "7/3", "7/4");
    }

    @Test
    void whatFollowsGoesOnAtOnce() {
        add(placed(1, 7, 0));
        order.ready(true);
        assertThat(texts(order.ready(true))).containsExactly("7/0");

        add(placed(1, 7, 1));
        assertThat(texts(order.ready(false))).containsExactly("7/1");
    }

    @Test
    void whatIsBehindAGapWaitsForWhatIsMissingButNotForEver() {
        add(placed(1, 7, 0));
        order.ready(true);
        order.ready(true);
        add(placed(1, 7, 2), placed(1, 7, 3));
        assertThat(order.ready(true)).isEmpty();
        assertThat(order.ready(true)).isEmpty();

        nanos += HOLD.toNanos() - 1;
        assertThat(order.ready(true)).isEmpty();
        nanos += 1;
        assertThat(texts(order.ready(true))).containsExactly("7/2", "7/3");

        add(placed(1, 7, 1));
        assertThat(texts(order.ready(true))).as("late, but not lost").containsExactly("7/1");
        add(placed(1, 7, 4));
        assertThat(texts(order.ready(true))).containsExactly("7/4");
    }

    @Test
    void theNextChunkGoesOnWhenAllShardsWereReadOnceMore() {
        add(placed(1, 7, 0));
        order.ready(true);
        order.ready(true);
        add(placed(1, 8, 0));
        assertThat(order.ready(false)).isEmpty();
        assertThat(order.ready(false)).isEmpty();
        assertThat(texts(order.ready(true))).containsExactly("8/0");
    }

    @Test
    void whatWasSentTwiceIsShownOnce() {
        add(placed(1, 7, 0), placed(1, 7, 0));
        order.ready(true);
        assertThat(texts(order.ready(true))).containsExactly("7/0");
        add(placed(1, 7, 0));
        assertThat(order.rest()).isEmpty();
    }

    @Test
    void keysOfOthersGoOnAtOnceHoweverOften() {
        add(record("user-1", "a"), record("user-1", "b"), record("user-1", "b"));
        assertThat(texts(order.ready(false))).containsExactly("a", "b", "b");
    }

    @Test
    void theGapOfOneAgentHoldsUpNoOther() {
        add(placed(1, 1, 0), placed(2, 1, 0));
        order.ready(true);
        order.ready(true);
        add(placed(1, 1, 2), placed(2, 1, 1));
        assertThat(texts(order.ready(false))).containsExactly("1/1");
    }

    @Test
    void theRestComesInOrder() {
        add(placed(1, 7, 3), placed(1, 7, 1), record("user-1", "other"));
        assertThat(texts(order.rest())).containsExactly("other", "7/1", "7/3");
    }

    @Test
    void beyondTheBoundOrderGivesWay() {
        IntStream.rangeClosed(0, TailOrder.MAX_HELD).forEach(index -> add(placed(1, 7, index + 1)));
        assertThat(texts(order.ready(false))).containsExactly("7/1");
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
        order.ready(false);
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
        List<ReadRecord> shown = new ArrayList<>();
        while (shards.stream().anyMatch(shard -> !shard.isEmpty())) {
            for (List<ReadRecord> shard : shards) {
                List<ReadRecord> read = shard.subList(0, random.nextInt(Math.min(20, shard.size()) + 1));
                // Each shard's own order is not needed either.
                Collections.shuffle(read, random);
                read.forEach(fresh::add);
                read.clear();
            }
            shown.addAll(fresh.ready(shards.stream().allMatch(List::isEmpty)));
        }
        shown.addAll(fresh.rest());
        assertThat(texts(shown))
                .isEqualTo(IntStream.range(0, count)
                        .mapToObj(index -> "3/" + index)
                        .toList());
    }
}
