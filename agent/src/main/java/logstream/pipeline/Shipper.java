package logstream.pipeline;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import logstream.buffer.Buffer;
import logstream.buffer.Frame;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out: reads frames, joins pieces, makes batches across all tags and connections, sends them, sends again what
 * failed, and releases frames up to the oldest that is not done.
 *
 * <p>Invariants: a frame that was read is a piece of an open line in the {@link Joiner}, or belongs to a record; a record
 * is in exactly one place: the {@link Outbox}, a request in flight, {@link GivenUp}, or done. It keeps its key however
 * often it is sent. From the oldest frame not released to the newest read lie at most {@link #MAX_SPAN_BYTES}: an open
 * line that would hold up all others for it is ended. Requests are the {@link Sender}'s.
 *
 * <p>Threading: all state belongs to the shipper thread, which calls {@link #step}.
 */
public final class Shipper {
    /**
     * What a crash may send again at most. A record that is throttled three times in a row holds up all behind it for 0.7 s:
     * so much of them may leave meanwhile.
     */
    static final long MAX_SPAN_BYTES = 64 << 20;

    /** After a fault of the disk, reading is tried again this often. */
    private static final long DISK_RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    /** A line may be due that cannot end yet, as there is more to be read. */
    private static final long SHORTEST_PARK_NANOS = Duration.ofMillis(10).toNanos();

    static final long LONGEST_PARK_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Logger log = LoggerFactory.getLogger(Shipper.class);

    private final Buffer buffer;
    private final LongSupplier nanoClock;

    private final Outstanding outstanding;
    private final Outage outage;
    private final Outbox outbox;
    private final Packing packing;
    private final Joiner joiner;
    private final GivenUp givenUp;
    private final Sender sender;
    private final Relief relief;
    private final CountDownLatch drained = new CountDownLatch(1);
    private final Thread thread;

    private final LongConsumer reading = this::read;
    private long readRetryNanos;
    private volatile long steppedNanos;
    private volatile double sendingRate = FlowControl.FIRST_RATE;
    private volatile int maxRecordBytes = OutgoingRecord.MAX_BYTES;
    private final AtomicReference<@Nullable Reloaded> reloaded = new AtomicReference<>();
    private volatile boolean draining;
    private volatile boolean endingLines;
    private volatile boolean stopped;

    /**
     * @param stream puts one batch and tells what happened; called on {@code requests}, several at once
     * @param requests runs requests; must not run them on the calling thread
     * @param joinTimeout how long after its newest piece a line is given up on as a whole
     * @param nanoClock as {@link System#nanoTime}, with which the buffer marks its frames
     */
    public Shipper(
            Buffer buffer,
            Function<List<OutgoingRecord>, PutOutcome> stream,
            Executor requests,
            KinesisConfig config,
            Duration joinTimeout,
            Metrics metrics,
            LongSupplier nanoClock) {
        this.buffer = buffer;
        this.nanoClock = nanoClock;
        this.readRetryNanos = nanoClock.getAsLong();
        this.steppedNanos = readRetryNanos;
        this.outstanding = new Outstanding(metrics);
        this.outbox = new Outbox(config);
        this.packing = new Packing(config.packing());
        LineRecords lines = new LineRecords(outstanding, packing, outbox::addFresh);
        this.joiner = new Joiner(joinTimeout, outstanding, lines);
        this.outage = new Outage(config.retryWait(), config.retryLimit(), RandomGenerator.getDefault());
        FlowControl flow = new FlowControl(nanoClock.getAsLong());
        this.givenUp = new GivenUp(buffer, outstanding, packing, metrics);
        Settlement settlement = new Settlement(outstanding, outbox, outage, flow, givenUp, metrics);
        this.sender = new Sender(
                stream,
                requests,
                config.maxRequestsInFlight(),
                outstanding,
                outbox,
                outage,
                flow,
                settlement,
                metrics,
                this::wake);
        this.relief = new Relief(buffer, outstanding, outbox, joiner, outage, givenUp, metrics);
        this.thread = Thread.ofPlatform().name("shipper").unstarted(this::run);
    }

    public void start() {
        buffer.onReadable(this::wake);
        buffer.onOverflow(this::wake);
        thread.start();
    }

    /** From now on a record may have so many bytes, data and key: what the stream says that it takes. Any thread. */
    public void maxRecordBytes(int bytes) {
        maxRecordBytes = bytes;
    }

    /** Settings that are to hold from the next step on. */
    private record Reloaded(KinesisConfig config, Duration joinTimeout) {}

    /**
     * From now on these hold: {@code maxBatchRecords}, {@code maxBatchBytes}, {@code linger}, {@code retryLimit} and
     * {@code retryWait} of the configuration, and the time-out; the rest of it stays as it was. Any thread.
     */
    public void reload(KinesisConfig config, Duration joinTimeout) {
        reloaded.set(new Reloaded(config, joinTimeout));
        wake();
    }

    private void takeReloaded() {
        Reloaded newer = reloaded.getAndSet(null);
        if (newer != null) {
            outbox.bounds(newer.config);
            outage.limits(newer.config.retryWait(), newer.config.retryLimit());
            joiner.timeout(newer.joinTimeout);
        }
    }

    /** Requests on their way. Any thread. */
    public int inFlight() {
        return sender.inFlight();
    }

    /** What is sent at most, in thousandths of what one shard takes. Any thread. */
    public long sendingRateMilliShards() {
        return Math.round(1000 * sendingRate);
    }

    /** Why the stream accepts nothing; empty when all is well. Any thread. */
    public Optional<Blockage> blockage() {
        return outage.blockage();
    }

    /** How long the shipper has been at one and the same step: well below 2 s when all is well. Any thread. */
    public Duration stepAge() {
        return Duration.ofNanos(Math.max(0, nanoClock.getAsLong() - steppedNanos));
    }

    /** Frames counted as delivered, dead letters or merged that are still in the buffer. Any thread. */
    public long doneNotReleased() {
        return outstanding.doneCount();
    }

    /**
     * Ships without linger until the buffer is empty or the grace is over, then ends. What is left stays in the buffer;
     * so do lines that are open, which are not waited for: they go on after the next start.
     *
     * @return whether the buffer was emptied
     */
    public boolean drain(Duration grace) throws InterruptedException {
        hurry();
        boolean _ = awaitDrained(grace);
        stopped = true;
        wake();
        thread.join();
        return buffer.bufferedFrames() == 0;
    }

    /** From now on nothing waits for a fuller batch, and nothing is set aside to make room: intake is closed. Any thread. */
    public void hurry() {
        draining = true;
        wake();
    }

    /** As {@link #hurry}; lines that are open end, too, with what is here of them: no piece is to come any more. */
    public void shipEverything() {
        endingLines = true;
        hurry();
    }

    /** Waits, after one of the two, until all they speak of is shipped or the time is over; returns whether it is. */
    public boolean awaitDrained(Duration limit) throws InterruptedException {
        return drained.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            while (!stopped) {
                long now = nanoClock.getAsLong();
                steppedNanos = now;
                long wait = step(now);
                if (wait > 0) {
                    LockSupport.parkNanos(this, Math.min(wait, LONGEST_PARK_NANOS));
                }
            }
        } catch (RuntimeException | Error e) {
            log.error(
                    "a bug ended the shipper: nothing is sent any more, lines are kept in the buffer; restart the agent",
                    e);
            throw e;
        }
    }

    /** Does all that can be done now. Returns the nanoseconds until there may be more to do without a wake-up. */
    long step(long now) {
        takeReloaded();
        sender.settle(now);
        givenUp.keep(now);
        boolean paused = !draining && relief.pausesSending(sender.inFlight());
        sendingRate = sender.rate();
        long releasable = outstanding.takeDone();
        if (releasable >= 0) {
            buffer.release(releasable);
        }
        if (!paused) {
            sender.send(reading, draining, now);
        }
        if (draining && hasShippedAll()) {
            drained.countDown();
        }
        return nanosUntilNext(now);
    }

    /** All that was appended was read, and is done or part of an open line. */
    private boolean hasShippedAll() {
        boolean idle = outbox.bytes() == 0 && sender.inFlight() == 0 && givenUp.isEmpty();
        long open = endingLines ? 0 : outstanding.count();
        return idle && buffer.bufferedFrames() == open;
    }

    /** Reads on until a whole batch is at hand, nothing is left, or enough is held. */
    private void read(long now) {
        if (now - readRetryNanos < 0) {
            return;
        }
        try {
            while (sender.hasRoom()) {
                Frame frame = buffer.read();
                if (frame == null) {
                    if (endingLines && buffer.bufferedFrames() == outstanding.count()) {
                        joiner.endAll();
                    } else {
                        joiner.endQuiet(now);
                    }
                    return;
                }
                joiner.endQuiet(frame.appendedNanos());
                accept(frame);
            }
            if (outstanding.bytes() >= MAX_SPAN_BYTES && joiner.oldestSlot() <= outstanding.firstUndone()) {
                // Nothing more can be read before it ends.
                joiner.endOldest();
            }
        } catch (IOException e) {
            log.error("the buffer cannot be read, tried again in a second: {}", e.toString());
            readRetryNanos = now + DISK_RETRY_NANOS;
        }
    }

    private void accept(Frame frame) {
        long slot = outstanding.add(frame.sequence(), frame.ordinal(), frame.payload().length + RecordKey.CHARACTERS);
        KeyedFrame keyed = KeyedFrame.of(buffer.identity(), frame);
        switch (keyed.kind()) {
            case RECORD -> acceptRecord(frame, slot, packing.pack(keyed.key(), keyed.payload()));
            case PIECE ->
                joiner.add(frame, slot, RecordKey.place(keyed.key()).orElseThrow(), Piece.read(keyed.payload()));
            case KEYED -> {
                Packed packed = Packed.underItsKey(new OutgoingRecord(keyed.key(), keyed.payload()));
                Shipment unreadable = Shipment.of(frame, slot, packed);
                givenUp.add(unreadable, DeadLetterCause.REFUSED, "its frame holds no record, and no piece of one");
            }
        }
    }

    private void acceptRecord(Frame frame, long slot, Packed packed) {
        Shipment shipment = Shipment.of(frame, slot, packed);
        int most = maxRecordBytes;
        if (shipment.size() > most) {
            String reason = "data and key are " + shipment.size() + " bytes, a stream takes " + most;
            givenUp.add(shipment, DeadLetterCause.TOO_LARGE, reason);
        } else {
            outbox.addFresh(shipment);
        }
    }

    private long nanosUntilNext(long now) {
        if (!givenUp.isEmpty()) {
            return givenUp.nanosUntilRetry(now);
        }
        if (outbox.bytes() == 0) {
            return Math.clamp(joiner.nanosUntilEnd(now), SHORTEST_PARK_NANOS, LONGEST_PARK_NANOS);
        }
        return sender.nanosUntilNext(draining, now);
    }
}
