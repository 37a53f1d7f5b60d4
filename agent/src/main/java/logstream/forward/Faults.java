package logstream.forward;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import logstream.metrics.Metrics.TlsFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What senders do wrong: counts it, logs the first of each kind and then one in each interval, and decides whether the
 * connection can go on.
 *
 * <p>Threading: shared by all connections.
 */
final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final Metrics metrics;
    private final Map<MalformedCause, LogLimiter> malformedLogs = new EnumMap<>(MalformedCause.class);
    private final Map<DropCause, LogLimiter> droppedLogs = new EnumMap<>(DropCause.class);
    private final Map<TlsFailure, LogLimiter> tlsLogs = new EnumMap<>(TlsFailure.class);

    Faults(Metrics metrics, LongSupplier nanoTime) {
        this.metrics = metrics;
        for (MalformedCause cause : MalformedCause.values()) {
            malformedLogs.put(cause, new LogLimiter(nanoTime, ForwardLimits.LOG_INTERVAL));
        }
        for (TlsFailure cause : TlsFailure.values()) {
            tlsLogs.put(cause, new LogLimiter(nanoTime, ForwardLimits.LOG_INTERVAL));
        }
        for (DropCause cause : DropCause.values()) {
            droppedLogs.put(cause, new LogLimiter(nanoTime, ForwardLimits.LOG_INTERVAL));
        }
    }

    /** Whether the next message can be found after this: the one place that decides about the connection. */
    static boolean canContinue(MalformedCause cause) {
        return switch (cause) {
            case NOT_A_MESSAGE, BROKEN_PAYLOAD, OVER_LIMIT -> true;
            case NOT_MSGPACK, UNSUPPORTED, CUT_OFF, STALLED -> false;
        };
    }

    /**
     * A message was bad.
     *
     * @param what the rest of a sentence that begins with "cause, peer"
     * @throws UnreadableException when the connection is to be closed
     */
    void malformed(MalformedCause cause, String peer, String what) throws UnreadableException {
        metrics.malformed(cause).increment();
        boolean goesOn = canContinue(cause);
        long suppressed = limiter(malformedLogs, cause).next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A sender sent a bad message: cause={} peer={} what=\"{}\" connection={} not_logged_before={}. "
                            + "Find the sender by its address and check what it sends to this port.",
                    name(cause),
                    peer,
                    what,
                    goesOn ? "kept" : "closed",
                    suppressed);
        }
        if (!goesOn) {
            throw new UnreadableException(what);
        }
    }

    /** The connection ended inside a message. The sender sends that message again, so this is no reason to worry. */
    void cutOff(String peer) {
        metrics.malformed(MalformedCause.CUT_OFF).increment();
        LOG.debug("A connection ended inside a message, which was discarded: peer={}", peer);
    }

    /** A connection was closed because all together held too much while they waited for their peers. */
    void evicted(String peer) {
        metrics.malformed(MalformedCause.OVER_LIMIT).increment();
        long suppressed = limiter(malformedLogs, MalformedCause.OVER_LIMIT).next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A connection was closed because its sender stopped inside a message while memory for such was short: "
                            + "peer={} not_logged_before={}. Check why that sender stalls.",
                    peer,
                    suppressed);
        }
    }

    /** A connection was closed because its peer stopped inside a message, or does not read its acks. */
    void stalled(String peer, Duration timeout) {
        metrics.malformed(MalformedCause.STALLED).increment();
        long suppressed = limiter(malformedLogs, MalformedCause.STALLED).next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A connection was closed because nothing moved for {} s inside a message, or while its ack was not read: "
                            + "peer={} not_logged_before={}. Check why that sender stalls; a slow one needs a longer "
                            + "forward.message_timeout.",
                    timeout.toSeconds(),
                    peer,
                    suppressed);
        }
    }

    /** A TLS handshake failed; the connection is closed. */
    void tlsFailed(TlsFailure cause, String peer, String what) {
        metrics.tlsFailed(cause).increment();
        long suppressed = limiter(tlsLogs, cause).next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A TLS connection was closed: cause={} peer={} what=\"{}\" not_logged_before={}. {}",
                    name(cause),
                    peer,
                    what,
                    suppressed,
                    adviceFor(cause));
        }
    }

    private static String adviceFor(TlsFailure cause) {
        return switch (cause) {
            case PLAIN_TEXT -> "Switch TLS on in the sender, or send it to a tcp:// address of forward.listen.";
            case UNTRUSTED ->
                "Give the sender a certificate that is signed by one of forward.tls.client_ca, or add its CA there.";
            case TIMED_OUT ->
                "Check that the sender speaks TLS and is reachable; a slow one needs a longer forward.handshake_timeout.";
            case FAILED ->
                "Compare the sender's TLS settings with forward.tls: versions, and whether it trusts the certificate.";
        };
    }

    /** An event was received and dropped. */
    void dropped(DropCause cause, String peer, String why) {
        metrics.dropped(cause).increment();
        long suppressed = limiter(droppedLogs, cause).next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "An event was dropped: cause={} peer={} why=\"{}\" not_logged_before={}. It is acknowledged, since "
                            + "sending it again would not help.",
                    name(cause),
                    peer,
                    why,
                    suppressed);
        }
    }

    private static String name(Enum<?> cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> LogLimiter limiter(Map<E, LogLimiter> limiters, E cause) {
        LogLimiter limiter = limiters.get(cause);
        if (limiter == null) {
            throw new IllegalStateException("no log limiter for " + cause);
        }
        return limiter;
    }
}
