package logstream.monitor;

import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import logstream.metrics.Metrics.RetryCause;
import logstream.metrics.Metrics.TlsFailure;

/**
 * The counters at a moment, as far as rates and reasons are made of them. Counters are totals since the start.
 *
 * @param nanos of {@link System#nanoTime}
 * @param dropped lines that will not be delivered, {@code unmatched} among them
 * @param refused connections that were not let in: address, handshake or TLS
 */
record Sample(
        long nanos,
        long received,
        long receivedBytes,
        long delivered,
        long deliveredBytes,
        long throttled,
        long dropped,
        long unmatched,
        long deadLettered,
        long malformed,
        long refused,
        long bufferedEvents,
        long bufferedBytes,
        long oldestMillis,
        long inFlight) {
    static Sample of(Metrics metrics, long nanos) {
        long dropped = 0;
        for (DropCause cause : DropCause.values()) {
            dropped += metrics.dropped(cause).sum();
        }
        long deadLettered = 0;
        for (Metrics.DeadLetterCause cause : Metrics.DeadLetterCause.values()) {
            deadLettered += metrics.deadLettered(cause).sum();
        }
        long malformed = 0;
        for (MalformedCause cause : MalformedCause.values()) {
            malformed += metrics.malformed(cause).sum();
        }
        long unauthorized = metrics.malformed(MalformedCause.UNAUTHORIZED).sum();
        long refused = metrics.connectionsRefused.sum() + unauthorized;
        for (TlsFailure cause : TlsFailure.values()) {
            refused += metrics.tlsFailed(cause).sum();
        }
        Metrics.Gauges gauges = metrics.gauges();
        return new Sample(
                nanos,
                metrics.eventsReceived.sum(),
                metrics.bytesReceived.sum(),
                metrics.recordsDelivered.sum(),
                metrics.bytesDelivered.sum(),
                metrics.retried(RetryCause.THROTTLED).sum(),
                dropped,
                metrics.dropped(DropCause.UNMATCHED_TAG).sum(),
                deadLettered,
                malformed - unauthorized,
                refused,
                gauges.bufferedFrames().getAsLong(),
                gauges.bufferedBytes().getAsLong(),
                gauges.oldestPendingMillis().getAsLong(),
                gauges.requestsInFlight().getAsLong());
    }
}
