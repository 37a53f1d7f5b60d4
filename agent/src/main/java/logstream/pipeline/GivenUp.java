package logstream.pipeline;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import logstream.buffer.Buffer;
import logstream.buffer.DeadLetter;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that were given up on, until they are kept as dead letters on disk; only then are they done.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class GivenUp {
    /** After a fault of the disk, keeping them is tried again this often. */
    private static final long DISK_RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Logger log = LoggerFactory.getLogger(GivenUp.class);

    private final Buffer buffer;
    private final Outstanding outstanding;
    private final Packing packing;
    private final Metrics metrics;
    private final List<Shipment> shipments = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();
    private boolean diskFailed;
    private long diskRetryNanos;

    GivenUp(Buffer buffer, Outstanding outstanding, Packing packing, Metrics metrics) {
        this.buffer = buffer;
        this.outstanding = outstanding;
        this.packing = packing;
        this.metrics = metrics;
    }

    /** Takes a record, not an aggregate; it is kept under its id, so that it has the same one when it is replayed. */
    void add(Shipment shipment, DeadLetterCause cause, String reason) {
        log.warn("record {} goes to the dead letters: {}", shipment.id(), reason);
        metrics.deadLettered(cause).increment();
        letters.add(new DeadLetter(
                shipment.id(),
                cause.name().toLowerCase(Locale.ROOT),
                reason,
                Instant.now(),
                packing.unpacked(shipment.record().data())));
        shipments.add(shipment);
    }

    /** Whether all are on disk. */
    boolean isEmpty() {
        return shipments.isEmpty();
    }

    /** Puts them on disk, all or none; after a fault not before its time has passed. */
    void keep(long now) {
        if (shipments.isEmpty() || nanosUntilRetry(now) > 0) {
            return;
        }
        try {
            buffer.keepDeadLetters(letters);
        } catch (IOException e) {
            log.error(
                    "{} dead letters cannot be written; they stay in memory until they can: {}",
                    letters.size(),
                    e.toString());
            diskFailed = true;
            diskRetryNanos = now + DISK_RETRY_NANOS;
            return;
        }
        diskFailed = false;
        shipments.forEach(outstanding::done);
        shipments.clear();
        letters.clear();
    }

    /** Nanoseconds until {@link #keep} tries again; 0 at once. */
    long nanosUntilRetry(long now) {
        return diskFailed ? Math.max(0, diskRetryNanos - now) : 0;
    }
}
