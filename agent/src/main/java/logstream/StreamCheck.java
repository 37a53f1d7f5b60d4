package logstream;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import logstream.kinesis.StreamState;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the stream what it is, at start and every few minutes: so that a missing stream or permission is told before the
 * first line waits for it, and a raised maximum of records, a reshard or a key is known. Intake and shipping do not depend
 * on it: while it fails, the facts last known hold, before that those every stream has.
 *
 * <p>DescribeStreamSummary is limited to 20 calls a second and account. Agents ask every {@link #INTERVAL}, each at moments
 * of its own, which leaves room for several thousand; one that is throttled asks later.
 *
 * <p>Threading: one virtual thread of its own, which alone calls {@link #once}.
 */
final class StreamCheck {
    static final Duration FIRST_WAIT = Duration.ofSeconds(10);
    static final Duration INTERVAL = Duration.ofMinutes(5);

    /** Of a wait, either way. */
    static final double JITTER = 0.3;

    private static final Logger log = LoggerFactory.getLogger(StreamCheck.class);

    private final Supplier<StreamState> stream;
    private final Consumer<StreamState.Ready> onFacts;
    private final Metrics metrics;
    private final RandomGenerator random;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Duration wait = FIRST_WAIT;
    private @Nullable StreamState last;
    private boolean known;

    /**
     * @param stream asks it: one request
     * @param onFacts told each time that they are known; called by this one's thread
     */
    StreamCheck(
            Supplier<StreamState> stream,
            Consumer<StreamState.Ready> onFacts,
            Metrics metrics,
            RandomGenerator random) {
        this.stream = stream;
        this.onFacts = onFacts;
        this.metrics = metrics;
        this.random = random;
    }

    void start() {
        Thread.ofVirtual().name("stream-check").start(this::run);
    }

    void stop() {
        stopped.countDown();
    }

    private void run() {
        try {
            boolean over = false;
            while (!over) {
                over = stopped.await(once().toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // Closed between two looks at whether it is.
            log.debug("the stream was not asked any more", e);
        }
    }

    /** Asks once. Returns how long to wait before the next time. */
    Duration once() {
        StreamState state = stream.get();
        StreamState before = last;
        last = state;
        return switch (state) {
            case StreamState.Ready ready -> {
                if (!ready.equals(before)) {
                    tell(ready);
                }
                known = true;
                metrics.streamFacts(facts(ready));
                onFacts.accept(ready);
                yield jittered(INTERVAL);
            }
            case StreamState.NotReady(String reason, String advice) -> {
                metrics.streamFactsFailed.increment();
                boolean again = before instanceof StreamState.NotReady(String _, String said) && said.equals(advice);
                if (!again && stopped.getCount() > 0) {
                    tell(reason, advice);
                }
                yield jittered(known ? INTERVAL : nextWait());
            }
        };
    }

    private Duration nextWait() {
        Duration present = wait;
        Duration doubled = wait.multipliedBy(2);
        wait = doubled.compareTo(INTERVAL) < 0 ? doubled : INTERVAL;
        return present;
    }

    private static Metrics.StreamFacts facts(StreamState.Ready ready) {
        return new Metrics.StreamFacts(
                ready.name(),
                ready.mode(),
                ready.status(),
                ready.encryption(),
                ready.openShards(),
                ready.maxRecordBytes());
    }

    private Duration jittered(Duration exact) {
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return Duration.ofNanos(Math.round(exact.toNanos() * factor));
    }

    private static void tell(StreamState.Ready ready) {
        log.info(
                "stream {} is {}: {} open shards, {}, {} h retention, encryption {}, records of at most {} KiB",
                ready.name(),
                ready.status(),
                ready.openShards(),
                ready.mode(),
                ready.retention().toHours(),
                ready.encryption(),
                ready.maxRecordBytes() >> 10);
    }

    private void tell(String reason, String advice) {
        if (known) {
            log.warn("the stream's facts cannot be read: {}. {} Those last known hold meanwhile.", reason, advice);
        } else {
            log.error("the stream is not ready: {}. {} Lines are kept in the buffer meanwhile.", reason, advice);
        }
    }
}
