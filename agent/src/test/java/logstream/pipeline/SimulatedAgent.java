package logstream.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import logstream.buffer.Buffer;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.metrics.Metrics;

/** All that decides when what is sent, as it is: {@link Sender} and its parts. Only the records do not come from a buffer. */
final class SimulatedAgent {
    /** How often a wake-up finds records that are given as they come. */
    private static final long INPUT_NANOS = Duration.ofMillis(10).toNanos();

    private static final long CHUNK = 1;

    private final long startNanos;
    private final int input;
    private final OutgoingRecord[] records;
    private final RandomGenerator random;
    private final double hotShare;
    private final Outstanding outstanding;
    private final Outbox outbox;
    private final Sender sender;
    private long read;

    /**
     * @param records of which each is drawn; the first is the hot one
     * @param buffer for records that are given up, which none is
     */
    SimulatedAgent(
            FlowScenario scenario,
            OutgoingRecord[] records,
            RandomGenerator random,
            Function<List<OutgoingRecord>, PutOutcome> stream,
            Executor requests,
            Buffer buffer,
            long startNanos) {
        this.startNanos = startNanos;
        this.input = scenario.input();
        this.records = records;
        this.random = random;
        this.hotShare = scenario.hotShare();
        Metrics metrics = new Metrics();
        KinesisConfig config = KinesisConfig.of("logs");
        outstanding = new Outstanding(metrics);
        outbox = new Outbox(config);
        Outage outage = new Outage(config.retryWait(), config.retryLimit(), random);
        FlowControl flow = new FlowControl(startNanos);
        GivenUp givenUp = new GivenUp(buffer, outstanding, new Packing(config.packing()), metrics);
        Settlement settlement = new Settlement(outstanding, outbox, outage, flow, givenUp, metrics);
        sender = new Sender(
                stream,
                requests,
                config.maxRequestsInFlight(),
                outstanding,
                outbox,
                outage,
                flow,
                settlement,
                metrics,
                () -> {});
    }

    long startNanos() {
        return startNanos;
    }

    int inFlight() {
        return sender.inFlight();
    }

    /** What {@link Shipper#step} does about sending. Returns the nanoseconds until the next. */
    long step(long now) {
        sender.settle(now);
        outstanding.takeDone();
        sender.send(this::read, false, now);
        if (outbox.bytes() == 0) {
            return INPUT_NANOS;
        }
        long wait = sender.nanosUntilNext(false, now);
        return input == 0 ? wait : Math.min(wait, INPUT_NANOS);
    }

    private void read(long now) {
        while (sender.hasRoom() && appendedNanos() <= now) {
            boolean hot = hotShare > 0 && random.nextDouble() < hotShare;
            OutgoingRecord record = records[hot ? 0 : random.nextInt(records.length)];
            long slot = outstanding.add(CHUNK, read, record.size());
            outbox.addFresh(new Shipment(
                    Packed.underItsKey(record), new long[] {slot}, Shipment.NO_SLOT, CHUNK, appendedNanos()));
            read++;
        }
    }

    /** Of the next record: long ago, or as it is given. */
    private long appendedNanos() {
        return input == 0 ? startNanos - Duration.ofHours(1).toNanos() : startNanos + read * 1_000_000_000L / input;
    }
}
