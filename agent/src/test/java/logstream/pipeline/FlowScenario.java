package logstream.pipeline;

import java.util.List;

/**
 * What is simulated: a stream, and agents that have plenty to send.
 *
 * @param name for people, and the seed
 * @param shards of the stream at the start
 * @param changes in the number of shards, by time
 * @param lineBytes sizes of records, data and key, one after the other
 * @param latencyMillis of a request, on average; each takes between half and one and a half of it
 * @param agents that start at second 0
 * @param joinsAtSecond when one agent more starts; 0: none does
 * @param hotShare part of the records that have one and the same key
 * @param refusesFrom from this second on everything is throttled
 * @param refusesUntil until this second
 * @param input records a second that each agent is given as they come; 0: a backlog without an end
 * @param seconds the simulation takes
 */
record FlowScenario(
        String name,
        int shards,
        List<Change> changes,
        List<Integer> lineBytes,
        int latencyMillis,
        int agents,
        int joinsAtSecond,
        double hotShare,
        int refusesFrom,
        int refusesUntil,
        int input,
        int seconds) {

    /** From this second on the stream has so many shards. */
    record Change(int second, int shards) {}

    /** What an agent needs to find its rate: measured is from here on. */
    static final int SETTLED_SECOND = 10;

    static FlowScenario of(String name, int shards, int lineBytes, int latencyMillis) {
        return new FlowScenario(name, shards, List.of(), List.of(lineBytes), latencyMillis, 1, 0, 0, 0, 0, 0, 60);
    }

    FlowScenario changing(Change... shardChanges) {
        return new FlowScenario(
                name,
                shards,
                List.of(shardChanges),
                lineBytes,
                latencyMillis,
                agents,
                joinsAtSecond,
                hotShare,
                refusesFrom,
                refusesUntil,
                input,
                seconds);
    }

    FlowScenario ofAgents(int number, int joins, int lasting) {
        return new FlowScenario(
                name,
                shards,
                changes,
                lineBytes,
                latencyMillis,
                number,
                joins,
                hotShare,
                refusesFrom,
                refusesUntil,
                input,
                lasting);
    }

    FlowScenario hot(double share) {
        return new FlowScenario(
                name,
                shards,
                changes,
                lineBytes,
                latencyMillis,
                agents,
                joinsAtSecond,
                share,
                refusesFrom,
                refusesUntil,
                input,
                seconds);
    }

    FlowScenario refusing(int from, int until) {
        return new FlowScenario(
                name,
                shards,
                changes,
                lineBytes,
                latencyMillis,
                agents,
                joinsAtSecond,
                hotShare,
                from,
                until,
                input,
                seconds);
    }

    FlowScenario lines(Integer... bytes) {
        return new FlowScenario(
                name,
                shards,
                changes,
                List.of(bytes),
                latencyMillis,
                agents,
                joinsAtSecond,
                hotShare,
                refusesFrom,
                refusesUntil,
                input,
                seconds);
    }

    FlowScenario given(int recordsPerSecond) {
        return new FlowScenario(
                name,
                shards,
                changes,
                lineBytes,
                latencyMillis,
                agents,
                joinsAtSecond,
                hotShare,
                refusesFrom,
                refusesUntil,
                recordsPerSecond,
                seconds);
    }

    /** When it is as it stays: after its start, or the last that happened to the stream, and some seconds to find the rate. */
    int steadyFrom() {
        int last = refusesUntil == 0 ? SETTLED_SECOND : refusesUntil + SETTLED_SECOND;
        for (Change change : changes) {
            last = Math.max(last, change.second() + SETTLED_SECOND);
        }
        return last;
    }

    int allAgents() {
        return agents + (joinsAtSecond > 0 ? 1 : 0);
    }

    /** Shards that are open in this second. */
    int shardsAt(int second) {
        int open = shards;
        for (Change change : changes) {
            open = second >= change.second() ? change.shards() : open;
        }
        return open;
    }

    /** The most that can pass in this second, in shards: all, or what is left of them when one shard holds up the rest. */
    double capacityAt(int second) {
        if (second >= refusesFrom && second < refusesUntil) {
            return 0;
        }
        int open = shardsAt(second);
        return 1 / Math.max(1.0 / open, hotShare + (1 - hotShare) / open);
    }
}
