package logstream.pipeline;

import java.io.IOException;
import logstream.buffer.Buffer;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import logstream.metrics.Metrics.DropCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up the oldest chunk of a full buffer: to the dead letters past the limit of retries; for good where the operator
 * chose {@code overflow: drop_oldest_chunk} and intake waits.
 *
 * <p>Invariant: of a chunk that is given up nothing is in flight, so each of its records is either counted as delivered or
 * as given up.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Relief {
    private static final Logger log = LoggerFactory.getLogger(Relief.class);

    private final Buffer buffer;
    private final Outstanding outstanding;
    private final Outbox outbox;
    private final Joiner joiner;
    private final Outage outage;
    private final GivenUp givenUp;
    private final Metrics metrics;

    Relief(
            Buffer buffer,
            Outstanding outstanding,
            Outbox outbox,
            Joiner joiner,
            Outage outage,
            GivenUp givenUp,
            Metrics metrics) {
        this.buffer = buffer;
        this.outstanding = outstanding;
        this.outbox = outbox;
        this.joiner = joiner;
        this.outage = outage;
        this.givenUp = givenUp;
        this.metrics = metrics;
    }

    /**
     * Gives up the oldest chunk if it must go, and can.
     *
     * @param inFlight requests on their way
     * @return whether nothing more is to be sent until those are answered: then the chunk can go
     */
    boolean pausesSending(int inFlight) {
        boolean exhausted = outage.isExhausted() && buffer.isFull();
        if (!exhausted && !buffer.isOverflowing()) {
            return false;
        }
        if (inFlight > 0 || !givenUp.isEmpty()) {
            return !exhausted && givenUp.isEmpty();
        }
        try {
            if (exhausted) {
                String reason = "nothing was accepted in " + outage.retryLimit() + " retries, last: " + outage.reason();
                long given = forget(buffer.setAsideOldestChunk(reason));
                metrics.deadLettered(DeadLetterCause.RETRIES_EXHAUSTED).add(given);
                log.error("the buffer is full: {} records went to the dead letters to make room; {}", given, reason);
            } else {
                long given = forget(buffer.dropOldestChunk());
                metrics.dropped(DropCause.OVERFLOW).add(given);
                log.error(
                        "the buffer is full and buffer.overflow is drop_oldest_chunk: the oldest {} records were dropped",
                        given);
            }
        } catch (IOException e) {
            log.error("the oldest chunk cannot be given up to make room: {}", e.toString());
        }
        return false;
    }

    /**
     * Forgets what was read of the chunk that went.
     *
     * @param frames that went with it
     * @return how many of them were not delivered
     */
    private long forget(long frames) {
        if (frames == 0) {
            return 0;
        }
        long sequence = outstanding.oldestSequence();
        outbox.forget(sequence);
        joiner.forget(sequence);
        return frames - outstanding.forget(sequence);
    }
}
