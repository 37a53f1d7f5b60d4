package logstream.monitor;

import java.time.Duration;
import java.util.Optional;
import logstream.pipeline.Blockage;

/** Tells of the parts of an agent what a test says. */
final class ScriptedVitals implements Vitals {
    boolean accepting = true;
    long connections = 2;
    Duration shipperStepAge = Duration.ZERO;
    Optional<Blockage> blockage = Optional.empty();
    Duration blockedFor = Duration.ZERO;
    long durable;
    long notDurable;
    boolean diskRefuses;
    boolean bufferFull;

    @Override
    public boolean accepting() {
        return accepting;
    }

    @Override
    public long connections() {
        return connections;
    }

    @Override
    public boolean ships(String tag) {
        return tag.startsWith("grid.");
    }

    @Override
    public Duration shipperStepAge() {
        return shipperStepAge;
    }

    @Override
    public Optional<Blockage> blockage() {
        return blockage;
    }

    @Override
    public Duration blockedFor() {
        return blockedFor;
    }

    @Override
    public long durable() {
        return durable;
    }

    @Override
    public long notDurable() {
        return notDurable;
    }

    @Override
    public boolean diskRefuses() {
        return diskRefuses;
    }

    @Override
    public boolean bufferFull() {
        return bufferFull;
    }
}
