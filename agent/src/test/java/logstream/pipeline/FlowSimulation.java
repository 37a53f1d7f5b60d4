package logstream.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import logstream.buffer.Buffer;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.local.SimulatedStream;

/**
 * Agents and a stream in virtual time: an event after the other, each at its moment, the same each time for the same scenario.
 *
 * <p>The stream decides on a request when it answers, so that an agent learns of it as late as it can.
 */
final class FlowSimulation {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final int KEYS = SimulatedStream.KEYS;

    /** Steps of one agent in one millisecond: more would be a loop that waits for nothing. */
    private static final int MOST_STEPS = 1_000;

    private static final RecordResult THROTTLED = new RecordResult.Throttled();

    /** @param turn of the events of one moment */
    private record Event(long nanos, long turn, Runnable action) {}

    private final FlowScenario scenario;
    private final Random random;
    private final SimulatedStream stream;
    private final FlowOutcome outcome;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::turn));
    private final List<SimulatedAgent> agents = new ArrayList<>();
    private final long[] wakeUps;
    private final int[] steps;
    private final long[] stepMillis;
    private final Map<Integer, RecordResult> byShard = new HashMap<>();
    private long now;
    private long turns;

    private FlowSimulation(FlowScenario scenario, Buffer buffer) {
        this.scenario = scenario;
        random = new Random(scenario.name().hashCode());
        stream = new SimulatedStream(scenario.shards(), random, 0);
        outcome = new FlowOutcome(scenario);
        int number = scenario.allAgents();
        wakeUps = new long[number];
        steps = new int[number];
        stepMillis = new long[number];
        OutgoingRecord[] records = records();
        for (int i = 0; i < number; i++) {
            int agent = i;
            // Not in step: hosts that boot together are some milliseconds apart.
            long start = i < scenario.agents() ? i * MILLISECOND : scenario.joinsAtSecond() * SECOND;
            agents.add(new SimulatedAgent(
                    scenario,
                    records,
                    new Random(random.nextLong()),
                    batch -> answer(agent, batch),
                    request -> at(now + latency(), () -> {
                        request.run();
                        step(agent);
                    }),
                    buffer,
                    start));
            at(start, () -> step(agent));
        }
        for (FlowScenario.Change change : scenario.changes()) {
            at(change.second() * SECOND, () -> stream.scaleTo(change.shards(), now / MILLISECOND));
        }
    }

    /**
     * @param buffer that agents would keep dead letters in
     */
    static FlowOutcome run(FlowScenario scenario, Buffer buffer) {
        FlowSimulation simulation = new FlowSimulation(scenario, buffer);
        simulation.run();
        return simulation.outcome;
    }

    private void run() {
        for (Event next = events.remove(); next.nanos() < scenario.seconds() * SECOND; next = events.remove()) {
            now = next.nanos();
            next.action().run();
        }
    }

    private void at(long nanos, Runnable action) {
        events.add(new Event(nanos, turns++, action));
    }

    private void step(int agent) {
        countStep(agent);
        long wake = now + Math.max(1, agents.get(agent).step(now));
        outcome.inFlight(agents.get(agent).inFlight());
        wakeUps[agent] = wake;
        at(wake, () -> {
            if (wakeUps[agent] == wake) {
                step(agent);
            }
        });
    }

    private void countStep(int agent) {
        boolean same = stepMillis[agent] == now / MILLISECOND;
        stepMillis[agent] = now / MILLISECOND;
        steps[agent] = same ? steps[agent] + 1 : 0;
        if (steps[agent] > MOST_STEPS) {
            throw new IllegalStateException("agent " + agent + " steps without end at " + now + " ns");
        }
    }

    private long latency() {
        return Math.round(scenario.latencyMillis() * MILLISECOND * (0.5 + random.nextDouble()));
    }

    private PutOutcome answer(int agent, List<OutgoingRecord> batch) {
        int second = (int) (now / SECOND);
        boolean refuses = second >= scenario.refusesFrom() && second < scenario.refusesUntil();
        List<RecordResult> results = new ArrayList<>(batch.size());
        Load accepted = Load.NONE;
        Load throttled = Load.NONE;
        for (OutgoingRecord record : batch) {
            Load load = new Load(1, record.size());
            int key = Integer.parseInt(record.key());
            if (!refuses && stream.take(key, record.size(), now / MILLISECOND)) {
                accepted = accepted.plus(load);
                results.add(accepted(stream.shardOf(key)));
            } else {
                throttled = throttled.plus(load);
                results.add(THROTTLED);
            }
        }
        outcome.accepted(agent, second, accepted);
        outcome.throttled(second, throttled);
        return new PutOutcome.Answered(results);
    }

    private RecordResult accepted(int shard) {
        return byShard.computeIfAbsent(
                shard, number -> new RecordResult.Accepted(String.format(Locale.ROOT, "shardId-%012d", number), "1"));
    }

    /** One of each key; its name is its number. */
    private OutgoingRecord[] records() {
        List<byte[]> lines = scenario.lineBytes().stream()
                .map(size -> new byte[size - RecordKey.CHARACTERS])
                .toList();
        OutgoingRecord[] records = new OutgoingRecord[KEYS];
        String zeros = "0".repeat(RecordKey.CHARACTERS);
        for (int i = 0; i < KEYS; i++) {
            String digits = Integer.toString(i);
            records[i] = new OutgoingRecord(zeros.substring(digits.length()) + digits, lines.get(i % lines.size()));
        }
        return records;
    }
}
