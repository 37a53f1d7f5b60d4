package logstream.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Everything the agent counts, in one place: plain counters for the data path, shown by {@link MetricsPage}.
 *
 * <p>Invariant (promise 1, "accounting balances"), whenever the agent is at rest:
 * {@code recovered + received + created = delivered + buffered + deadLettered + dropped + merged}.
 * All seven counters count events (one event is one record, or one piece).
 *
 * <p>Threading: every member may be used from any thread; counting never blocks.
 */
public final class Metrics {
    /** Why an event was dropped. The label on the metrics page is the name in lower case. */
    public enum DropCause {
        /** The entry of a message was no event: no map, no time, no readable tag. */
        INVALID,
        /** The tag matches none of the patterns in {@code record.tags}. */
        UNMATCHED_TAG,
        /** Larger than a bound of {@code forward}, behind such a bound in its message, or larger than anything the buffer takes. */
        TOO_LARGE,
        /** No log line, but a mark that Fluent Bit sends where a group of events begins or ends. */
        GROUP_MARK,
        /** Its bytes in a chunk no longer check, or are no longer there. */
        DAMAGED,
        /** The buffer was full, and {@code buffer.overflow} says to drop. */
        OVERFLOW,
        /** Its container had sent more than {@code record.rate_limit} lets it. */
        RATE_LIMIT
    }

    /** Why the agent made an event of its own. */
    public enum CreateCause {
        /** An event too large for one record was cut: each piece after the first. */
        CUT,
        /** A dead letter was put into the buffer again. When it became one, it was counted as a dead letter for good. */
        REPLAYED,
        /** A record was read from a file buffer of fluentd. */
        IMPORTED,
        /** A record that tells the stream's consumers how many events were lost. */
        LOSS_NOTICE,
        /** Lines that are joined ended when the last of them was in the buffer: an empty piece behind them. */
        PARAGRAPH_END
    }

    /** Why a record was given up on and kept aside. */
    public enum DeadLetterCause {
        TOO_LARGE,
        REFUSED,
        RETRIES_EXHAUSTED
    }

    /** Why a record is sent again. */
    public enum RetryCause {
        THROTTLED,
        FAILED,
        UNAVAILABLE,
        OPERATOR
    }

    /** Why a PutRecords request failed as a whole. What to do about each is in docs/delivery.md. */
    public enum RequestFailure {
        THROTTLED,
        /** A server's error, or the request was too slow for it. */
        SERVER,
        /** Time-out, reset, refused connection, unknown host, or an answer that cannot be read. */
        NO_ANSWER,
        STREAM_MISSING,
        KMS_KEY,
        KMS_PERMISSION,
        PERMISSION,
        /** They are there, and refused. */
        CREDENTIALS,
        NO_CREDENTIALS,
        EXPIRED,
        CLOCK,
        REGION,
        /** The role may not be assumed. */
        ROLE,
        CERTIFICATE,
        /** What answers does not speak Kinesis. */
        ENDPOINT,
        SETTING,
        TOO_LARGE,
        /** One of its records cannot be accepted. */
        INVALID,
        UNKNOWN
    }

    /** Why a message, or a whole connection, was given up on. */
    public enum MalformedCause {
        /** The bytes are not msgpack: the connection is closed. */
        NOT_MSGPACK,
        /** On a connection that speaks JSON the bytes are not JSON: the connection is closed. */
        NOT_JSON,
        /**
         * Inside a PackedForward payload the bytes are not msgpack, or not what gzip or zstd make: the rest of the payload is
         * skipped, and acknowledged.
         */
        BROKEN_PAYLOAD,
        /** Metrics or traces instead of log lines: acknowledged, the connection stays. */
        UNSUPPORTED_SIGNAL,
        /** A compressed payload where the decompressor cannot be loaded: the connection is closed, without an ack. */
        UNSUPPORTED_COMPRESSION,
        /** A value that is no message: ignored, the connection stays. */
        NOT_A_MESSAGE,
        /** The connection ended inside a message. */
        CUT_OFF,
        /** A message beyond a bound of {@code forward}, an ack token beyond its limit, or a connection that kept memory too long. */
        OVER_LIMIT,
        /** A handshake that failed: nothing was taken from the connection, and it is closed. */
        UNAUTHORIZED,
        /** The sender stopped inside a message, or did not read its acks, for too long: the connection is closed. */
        STALLED
    }

    /** Why a TLS handshake failed. */
    public enum TlsFailure {
        /** The first byte was none of TLS. */
        PLAIN_TEXT,
        /** The sender's certificate is missing, or signed by nobody who is trusted. */
        UNTRUSTED,
        /** It was not done in time. */
        TIMED_OUT,
        /** Anything else: no common version or cipher, our certificate refused, broken records. */
        FAILED
    }

    // Intake.
    public final LongAdder connectionsOpened = new LongAdder();
    public final LongAdder connectionsClosed = new LongAdder();
    /** Never opened: their peers' addresses are in none of the networks that may connect. */
    public final LongAdder connectionsRefused = new LongAdder();

    public final LongAdder bytesReceived = new LongAdder();
    public final LongAdder messagesReceived = new LongAdder();
    public final LongAdder heartbeatsReceived = new LongAdder();
    public final LongAdder heartbeatsAnswered = new LongAdder();
    public final LongAdder acksSent = new LongAdder();
    public final LongAdder eventsReceived = new LongAdder();
    /** Lines that were joined to the one before, by {@code record.multiline}. */
    public final LongAdder linesJoined = new LongAdder();

