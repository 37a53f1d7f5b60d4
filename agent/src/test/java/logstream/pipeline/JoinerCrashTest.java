package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import logstream.kinesis.OutgoingRecord;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * The rule of the keys: whatever interleaving, order and repetition of pieces, whatever ends lines early, and wherever the
 * agent crashes: a consumer that keeps the first record of each key has every byte.
 */
class JoinerCrashTest {
    private static final int LINES = 12;

    /** Nothing ends a line early: then, crash or not, each byte is there once. */
    @Property(tries = 400)
    void withoutEarlyEndsEveryLineIsThereOnce(@ForAll long seed, @ForAll @IntRange(max = 3) int crashes) {
        // A piece that is repeated, and whose line is forgotten by a crash, would be a line of its own.
        Scenario scenario = new Scenario(new Random(seed), false, crashes == 0);
        runToTheEnd(scenario, crashes);
        Map<String, Integer> times = new HashMap<>();
        scenario.consumer
                .kept
                .values()
                .forEach(one -> times.merge(one.get("log").textValue(), 1, Integer::sum));
        for (String line : scenario.lines) {
            assertThat(times.get(line)).as(line).isEqualTo(1);
        }
        assertThat(times).hasSize(LINES);
    }

    @Property(tries = 800)
    void everyPieceIsInTheUnionOfDistinctKeys(@ForAll long seed, @ForAll @IntRange(max = 4) int crashes) {
        Scenario scenario = new Scenario(new Random(seed), true, true);
        runToTheEnd(scenario, crashes);
        Set<String> found = new HashSet<>();
        for (JsonNode one : scenario.consumer.kept.values()) {
            String log = one.get("log").textValue();
            assertThat(log).isNotEmpty();
            String[] tokens = log.substring(1).split("<", -1);
            found.addAll(List.of(tokens));
            if (one.has("line_id")) {
                // What the part says of itself is what is in it.
                assertThat(tokens).hasSize(one.get("line_pieces").intValue());
                assertThat(tokens[0]).isEqualTo(one.get("line_id").textValue() + "." + one.get("line_part") + ">");
            }
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(scenario.tokens());
    }

    /** The case of the class comment, once by hand. */
    @Test
    void aLineCutBeforeTheCrashAndWholeAfterIt() {
        List<byte[]> payloads = new ArrayList<>();
        for (int ordinal = 1; ordinal <= 4; ordinal++) {
            payloads.add(Pieces.payload(
                    "id", ordinal, ordinal == 4, ("<" + ordinal + ">").getBytes(StandardCharsets.UTF_8)));
        }
        Consumer consumer = new Consumer();
        JoinerRun before = new JoinerRun(payloads, 0);
        before.readNext();
        before.endQuiet();
        consumer.take(before.records.getFirst());
        assertThat(before.release())
                .as("sent, and not yet known to be accepted")
                .isZero();

        JoinerRun after = new JoinerRun(payloads, 0);
        after.finish();
        after.records.forEach(consumer::take);

        assertThat(consumer.kept.keySet()).containsExactly(JoinerRun.partKey(0, 1), JoinerRun.key(0));
        assertThat(consumer.kept.values())
                .extracting(one -> one.get("log").textValue())
                .containsExactly("<1>", "<1><2><3><4>");
    }

    private void runToTheEnd(Scenario scenario, int crashes) {
        long from = 0;
        for (int crash = 0; crash < crashes; crash++) {
            from = runAndCrash(scenario, from);
        }
        JoinerRun last = new JoinerRun(scenario.payloads, from);
        last.readAll().endQuiet();
        last.records.forEach(scenario.consumer::take);
        last.finish();
    }

    /** Returns where the next run begins to read. */
    private long runAndCrash(Scenario scenario, long from) {
        Random random = scenario.random;
        JoinerRun run = new JoinerRun(scenario.payloads, from);
        int steps = random.nextInt(scenario.payloads.size() + 20);
        int consumed = 0;
        List<Shipment> accepted = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (scenario.earlyEnds && !run.hasMore()) {
                        run.endQuiet();
                    }
                }
                case 1 -> {
                    if (scenario.earlyEnds && run.joiner.oldestSlot() < Long.MAX_VALUE) {
                        run.joiner.endOldest();
                    }
                }
                case 2 -> {
                    // The stream has it, and the answer may come later, or not any more.
                    if (consumed < run.sent.size()) {
                        scenario.consumer.take(run.records.get(consumed));
                        accepted.add(run.sent.get(consumed++));
                    }
                }
                case 3 -> {
                    if (!accepted.isEmpty()) {
                        run.done(accepted.remove(random.nextInt(accepted.size())));
                        run.release();
                    }
                }
                default -> {
                    if (run.hasMore()) {
                        run.readNext();
                    }
                }
            }
        }
        return run.release();
    }

    /** Keeps the first record of each key. */
    private static final class Consumer {
        private final Map<String, JsonNode> kept = new LinkedHashMap<>();

        void take(OutgoingRecord record) {
            JsonNode json = JoinerRun.json(record);
            JsonNode before = kept.putIfAbsent(record.key(), json);
            if (before != null) {
                assertThat(json).as("the same key, the same record").isEqualTo(before);
            }
        }
    }

    /** Lines cut into pieces, mixed, some of them out of order, some repeated. */
    private static final class Scenario {
        private final Consumer consumer = new Consumer();
        private final Random random;
        private final boolean earlyEnds;
        private final List<byte[]> payloads = new ArrayList<>();
        private final List<String> lines = new ArrayList<>();
        private final List<Integer> pieces = new ArrayList<>();

        Scenario(Random random, boolean earlyEnds, boolean repeats) {
            this.random = random;
            this.earlyEnds = earlyEnds;
            List<List<byte[]>> queues = new ArrayList<>();
            for (int line = 0; line < LINES; line++) {
                queues.add(line(line, 1 + random.nextInt(12)));
            }
            while (!queues.isEmpty()) {
                List<byte[]> queue = queues.get(random.nextInt(queues.size()));
                // Mostly the next one, sometimes the one behind it first.
                byte[] next = queue.remove(random.nextInt(6) == 0 ? Math.min(1, queue.size() - 1) : 0);
                payloads.add(next);
                if (repeats && random.nextInt(10) == 0) {
                    payloads.add(next);
                }
                queues.removeIf(List::isEmpty);
            }
        }

        private List<byte[]> line(int line, int count) {
            List<byte[]> queue = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int ordinal = 1; ordinal <= count; ordinal++) {
                String token = "<line" + line + "." + ordinal + ">";
                text.append(token);
                queue.add(Pieces.payload(
                        "line" + line, ordinal, ordinal == count, token.getBytes(StandardCharsets.UTF_8)));
            }
            lines.add(text.toString());
            pieces.add(count);
            return queue;
        }

        Set<String> tokens() {
            Set<String> tokens = new HashSet<>();
            for (int line = 0; line < LINES; line++) {
                for (int ordinal = 1; ordinal <= pieces.get(line); ordinal++) {
                    tokens.add("line" + line + "." + ordinal + ">");
                }
            }
            return tokens;
        }
    }
}
