package logstream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import logstream.control.ControlAction;
import logstream.control.RefusedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command {@code drain}: intake stops for good, everything is shipped, then the agent is to end, whether it is empty
 * or the time is over.
 *
 * <p>It happens once. Whoever asks again watches the same drain, and the time-out asked for last holds. Who goes away
 * meanwhile changes nothing.
 *
 * <p>Request: {@code timeout_ms}. Progress and answer: {@code records} and {@code bytes} that are left; the answer also has
 * the {@code folder} in which they are.
 *
 * <p>Threading: any thread asks; a thread of its own drains.
 */
final class Drain implements ControlAction {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final Duration TELL_EVERY = Duration.ofMillis(500);
    private static final long LONGEST_MILLIS = Duration.ofDays(30).toMillis();

    /** The parts of the agent that it moves. */
    interface Parts {
        /** Closes the listeners, reads what senders still have for at most so long, and closes the buffer's intake. */
        void stopIntake(Duration limit);

        /** Ships without waiting for fuller batches, lines that are still open, too. */
        void shipEverything();

        /** Waits for at most so long; returns whether everything is shipped. */
        boolean awaitShipped(Duration limit) throws InterruptedException;

        Left left();
    }

    /** What is not shipped, and where it is. */
    record Left(long records, long bytes, String folder) {}

    private final Parts parts;
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    private final CountDownLatch agentEnded = new CountDownLatch(1);
    private boolean begun;
    private long deadline;

    Drain(Parts parts) {
        this.parts = parts;
    }

    /** Calls back once it is over, and the agent is to end. */
    void onOver(Runnable callback) {
        var _ = over.thenRun(callback);
    }

    /** Whether nothing more is to be waited for. */
    boolean isOver() {
        return over.isDone();
    }

    /** The agent has ended, for whatever reason: what is left now stays. */
    void agentEnded() {
        agentEnded.countDown();
    }

    @Override
    public ObjectNode run(ObjectNode request, Progress progress) throws RefusedException {
        long millis = request.path("timeout_ms").asLong(-1);
        if (millis < 0 || millis > LONGEST_MILLIS) {
            throw new RefusedException("timeout_ms is not 0 to " + LONGEST_MILLIS);
        }
        begin(Duration.ofMillis(millis));
        try {
            boolean listens = true;
            while (listens && !agentEnded.await(TELL_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                listens = progress.tell(json(parts.left()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Left left = parts.left();
        return json(left).put("folder", left.folder());
    }

    private synchronized void begin(Duration timeout) {
        deadline = System.nanoTime() + timeout.toNanos();
        notifyAll();
        if (!begun) {
            begun = true;
            Thread.ofPlatform().daemon().name("drain").start(this::drain);
        }
    }

    private void drain() {
        Left before = parts.left();
        log.info("draining: intake stops, {} records are to be shipped", before.records());
        parts.stopIntake(untilDeadline());
        parts.shipEverything();
        boolean empty = false;
        try {
            for (Duration wait = untilDeadline(); !empty && wait.isPositive(); wait = untilDeadline()) {
                // In short turns: the deadline may be moved.
                empty = parts.awaitShipped(wait.compareTo(TELL_EVERY) < 0 ? wait : TELL_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Left left = parts.left();
        if (left.records() == 0) {
            log.info("drained: the agent ends");
        } else {
            log.warn("not drained in time, {} records are left: the agent ends", left.records());
        }
        over.complete(null);
    }

    private synchronized Duration untilDeadline() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static ObjectNode json(Left left) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("records", left.records())
                .put("bytes", left.bytes());
    }
}