    /** What was taken out of lines, by rule: each place once. */
    public final RuleCounters redacted = new RuleCounters();
    /** Texts that were replaced whole, by the rule that took too long for them. */
    public final RuleCounters redactionGaveUp = new RuleCounters();

    // Buffer.
    public final LongAdder framesRecovered = new LongAdder();
    public final LongAdder framesAppended = new LongAdder();
    public final LongAdder bytesAppended = new LongAdder();
    public final LongAdder bytesTorn = new LongAdder();
    public final LongAdder forces = new LongAdder();
    public final LongAdder forcesFailed = new LongAdder();
    public final LongAdder diskShortages = new LongAdder();
    public final LongAdder deadLetterFilesDeleted = new LongAdder();
    /** Records in those files, as far as they could be read. */
    public final LongAdder deadLettersDeleted = new LongAdder();

    // Delivery.
    /** Pieces that became part of a record together with others, without one for the record; and repeated pieces. */
    public final LongAdder eventsMerged = new LongAdder();

    public final LongAdder recordsDelivered = new LongAdder();
    public final LongAdder bytesDelivered = new LongAdder();
    public final LongAdder requestsSent = new LongAdder();
    /** Times that the stream did not tell its facts. */
    public final LongAdder streamFactsFailed = new LongAdder();

    /** Times that the configuration was loaded again, also when nothing had changed. */
    public final LongAdder configReloads = new LongAdder();
    /** Times that it was not, because of what was in it. */
    public final LongAdder configReloadsRefused = new LongAdder();

    /** The same of intake, by tag. */
    public final Tags tags = new Tags();

    private final Map<DropCause, LongAdder> dropped = counters(DropCause.class);
    private final Map<CreateCause, LongAdder> created = counters(CreateCause.class);
    private final Map<DeadLetterCause, LongAdder> deadLettered = counters(DeadLetterCause.class);
    private final Map<RetryCause, LongAdder> retried = counters(RetryCause.class);
    private final Map<RequestFailure, LongAdder> requestsFailed = counters(RequestFailure.class);
    private final Map<MalformedCause, LongAdder> malformed = counters(MalformedCause.class);
    private final Map<TlsFailure, LongAdder> tlsFailed = counters(TlsFailure.class);

    private volatile Gauges gauges = Gauges.NONE;
    private volatile Optional<StreamFacts> streamFacts = Optional.empty();

    /**
     * What is read when the page is asked for, not counted. Ages are in milliseconds; 0 when nothing waits. The sending rate is in
     * thousandths of what one shard takes.
     */
    public record Gauges(
            LongSupplier bufferedFrames,
            LongSupplier bufferedBytes,
            LongSupplier bufferChunks,
            LongSupplier oldestPendingMillis,
            LongSupplier waitingForRoom,
            LongSupplier diskFreeBytes,
            LongSupplier requestsInFlight,
            LongSupplier deadLetterBytes,
            LongSupplier maxChunks,
            LongSupplier sendingRateMilliShards) {
        static final Gauges NONE =
                new Gauges(() -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0);
    }

    /**
     * What the stream said of itself when it was last asked.
     *
     * @param name its name
     * @param mode PROVISIONED or ON_DEMAND
     * @param status ACTIVE or UPDATING
     * @param encryption NONE or KMS
     * @param openShards shards that take records
     * @param maxRecordBytes data and key of one record, in bytes
     */
    public record StreamFacts(
            String name, String mode, String status, String encryption, int openShards, int maxRecordBytes) {}

    public LongAdder dropped(DropCause cause) {
        return counter(dropped, cause);
    }

    public LongAdder created(CreateCause cause) {
        return counter(created, cause);
    }

    public LongAdder deadLettered(DeadLetterCause cause) {
        return counter(deadLettered, cause);
    }

    public LongAdder retried(RetryCause cause) {
        return counter(retried, cause);
    }

    public LongAdder requestsFailed(RequestFailure cause) {
        return counter(requestsFailed, cause);
    }

    public LongAdder malformed(MalformedCause cause) {
        return counter(malformed, cause);
    }

    public LongAdder tlsFailed(TlsFailure cause) {
        return counter(tlsFailed, cause);
    }

    /** Set once by the agent when its parts are built. */
    public void gauges(Gauges suppliers) {
        gauges = suppliers;
    }

    /** The newest; the last ones stay while the stream cannot be asked. */
    public void streamFacts(StreamFacts facts) {
        streamFacts = Optional.of(facts);
    }

    /** Empty until the stream was first asked and answered. */
    public Optional<StreamFacts> streamFacts() {
        return streamFacts;
    }

    public Gauges gauges() {
        return gauges;
    }

    private static <E extends Enum<E>> Map<E, LongAdder> counters(Class<E> causes) {
        Map<E, LongAdder> counters = new EnumMap<>(causes);
        for (E cause : causes.getEnumConstants()) {
            counters.put(cause, new LongAdder());
        }
        return counters;
    }

    private static <E extends Enum<E>> LongAdder counter(Map<E, LongAdder> counters, E cause) {
        LongAdder counter = counters.get(cause);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + cause);
        }
        return counter;
    }
}
