package logstream.monitor;

import java.time.Duration;
import java.util.Optional;

/**
 * When things last went on: noticed by looking at counters every few seconds, so that the data path need not keep times.
 *
 * <p>Threading: {@link #look} by one thread, the rest by any; guarded by {@code this}.
 */
final class Progress {
    private long received = -1;
    private long delivered = -1;
    private long durable = -1;
    private Optional<Long> receivedAt = Optional.empty();
    private Optional<Long> deliveredAt = Optional.empty();
    private long durableAt;
    private long now;

    /** @param notDurable frames that wait to become durable; none is as good as progress */
    synchronized void look(Sample sample, long durableNow, long notDurable) {
        now = sample.nanos();
        if (sample.received() > Math.max(0, received)) {
            receivedAt = Optional.of(now);
        }
        if (sample.delivered() > Math.max(0, delivered)) {
            deliveredAt = Optional.of(now);
        }
        if (durableNow != durable || notDurable == 0) {
            durableAt = now;
        }
        received = sample.received();
        delivered = sample.delivered();
        durable = durableNow;
    }

    /** How long ago a line came; empty when none has. */
    synchronized Optional<Duration> sinceReceived(long nanos) {
        return receivedAt.map(at -> Duration.ofNanos(Math.max(0, nanos - at)));
    }

    /** How long ago the stream accepted a record; empty when it has not since the start. */
    synchronized Optional<Duration> sinceDelivered(long nanos) {
        return deliveredAt.map(at -> Duration.ofNanos(Math.max(0, nanos - at)));
    }

    /** How long frames have waited to become durable without any becoming so. */
    synchronized Duration commitStands() {
        return Duration.ofNanos(Math.max(0, now - durableAt));
    }
}
