package logstream.bench;

import logstream.bench.load.Amount;
import logstream.bench.load.LoadPlan;
import logstream.bench.sink.SinkFaults;

/**
 * One kind of load on one kind of day.
 *
 * @param name as it is asked for; those that begin with the same word and a hyphen form a group
 * @param what in a sentence without its end
 * @param warmUp sent and delivered before anything is measured but what counts from the start
 * @param agentOptions further options of the agent's JVM; none if empty
 * @param mayLose whether lost lines are a measurement rather than a defect
 */
record Scenario(
        String name,
        String what,
        LoadPlan load,
        SinkFaults faults,
        Amount warmUp,
        Amount amount,
        Disturbance disturbance,
        String agentOptions,
        boolean mayLose) {

    Scenario(String name, String what, LoadPlan load, Amount warmUp, Amount amount) {
        this(name, what, load, SinkFaults.NONE, warmUp, amount, new Disturbance.Nothing(), "", false);
    }

    Scenario with(LoadPlan value) {
        return new Scenario(name, what, value, faults, warmUp, amount, disturbance, agentOptions, mayLose);
    }

    Scenario with(SinkFaults value) {
        return new Scenario(name, what, load, value, warmUp, amount, disturbance, agentOptions, mayLose);
    }

    Scenario with(Disturbance value) {
        return new Scenario(name, what, load, faults, warmUp, amount, value, agentOptions, mayLose);
    }

    Scenario warmedUpBy(Amount value) {
        return new Scenario(name, what, load, faults, value, amount, disturbance, agentOptions, mayLose);
    }

    Scenario lasting(Amount value) {
        return new Scenario(name, what, load, faults, warmUp, value, disturbance, agentOptions, mayLose);
    }

    Scenario withAgentOptions(String value) {
        return new Scenario(name, what, load, faults, warmUp, amount, disturbance, value, mayLose);
    }

    Scenario thatMayLose() {
        return new Scenario(name, what, load, faults, warmUp, amount, disturbance, agentOptions, true);
    }

    /** Whether the name asks for this one, or for its group. */
    boolean answersTo(String asked) {
        return name.equalsIgnoreCase(asked) || name.regionMatches(true, 0, asked + "-", 0, asked.length() + 1);
    }

    /** How long the load takes when there is a rate. */
    double seconds() {
        double byRecords = amount.records() / (double) Math.max(1, load.recordsPerSecond());
        if (amount.seconds() == 0) {
            return byRecords;
        }
        return amount.records() == 0 ? amount.seconds() : Math.min(byRecords, amount.seconds());
    }
}
