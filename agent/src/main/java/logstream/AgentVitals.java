package logstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import logstream.buffer.Buffer;
import logstream.forward.ForwardServer;
import logstream.forward.HostName;
import logstream.metrics.Metrics;
import logstream.monitor.About;
import logstream.monitor.Vitals;
import logstream.pipeline.Blockage;
import logstream.pipeline.Shipper;

/**
 * What the parts of this agent tell the monitor.
 *
 * @param taking whether senders are let in and read
 * @param shipped whether lines with a tag are shipped
 */
record AgentVitals(BooleanSupplier taking, Predicate<String> shipped, Metrics metrics, Buffer buffer, Shipper shipper)
        implements Vitals {
    /** What stays as it is. */
    static About about(AgentConfig config, ForwardServer forward) {
        return new About(
                Optional.ofNullable(Agent.class.getPackage().getImplementationVersion())
                        .orElse("development"),
                HostName.ofThisHost(),
                ProcessHandle.current().pid(),
                Instant.now(),
                forward.listening(),
                config.kinesis().stream(),
                Optional.ofNullable(config.kinesis().region()).orElse(""),
                config.buffer().directory().toString(),
                (long) config.buffer().chunkBytes() * config.buffer().maxChunks());
    }

    @Override
    public boolean accepting() {
        return taking.getAsBoolean();
    }

    @Override
    public long connections() {
        long closed = metrics.connectionsClosed.sum();
        return Math.max(0, metrics.connectionsOpened.sum() - closed);
    }

    @Override
    public boolean ships(String tag) {
        return shipped.test(tag);
    }

    @Override
    public Duration shipperStepAge() {
        return shipper.stepAge();
    }

    @Override
    public Optional<Blockage> blockage() {
        return shipper.blockage();
    }

    @Override
    public Duration blockedFor() {
        return shipper.blockage()
                .map(blockage -> Duration.ofNanos(Math.max(0, System.nanoTime() - blockage.sinceNanos())))
                .orElse(Duration.ZERO);
    }

    @Override
    public long durable() {
        return buffer.gauges().durable();
    }

    @Override
    public long notDurable() {
        return buffer.gauges().notDurable();
    }

    @Override
    public boolean diskRefuses() {
        return buffer.gauges().diskRefuses();
    }

    @Override
    public boolean bufferFull() {
        return buffer.gauges().full();
    }
}
