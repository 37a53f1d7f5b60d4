package logstream.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongConsumer;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the {@link Outbox} has as {@link Outage} and {@link FlowControl} allow, several requests at once, and brings
 * their answers to {@link Settlement}.
 *
 * <p>Invariant: a batch is in flight from its request until its answer is settled; {@link #hasRoom} bounds the bytes of
 * records that are in flight or wait in the outbox, and the bytes read but not done.
 *
 * <p>Threading: confined to the shipper thread, but for {@link #inFlight}; requests run elsewhere and leave their answers in
 * a queue.
 */
final class Sender {
    /** Bytes of records in memory, in flight or waiting, beyond which nothing more is read. */
    private static final long MAX_HELD_BYTES = 6 << 20;

    /** As long as the wait for an answer: its coming wakes the shipper. */
    private static final long UNTIL_ANSWER_NANOS = Shipper.LONGEST_PARK_NANOS;

    private static final Logger log = LoggerFactory.getLogger(Sender.class);

    private final Function<List<OutgoingRecord>, PutOutcome> stream;
    private final Executor requests;
    private final int maxInFlight;
    private final Outstanding outstanding;
    private final Outbox outbox;
    private final Outage outage;
    private final FlowControl flow;
    private final Settlement settlement;
    private final Metrics metrics;
    private final Runnable onAnswer;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private long inFlightBytes;

    /**
     * @param stream puts one batch and tells what happened; called on {@code requests}, several at once
     * @param requests runs requests; must not run them on the calling thread
     * @param maxInFlight requests at once, 1 or more
     * @param onAnswer called on {@code requests} when there is something to settle
     */
    Sender(
            Function<List<OutgoingRecord>, PutOutcome> stream,
            Executor requests,
            int maxInFlight,
            Outstanding outstanding,
            Outbox outbox,
            Outage outage,
            FlowControl flow,
            Settlement settlement,
            Metrics metrics,
            Runnable onAnswer) {
        this.stream = stream;
        this.requests = requests;
        this.maxInFlight = maxInFlight;
        this.outstanding = outstanding;
        this.outbox = outbox;
        this.outage = outage;
        this.flow = flow;
        this.settlement = settlement;
        this.metrics = metrics;
        this.onAnswer = onAnswer;
    }

    /** Requests on their way. Any thread. */
    int inFlight() {
        return inFlight.get();
    }

    /** Whether more may be read into the outbox, and is of use there. */
    boolean hasRoom() {
        return !outbox.isFull()
                && outstanding.bytes() < Shipper.MAX_SPAN_BYTES
                && outbox.bytes() + inFlightBytes < MAX_HELD_BYTES;
    }

    /** Settles what was answered. */
    void settle(long now) {
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            inFlight.decrementAndGet();
            for (Shipment shipment : answer.batch()) {
                inFlightBytes -= shipment.size();
            }
            settlement.settle(answer, now);
        }
    }

    /**
     * Sends all that may go now.
     *
     * @param read fills the outbox as long as it {@link #hasRoom}
     * @param hurry whether nothing waits for a fuller batch
     */
    void send(LongConsumer read, boolean hurry, long now) {
        sendBatches(read, hurry, now);
        if (outage.allowsProbe(now)) {
            read.accept(now);
            List<Shipment> one = outbox.probe();
            if (!one.isEmpty()) {
                put(one, true, now);
            }
        }
    }

    /** Nanoseconds until there may be something to send, unless an answer comes before; the outbox must not be empty. */
    long nanosUntilNext(boolean hurry, long now) {
        boolean underWay = inFlight.get() > 0;
        if (outage.isOngoing() && (underWay || !outage.allowsBatch(now))) {
            return outage.nanosUntilNext(underWay, now);
        }
        if (inFlight.get() >= requestLimit()) {
            return UNTIL_ANSWER_NANOS;
        }
        return Math.max(outbox.nanosUntilNext(hurry, now), flow.nanosUntilAllowed(now));
    }

    private void sendBatches(LongConsumer read, boolean hurry, long now) {
        while (inFlight.get() < requestLimit() && outage.allowsBatch(now)) {
            read.accept(now);
            List<Shipment> batch = outbox.batch(flow.allowance(now), hurry, now);
            if (batch.isEmpty()) {
                return;
            }
            put(batch, false, now);
        }
    }

    private int requestLimit() {
        return outage.isOngoing() ? 1 : maxInFlight;
    }

    private void put(List<Shipment> batch, boolean probe, long now) {
        for (Shipment shipment : batch) {
            inFlightBytes += shipment.size();
        }
        inFlight.incrementAndGet();
        flow.sent(Load.of(batch), now);
        outage.tried(now);
        metrics.requestsSent.increment();
        requests.execute(() -> {
            answers.add(new Answer(batch, probe, now, outcome(batch)));
            onAnswer.run();
        });
    }

    /** What is sent at most in a second, in shards. */
    double rate() {
        return flow.rate();
    }

    private PutOutcome outcome(List<Shipment> batch) {
        try {
            List<OutgoingRecord> records = new ArrayList<>(batch.size());
            for (Shipment shipment : batch) {
                records.add(shipment.record());
            }
            return stream.apply(records);
        } catch (RuntimeException | Error e) {
            log.error("a bug ended a request; its records are sent again", e);
            return new PutOutcome.Unavailable("bug: " + e);
        }
    }
}
