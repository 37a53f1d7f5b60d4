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

    private final LogLimiter refusedLog;

    Faults(Metrics metrics, LongSupplier nanoTime) {
        this.metrics = metrics;
        refusedLog = new LogLimiter(nanoTime, ForwardLimits.LOG_INTERVAL);
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
            case NOT_A_MESSAGE, BROKEN_PAYLOAD, UNSUPPORTED_SIGNAL, OVER_LIMIT -> true;
            case NOT_MSGPACK, NOT_JSON, UNSUPPORTED_COMPRESSION, CUT_OFF, UNAUTHORIZED, STALLED -> false;
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

    /**
     * The rest of a message was skipped, since it is broken or beyond a bound.
     *
     * @param events how many events count for it
     */
    void skipped(MalformedCause cause, long events, String peer, String what) throws UnreadableException {
        DropCause drop = cause == MalformedCause.OVER_LIMIT ? DropCause.TOO_LARGE : DropCause.INVALID;
        metrics.eventsReceived.add(events);
        dropped(drop, events, peer, "the rest of " + what);
        malformed(cause, peer, what);
    }

    /** A message asked for an answer with a token that is too long to be kept. */
    void longToken(String peer) throws UnreadableException {
        malformed(
                MalformedCause.OVER_LIMIT,
                peer,
                "an ack token of more than " + ForwardLimits.ACK_TOKEN_BYTES + " bytes, which is not answered");
    }

    /** A message carried something else than log lines. */
    void unsupportedSignal(String peer, long signal) throws UnreadableException {
        String what = signal == 1 ? "metrics" : signal == 2 ? "traces" : "signal " + signal;
        malformed(
                MalformedCause.UNSUPPORTED_SIGNAL,
                peer,
                what + " instead of log lines; match only logs in the sender's output to this port");
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

    /** A sender could not prove that it may send. */
    void unauthorized(String peer, String why) {
        metrics.malformed(MalformedCause.UNAUTHORIZED).increment();
        long suppressed = limiter(malformedLogs, MalformedCause.UNAUTHORIZED).next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A sender's handshake failed: peer={} why=\"{}\" not_logged_before={}. Its connection is closed. Compare "
                            + "its key, user and password with forward.security. Docker's driver knows no handshake: "
                            + "give its network a rule with shared_key: none.",
                    peer,
                    why,
                    suppressed);
        }
    }

    /** A connection came from an address that may not connect, and is closed. */
    void refused(String peer) {
        metrics.connectionsRefused.increment();
        long suppressed = refusedLog.next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A connection was refused, since its address is in none of forward.security.networks: peer={} "
                            + "not_logged_before={}. Add the address there if it is to send.",
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
        dropped(cause, 1, peer, why);
    }

    /** Events were received and dropped together. */
    void dropped(DropCause cause, long events, String peer, String why) {
        metrics.dropped(cause).add(events);
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
