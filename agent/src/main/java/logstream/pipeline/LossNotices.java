package logstream.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DropCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link LossNotice} into the stream whenever events were dropped, or dead letters deleted: looks at the counters
 * each second, and never at the data path. What a container lost by {@code record.rate_limit} is told in its own name.
 *
 * <p>Invariants: each loss is in one notice, unless the agent is killed, or its intake closes, before there is room for it.
 * A notice never waits and drops nothing to make room: without room it is not made, and told later with what is lost until
 * then. So no notice causes another. One that is in the buffer is an event as any other: it may be dropped with the
 * oldest chunk, and the next one counts it.
 *
 * <p>Threading: {@link #start} runs a thread of its own; {@link #finish} may come from any.
 */
public final class LossNotices {
    private static final Logger log = LoggerFactory.getLogger(LossNotices.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int USUAL_BYTES = 2048;
    private static final String RATE_LIMIT = "rate_limit";

    private final Predicate<FrameBatch> appender;
    private final String host;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final LongAdder created;
    private final RateLimits rates;
    private Instant lastLook;
    private final List<LossWatch> watches = new ArrayList<>();
    private final FrameBatch batch = new FrameBatch(USUAL_BYTES);
    private final JsonWriter json = new JsonWriter();
    private final CountDownLatch finished = new CountDownLatch(1);

    /**
     * What was counted before is told, too: recovery counts.
     *
     * @param rates what containers lost by their limits
     * @param appender takes a frame into the buffer, or returns false when there is no room now: it must not wait
     * @param host name of this host
     * @param clock for what is said; {@code nanoTime} for when it is said
     */
    public LossNotices(
            Metrics metrics,
            RateLimits rates,
            Predicate<FrameBatch> appender,
            String host,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.rates = rates;
        this.appender = appender;
        this.host = host;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.lastLook = clock.instant();
        this.created = metrics.created(CreateCause.LOSS_NOTICE);
        for (DropCause cause : DropCause.values()) {
            String name = cause.name().toLowerCase(Locale.ROOT);
            why(cause).ifPresent(why -> watch(name, why, metrics.dropped(cause)));
        }
        watch(
                "dead_letters_deleted",
                "given up on, and deleted to keep the bounds of buffer.dead_letters",
                metrics.deadLettersDeleted);
        watch(
                RATE_LIMIT,
                "over record.rate_limit, of containers that others have taken the place of",
                rates.lostTrackOf());
    }

    private void watch(String cause, String why, LongAdder counter) {
        watches.add(new LossWatch(cause, why, counter, clock.instant(), nanoTime.getAsLong()));
    }

    /** Empty when nobody loses anything by it, or each container is told by itself. */
    private static Optional<String> why(DropCause cause) {
        return switch (cause) {
            case INVALID -> Optional.of("what was sent was no event");
            case UNMATCHED_TAG -> Optional.of("the tag matches none of the patterns in record.tags");
            case TOO_LARGE ->
                Optional.of("larger than the agent takes, or behind what was too large in the same message");
            case GROUP_MARK, RATE_LIMIT -> Optional.empty();
            case DAMAGED -> Optional.of("the disk no longer has what was written");
            case OVERFLOW -> Optional.of("the buffer was full, and buffer.overflow says to drop");
        };
    }

    /** Begins to look. */
    public void start() {
        Thread.ofVirtual().name("loss-notices").start(this::run);
    }

    private void run() {
        try {
            while (!finished.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes the notices that are due. */
    synchronized void look() {
        Instant now = clock.instant();
        long nanos = nanoTime.getAsLong();
        for (ContainerRate rate : rates.all()) {
            watch(rate, nanos)
                    .ifPresent(watch -> watch.due(now, nanos).ifPresent(notice -> tell(rate, watch, notice, nanos)));
        }
        for (LossWatch watch : watches) {
            watch.due(now, nanos).ifPresent(notice -> tell(watch, notice, LossNotice.Subject.ANYBODY, nanos));
        }
        lastLook = now;
    }

    private Optional<LossWatch> watch(ContainerRate rate, long nanos) {
        return rate.watch(RATE_LIMIT, "over record.rate_limit", lastLook, nanos);
    }

    private boolean tell(ContainerRate rate, LossWatch watch, LossNotice notice, long nanos) {
        LossNotice.Subject subject = LossNotice.Subject.of(rate);
        boolean told = tell(watch, notice, subject, nanos);
        if (told) {
            rates.lostTrackOf().add(-rate.told(notice.total(), subject.bytes().orElse(0)));
        }
        return told;
    }

    /**
     * Writes all notices that are not written yet. Call it when nothing more comes in, before the buffer's intake closes.
     * What finds no room then is told in the log alone.
     */
    public synchronized void finish() {
        finished.countDown();
        Instant now = clock.instant();
        long nanos = nanoTime.getAsLong();
        for (ContainerRate rate : rates.all()) {
            watch(rate, nanos)
                    .ifPresent(watch -> watch.untold(now).ifPresent(notice -> {
                        if (!tell(rate, watch, notice, nanos)) {
                            untold(notice);
                        }
                    }));
        }
        for (LossWatch watch : watches) {
            watch.untold(now).ifPresent(notice -> {
                if (!tell(watch, notice, LossNotice.Subject.ANYBODY, nanos)) {
                    untold(notice);
                }
            });
        }
    }

    private static void untold(LossNotice notice) {
        log.warn(
                "the stream is not told that {} events were lost ({}): the buffer takes nothing more",
                notice.dropped(),
                notice.cause());
    }

    private boolean tell(LossWatch watch, LossNotice notice, LossNotice.Subject subject, long nanos) {
        batch.clear();
        json.begin(batch);
        notice.writeTo(json, host, subject);
        if (!batch.end(FrameKind.RECORD, json.position()) || !appender.test(batch)) {
            return false;
        }
        created.increment();
        watch.told(notice, nanos);
        return true;
    }
}
