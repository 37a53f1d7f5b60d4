package logstream.pipeline;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import logstream.buffer.Buffer;
import logstream.buffer.DeadLetter;
import logstream.buffer.Frame;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import logstream.metrics.Metrics.RetryCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out: reads frames, makes batches across all tags and connections, sends several at once, sends again what
 * failed, and releases frames up to the oldest that is not done.
 *
 * <p>Invariants: a record is in exactly one place: the outbox, a request in flight, the letters to keep, or done. It keeps
 * its key however often it is sent. From the oldest record not done to the newest read lie at most
 * {@link #MAX_SPAN_BYTES}.
 *
 * <p>Threading: all state belongs to the shipper thread, which calls {@link #step}; requests run elsewhere and leave their
 * answers in a queue.
 */
public final class Shipper {
    /** What a crash may send again at most. */
    static final long MAX_SPAN_BYTES = 16 << 20;

    /** Bytes of records in memory, in flight or waiting, beyond which nothing more is read. */
    private static final long MAX_HELD_BYTES = 8 << 20;

    /** After a fault of the disk, reading and keeping dead letters are tried again this often. */
    private static final long DISK_RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long LONGEST_PARK_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Logger log = LoggerFactory.getLogger(Shipper.class);

    private final Buffer buffer;
    private final Function<List<OutgoingRecord>, PutOutcome> stream;
    private final Executor requests;
    private final Metrics metrics;
    private final LongSupplier nanoClock;
    private final int retryLimit;

    private final Outstanding outstanding = new Outstanding();
    private final Outbox outbox;
    private final Outage outage;
    private final FlowControl flow;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Shipment> lettersToKeep = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();
    private final CountDownLatch drained = new CountDownLatch(1);
    private final Thread thread;

    private final AtomicInteger inFlight = new AtomicInteger();
    private long inFlightBytes;
    private long acceptedSoFar;
    private long diskRetryNanos;
    private volatile boolean draining;
    private volatile boolean stopped;

    /** A request that is over. */
    private record Answer(List<Shipment> batch, boolean probe, long sentNanos, PutOutcome outcome) {}

    /**
     * @param stream puts one batch and tells what happened; called on {@code requests}, several at once
     * @param requests runs requests; must not run them on the calling thread
     */
    public Shipper(
            Buffer buffer,
            Function<List<OutgoingRecord>, PutOutcome> stream,
            Executor requests,
            KinesisConfig config,
            Metrics metrics,
            LongSupplier nanoClock) {
        this.buffer = buffer;
        this.stream = stream;
        this.requests = requests;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.retryLimit = config.retryLimit();
        this.outbox = new Outbox(config);
        this.outage = new Outage(config.retryWait(), config.retryLimit(), RandomGenerator.getDefault());
        this.flow = new FlowControl(config.maxRequestsInFlight(), nanoClock.getAsLong());
        this.diskRetryNanos = nanoClock.getAsLong();
        this.thread = Thread.ofPlatform().name("shipper").unstarted(this::run);
    }

    public void start() {
        buffer.onReadable(this::wake);
        thread.start();
    }

    /** Requests on their way. Any thread. */
    public int inFlight() {
        return inFlight.get();
    }

    /**
     * Ships without linger until the buffer is empty or the grace is over, then ends. What is left stays in the buffer.
     *
     * @return whether the buffer was emptied
     */
    public boolean drain(Duration grace) throws InterruptedException {
        draining = true;
        wake();
        boolean empty = drained.await(grace.toNanos(), TimeUnit.NANOSECONDS);
        stopped = true;
        wake();
        thread.join();
        return empty;
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            while (!stopped) {
                long wait = step(nanoClock.getAsLong());
                if (wait > 0) {
                    LockSupport.parkNanos(this, Math.min(wait, LONGEST_PARK_NANOS));
                }
            }
        } catch (RuntimeException | Error e) {
            log.error(
                    "the shipper ended by a bug: nothing is sent any more, lines are kept in the buffer; restart the agent",
                    e);
            throw e;
        }
    }

    /** Does all that can be done now. Returns the nanoseconds until there may be more to do without a wake-up. */
    long step(long now) {
        settle(now);
        keepLetters(now);
        setAsideWhenExhausted();
        long releasable = outstanding.takeDone();
        if (releasable >= 0) {
            buffer.release(releasable);
        }
        send(now);
        if (draining && isEmpty()) {
            drained.countDown();
        }
        return nanosUntilNext(now);
    }

    private boolean isEmpty() {
        return outstanding.isEmpty() && inFlight.get() == 0 && buffer.bufferedFrames() == 0;
    }

    private void settle(long now) {
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            inFlight.decrementAndGet();
            for (Shipment shipment : answer.batch) {
                inFlightBytes -= shipment.size();
            }
            settle(answer, now);
        }
    }

    private void settle(Answer answer, long now) {
        List<Shipment> batch = answer.batch;
        switch (answer.outcome) {
            case PutOutcome.Answered(List<RecordResult> results) -> settleRecords(answer, results, now);
            case PutOutcome.Throttled(String _) -> {
                outage.end(now);
                flow.answered(0, batch.size(), now);
                retry(batch, RetryCause.THROTTLED, now, true);
            }
            case PutOutcome.Unavailable(String reason) -> {
                outage.failed(answer.sentNanos, now, answer.probe, reason);
                retry(batch, RetryCause.UNAVAILABLE, now, false);
            }
            case PutOutcome.NeedsOperator(String reason, String advice) -> {
                outage.failedForOperator(now, reason, advice);
                retry(batch, RetryCause.OPERATOR, now, false);
            }
            case PutOutcome.Refused(String reason) -> refuse(batch, reason);
        }
        if (!(answer.outcome instanceof PutOutcome.Answered)) {
            metrics.requestsFailed.increment();
        }
    }

    private void settleRecords(Answer answer, List<RecordResult> results, long now) {
        int accepted = 0;
        int throttled = 0;
        String failure = "";
        List<Shipment> failed = new ArrayList<>();
        for (int index = 0; index < results.size(); index++) {
            Shipment shipment = answer.batch.get(index);
            switch (results.get(index)) {
                case RecordResult.Accepted _ -> {
                    accepted++;
                    metrics.bytesDelivered.add(shipment.record().data().length);
                    shipment.done();
                }
                case RecordResult.Throttled _ -> {
                    throttled++;
                    retry(List.of(shipment), RetryCause.THROTTLED, now, true);
                }
                case RecordResult.Failed(String code, String message) -> {
                    failure = code + ": " + message;
                    failed.add(shipment);
                }
            }
        }
        acceptedSoFar += accepted;
        metrics.recordsDelivered.add(accepted);
        flow.answered(accepted, throttled, now);
        if (accepted + throttled > 0) {
            outage.end(now);
        } else {
            outage.failed(answer.sentNanos, now, answer.probe, failure);
        }
        for (Shipment shipment : failed) {
            if (shipment.refused(acceptedSoFar) > retryLimit) {
                giveUp(
                        shipment,
                        DeadLetterCause.REFUSED,
                        "refused " + retryLimit + " times while others passed, last with " + failure);
            } else {
                retry(List.of(shipment), RetryCause.FAILED, now, true);
            }
        }
    }

    private void retry(List<Shipment> batch, RetryCause cause, long now, boolean wait) {
        metrics.retried(cause).add(batch.size());
        for (Shipment shipment : batch) {
            if (wait) {
                shipment.waitLonger(now);
            } else {
                shipment.rejoin(now);
            }
            outbox.addWaiting(shipment);
        }
    }

    /** One of the batch can never be accepted: halves are sent until it stands alone. */
    private void refuse(List<Shipment> batch, String reason) {
        if (batch.size() == 1) {
            giveUp(batch.getFirst(), DeadLetterCause.REFUSED, reason);
            return;
        }
        int middle = batch.size() / 2;
        outbox.addSuspects(List.copyOf(batch.subList(0, middle)));
        outbox.addSuspects(List.copyOf(batch.subList(middle, batch.size())));
    }

    private void giveUp(Shipment shipment, DeadLetterCause cause, String reason) {
        log.warn("record {} goes to the dead letters: {}", shipment.record().key(), reason);
        metrics.deadLettered(cause).increment();
        letters.add(new DeadLetter(
                shipment.record().key(),
                reason,
                Instant.now(),
                shipment.record().data()));
        lettersToKeep.add(shipment);
    }

    private void keepLetters(long now) {
        if (letters.isEmpty() || now - diskRetryNanos < 0) {
            return;
        }
        try {
            buffer.keepDeadLetters(letters);
        } catch (IOException e) {
            log.error(
                    "{} dead letters cannot be written, they are kept in memory and tried again: {}",
                    letters.size(),
                    e.toString());
            diskRetryNanos = now + DISK_RETRY_NANOS;
            return;
        }
        lettersToKeep.forEach(Shipment::done);
        lettersToKeep.clear();
        letters.clear();
    }

    /** Past the limit of retries, and only while intake waits for room, the oldest chunk makes way. */
    private void setAsideWhenExhausted() {
        if (!outage.isExhausted() || inFlight.get() > 0 || !letters.isEmpty() || !buffer.isFull()) {
            return;
        }
        long sequence = outstanding.oldestSequence();
        try {
            long frames = buffer.setAsideOldestChunk(
                    "nothing was accepted in " + retryLimit + " retries, last: " + outage.reason());
            if (frames > 0) {
                outbox.forget(sequence);
                long lost = frames - outstanding.forget(sequence);
                metrics.deadLettered(DeadLetterCause.RETRIES_EXHAUSTED).add(lost);
                log.error(
                        "the buffer is full and {} retries are over: {} records went to the dead letters to make room",
                        retryLimit,
                        lost);
            }
        } catch (IOException e) {
            log.error("the oldest chunk cannot be moved to the dead letters: {}", e.toString());
        }
    }

    private void send(long now) {
        while (inFlight.get() < (outage.isOngoing() ? 1 : flow.inFlightLimit())) {
            if (outage.isOngoing() && !outage.allowsBatch(now)) {
                break;
            }
            read(now);
            List<Shipment> batch = outbox.batch(flow.allowance(now), draining, now);
            if (batch.isEmpty()) {
                break;
            }
            flow.sent(batch.size(), now);
            dispatch(batch, false, now);
        }
        if (outage.allowsProbe(now)) {
            read(now);
            List<Shipment> one = outbox.probe();
            if (!one.isEmpty()) {
                dispatch(one, true, now);
            }
        }
    }

    private void dispatch(List<Shipment> batch, boolean probe, long now) {
        List<OutgoingRecord> records = new ArrayList<>(batch.size());
        for (Shipment shipment : batch) {
            records.add(shipment.record());
            inFlightBytes += shipment.size();
        }
        inFlight.incrementAndGet();
        outage.tried(now);
        metrics.requestsSent.increment();
        requests.execute(() -> {
            answers.add(new Answer(batch, probe, now, put(records)));
            wake();
        });
    }

    private PutOutcome put(List<OutgoingRecord> records) {
        try {
            return stream.apply(records);
        } catch (RuntimeException | Error e) {
            log.error("a request ended by a bug, its records are sent again", e);
            return new PutOutcome.Unavailable("bug: " + e);
        }
    }

    /** Reads on until a whole batch is at hand, nothing is left, or enough is held. */
    private void read(long now) {
        if (now - diskRetryNanos < 0) {
            return;
        }
        try {
            while (!outbox.isFull()
                    && outstanding.bytes() < MAX_SPAN_BYTES
                    && outbox.bytes() + inFlightBytes < MAX_HELD_BYTES) {
                Frame frame = buffer.read();
                if (frame == null) {
                    return;
                }
                accept(frame);
            }
        } catch (IOException e) {
            log.error("the buffer cannot be read, tried again in a second: {}", e.toString());
            diskRetryNanos = now + DISK_RETRY_NANOS;
        }
    }

    private void accept(Frame frame) {
        String key = RecordKey.of(buffer.identity(), frame.sequence(), frame.index());
        OutgoingRecord record = new OutgoingRecord(key, frame.payload());
        Shipment shipment = new Shipment(frame, record);
        outstanding.add(shipment);
        if (record.size() > OutgoingRecord.MAX_BYTES) {
            giveUp(
                    shipment,
                    DeadLetterCause.TOO_LARGE,
                    "data and key are " + record.size() + " bytes, the stream takes " + OutgoingRecord.MAX_BYTES);
        } else {
            outbox.addFresh(shipment);
        }
    }

    private long nanosUntilNext(long now) {
        if (!letters.isEmpty()) {
            return Math.max(0, diskRetryNanos - now);
        }
        if (outbox.bytes() == 0) {
            return LONGEST_PARK_NANOS;
        }
        if (outage.isOngoing() && (inFlight.get() > 0 || !outage.allowsBatch(now))) {
            return outage.nanosUntilNext(inFlight.get() > 0, now);
        }
        if (inFlight.get() >= flow.inFlightLimit()) {
            return LONGEST_PARK_NANOS;
        }
        return Math.max(outbox.nanosUntilNext(draining, now), flow.nanosUntil(1, now));
    }
}
