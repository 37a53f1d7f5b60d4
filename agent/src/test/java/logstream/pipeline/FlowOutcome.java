package logstream.pipeline;

import java.util.Arrays;

/** What came of a simulation, second by second. */
final class FlowOutcome {
    private final FlowScenario scenario;
    private final Load[] accepted;
    private final Load[] throttled;
    private final Load[][] byAgent;
    private int mostInFlight;

    FlowOutcome(FlowScenario scenario) {
        this.scenario = scenario;
        accepted = filled(scenario.seconds());
        throttled = filled(scenario.seconds());
        byAgent = new Load[scenario.allAgents()][];
        Arrays.setAll(byAgent, agent -> filled(scenario.seconds()));
    }

    FlowScenario scenario() {
        return scenario;
    }

    void accepted(int agent, int second, Load load) {
        accepted[second] = accepted[second].plus(load);
        byAgent[agent][second] = byAgent[agent][second].plus(load);
    }

    void throttled(int second, Load load) {
        throttled[second] = throttled[second].plus(load);
    }

    void inFlight(int requests) {
        mostInFlight = Math.max(mostInFlight, requests);
    }

    int mostInFlight() {
        return mostInFlight;
    }

    /** What was accepted in this second, in shards. */
    double acceptedIn(int second) {
        return accepted[second].shardSeconds();
    }

    double throttledIn(int second) {
        return throttled[second].shardSeconds();
    }

    /** Part of what could have been accepted that was, from one second to another. */
    double use(int from, int to) {
        double capacity = 0;
        for (int second = from; second < to; second++) {
            capacity += scenario.capacityAt(second);
        }
        return sum(accepted, from, to).shardSeconds() / capacity;
    }

    /** Part of the records sent that were throttled. */
    double throttledShare(int from, int to) {
        double no = sum(throttled, from, to).records();
        return no / Math.max(1, no + sum(accepted, from, to).records());
    }

    /** Jain's index over all agents: 1 when all were given alike, 1 / agents when one was given all. */
    double fairness(int from, int to) {
        double sum = 0;
        double squares = 0;
        for (Load[] one : byAgent) {
            double share = sum(one, from, to).shardSeconds();
            sum += share;
            squares += share * share;
        }
        return sum * sum / (byAgent.length * squares);
    }

    /** What the last agent was given, of what an equal share would be. */
    double shareOfLast(int from, int to) {
        double own = sum(byAgent[byAgent.length - 1], from, to).shardSeconds();
        return own * byAgent.length / sum(accepted, from, to).shardSeconds();
    }

    private static Load sum(Load[] loads, int from, int to) {
        return Arrays.stream(loads, from, to).reduce(Load.NONE, Load::plus);
    }

    private static Load[] filled(int seconds) {
        Load[] loads = new Load[seconds];
        Arrays.fill(loads, Load.NONE);
        return loads;
    }
}
