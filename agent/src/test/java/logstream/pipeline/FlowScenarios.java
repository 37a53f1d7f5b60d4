package logstream.pipeline;

import java.util.ArrayList;
import java.util.List;
import logstream.pipeline.FlowScenario.Change;

/** The streams and agents that are simulated. */
final class FlowScenarios {
    /** Fewer lines make a second of a shard: they fall too unevenly on many shards to use them as well. */
    private static final int LARGE_LINE_BYTES = 50_000;

    private static final String STEADY = "one agent with a backlog";

    private static final int[] SHARDS = {1, 2, 4, 10, 50};
    private static final int[] LINE_BYTES = {200, 2_000, LARGE_LINE_BYTES};
    private static final int[] LATENCIES = {5, 20, 100};

    static final FlowScenario HOT_START = plain(10, 200, 20);
    static final FlowScenario FLEET = FlowScenario.of("100 agents start, one more joins at 60 s", 10, 200, 20)
            .ofAgents(100, 60, 180);
    static final FlowScenario RESHARD = FlowScenario.of("2, 4, 2 shards, changed at 30 s and 60 s", 2, 200, 20)
            .changing(new Change(30, 4), new Change(60, 2))
            .ofAgents(1, 0, 90);
    static final FlowScenario REFUSAL = FlowScenario.of("everything is throttled from 20 s to 30 s", 4, 200, 20)
            .refusing(20, 30);

    static final FlowScenario FLEET_2_KB =
            FlowScenario.of("100 agents start, lines of 2 KB", 10, 2_000, 20).ofAgents(100, 0, 180);
    static final FlowScenario HOT_SHARD = FlowScenario.of("one hot shard: 40 % of the records have one key", 4, 200, 20)
            .hot(0.4);

    /** What the picture shows. */
    static final List<FlowScenario> SHOWN = List.of(HOT_START, FLEET, RESHARD, HOT_SHARD, REFUSAL);

    private FlowScenarios() {}

    static boolean isSteady(FlowScenario scenario) {
        return scenario.name().equals(STEADY);
    }

    /** Part of the stream that must be used. */
    static double leastUse(FlowScenario scenario) {
        boolean large = scenario.lineBytes().contains(LARGE_LINE_BYTES);
        return large && scenario.shards() > 2 ? 0.85 : 0.95;
    }

    /** One agent with a backlog, and a stream that does not change. */
    static List<FlowScenario> steady() {
        List<FlowScenario> all = new ArrayList<>();
        for (int shards : SHARDS) {
            for (int lineBytes : LINE_BYTES) {
                for (int latency : LATENCIES) {
                    all.add(plain(shards, lineBytes, latency));
                }
            }
        }
        all.add(plain(4, 200, 20).lines(200, 10_000));
        return all;
    }

    /** What is not steady, or not one agent. */
    static List<FlowScenario> special() {
        return List.of(
                FLEET,
                FLEET_2_KB,
                FlowScenario.of("5 agents start, one more joins at 60 s", 4, 200, 20)
                        .ofAgents(5, 60, 180),
                RESHARD,
                FlowScenario.of("on-demand: 4, 8, 16 shards, grown at 30 s and 60 s", 4, 2_000, 20)
                        .changing(new Change(30, 8), new Change(60, 16))
                        .ofAgents(1, 0, 90),
                HOT_SHARD,
                FlowScenario.of("one hot shard: 20 % of the records have one key", 10, 200, 20)
                        .hot(0.2),
                REFUSAL);
    }

    static FlowScenario plain(int shards, int lineBytes, int latencyMillis) {
        return FlowScenario.of(STEADY, shards, lineBytes, latencyMillis);
    }
}
