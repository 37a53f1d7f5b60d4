package logstream.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DeadLetterCause;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.Gauges;
import logstream.metrics.Metrics.MalformedCause;
import logstream.metrics.Metrics.RequestFailure;
import logstream.metrics.Metrics.RetryCause;
import logstream.metrics.Metrics.StreamFacts;
import logstream.metrics.Metrics.TlsFailure;

/**
 * Shows {@link Metrics} in Prometheus' text format. The names here are an outward face: dashboards and alarms use them.
 *
 * <p>Threading: {@link #text} may be called from any thread.
 */
public final class MetricsPage {
    /** What {@link #text} is, for the HTTP header. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final Metrics metrics;
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer =
            PrometheusTextFormatWriter.builder().build();

    public MetricsPage(Metrics metrics) {
        this.metrics = metrics;
        registerIntake();
        registerBuffer();
        registerDelivery();
        registerStream();
        registerConfig();
    }

    /** The page as it is now, UTF-8. */
    public byte[] text() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        writer.write(text, registry.scrape());
        return text.toByteArray();
    }

    private void registerIntake() {
        counter("connections_opened", "Connections accepted from senders.", metrics.connectionsOpened);
        counter("connections_closed", "Connections that have ended.", metrics.connectionsClosed);
        counter(
                "connections_refused",
                "Connections closed at once, from addresses that may not connect.",
                metrics.connectionsRefused);
        counter("received_bytes", "Bytes read from senders.", metrics.bytesReceived);
        counter("messages_received", "Forward messages read.", metrics.messagesReceived);
        counter("heartbeats_received", "Heartbeats read.", metrics.heartbeatsReceived);
        counter("udp_heartbeats_answered", "Heartbeats answered over UDP.", metrics.heartbeatsAnswered);
        counters(
                "tls_handshakes_failed",
                "TLS connections closed before their first message.",
                TlsFailure.values(),
                metrics::tlsFailed);
        counter("acks_sent", "Acks written.", metrics.acksSent);
        counters(
                "messages_malformed",
                "Messages, or the rest of a connection, given up on.",
                MalformedCause.values(),
                metrics::malformed);
        counter("events_received", "Events read, whatever became of them.", metrics.eventsReceived);
        counters("events_dropped", "Events that will not be delivered.", DropCause.values(), metrics::dropped);
        tags("tag_events_received", "Whole events read, by tag.", one -> one.received);
        tags("tag_events_dropped", "Of those, events that intake dropped, by tag.", one -> one.dropped);
        rules("redacted", "Secrets taken out of lines, by rule of record.redact.", metrics.redacted);
        rules(
                "redaction_gave_up",
                "Texts replaced whole, because the rule would have taken too long.",
                metrics.redactionGaveUp);
        counters("events_created", "Events made by the agent itself.", CreateCause.values(), metrics::created);
        counter("lines_joined", "Lines joined to the one before, by record.multiline.", metrics.linesJoined);
    }

    private void registerBuffer() {
        counter("events_recovered", "Events found in the buffer at start.", metrics.framesRecovered);
        counter("events_appended", "Events appended to the buffer.", metrics.framesAppended);
        counter("appended_bytes", "Bytes appended to the buffer.", metrics.bytesAppended);
        counter("buffer_torn_bytes", "Bytes of chunks that did not check and were set aside.", metrics.bytesTorn);
        counter("buffer_forces", "Times the buffer was forced to disk.", metrics.forces);
        counter("buffer_forces_failed", "Times that forcing or writing the buffer failed.", metrics.forcesFailed);
        counter(
                "buffer_disk_shortages",
                "Times that the disk had no room left for a chunk above buffer.min_free.",
                metrics.diskShortages);
        counter(
                "dead_letter_files_deleted",
                "Files of dead letters deleted to keep their bounds.",
                metrics.deadLetterFilesDeleted);
        counter("dead_letters_deleted", "Dead letters in those files.", metrics.deadLettersDeleted);
        gauge("buffer_events", "Events in the buffer, not yet done with.", 1, Gauges::bufferedFrames);
        gauge("buffer_bytes", "Bytes of the chunk files.", 1, Gauges::bufferedBytes);
        gauge("buffer_chunks", "Chunk files.", 1, Gauges::bufferChunks);
        gauge("buffer_max_chunks", "Chunk files at which the buffer is full.", 1, Gauges::maxChunks);
        gauge("buffer_oldest_seconds", "Age of the oldest event in the buffer.", 0.001, Gauges::oldestPendingMillis);
        gauge("buffer_waiting_connections", "Connections that wait for room in the buffer.", 1, Gauges::waitingForRoom);
        gauge("buffer_disk_free_bytes", "Bytes free on the buffer's file system.", 1, Gauges::diskFreeBytes);
    }

    private void registerDelivery() {
        counter("events_merged", "Pieces of lines that went out in a record with others.", metrics.eventsMerged);
        counter("records_delivered", "Records that the stream accepted.", metrics.recordsDelivered);
        counter(
                "delivered_bytes",
                "Bytes of records that the stream accepted, keys not counted.",
                metrics.bytesDelivered);
        counters("records_retried", "Records sent again.", RetryCause.values(), metrics::retried);
        counters(
                "records_dead_lettered",
                "Records given up on and kept aside.",
                DeadLetterCause.values(),
                metrics::deadLettered);
        counter("requests_sent", "PutRecords requests sent.", metrics.requestsSent);
        counters(
                "requests_failed",
                "PutRecords requests that failed as a whole.",
                RequestFailure.values(),
                metrics::requestsFailed);
        gauge("requests_in_flight", "PutRecords requests on their way.", 1, Gauges::requestsInFlight);
        gauge(
                "sending_rate_shards",
                "What is sent at most, in what a shard takes in a second: 1000 records or 1 MiB.",
                0.001,
                Gauges::sendingRateMilliShards);
        gauge("dead_letter_bytes", "Bytes of dead letters kept on disk.", 1, Gauges::deadLetterBytes);
    }

    private void registerConfig() {
        counter("config_reloads", "Times that the configuration was loaded again.", metrics.configReloads);
        counter(
                "config_reloads_refused",
                "Times that the configuration was to be loaded again, and the one before stayed.",
                metrics.configReloadsRefused);
    }

    /** Without a sample until the stream has told its facts. */
    private void registerStream() {
        counter("stream_facts_failed", "Times that the stream did not tell its facts.", metrics.streamFactsFailed);
        GaugeWithCallback.builder()
                .name("logstream_stream_info")
                .help("The stream, as it was when last asked; always 1.")
                .labelNames("stream", "mode", "status", "encryption")
                .callback(callback -> metrics.streamFacts()
                        .ifPresent(facts ->
                                callback.call(1, facts.name(), facts.mode(), facts.status(), facts.encryption())))
                .register(registry);
        streamGauge("stream_open_shards", "Shards that take records.", StreamFacts::openShards);
        streamGauge("stream_max_record_bytes", "Data and key that one record may have.", StreamFacts::maxRecordBytes);
    }

    private void streamGauge(String name, String help, ToIntFunction<StreamFacts> value) {
        GaugeWithCallback.builder()
                .name("logstream_" + name)
                .help(help)
                .callback(callback -> metrics.streamFacts().ifPresent(facts -> callback.call(value.applyAsInt(facts))))
                .register(registry);
    }

    private void counter(String name, String help, LongAdder counter) {
        CounterWithCallback.builder()
                .name("logstream_" + name)
                .help(help)
                .callback(callback -> callback.call((double) counter.sum()))
                .register(registry);
    }

    private <E extends Enum<E>> void counters(String name, String help, E[] causes, Function<E, LongAdder> counter) {
        CounterWithCallback.builder()
                .name("logstream_" + name)
                .help(help)
                .labelNames("cause")
                .callback(callback -> {
                    for (E cause : causes) {
                        callback.call(
                                (double) counter.apply(cause).sum(),
                                cause.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(registry);
    }

    private void tags(String name, String help, Function<Tags.Counters, LongAdder> counter) {
        CounterWithCallback.builder()
                .name("logstream_" + name)
                .help(help)
                .labelNames("tag")
                .callback(callback -> metrics.tags
                        .all()
                        .forEach(
                                one -> callback.call((double) counter.apply(one).sum(), one.tag())))
                .register(registry);
    }

    private void rules(String name, String help, RuleCounters rules) {
        CounterWithCallback.builder()
                .name("logstream_" + name)
                .help(help)
                .labelNames("rule")
                .callback(callback ->
                        rules.all().forEach((rule, counter) -> callback.call((double) counter.sum(), rule)))
                .register(registry);
    }

    private void gauge(String name, String help, double unit, Function<Gauges, LongSupplier> gauge) {
        GaugeWithCallback.builder()
                .name("logstream_" + name)
                .help(help)
                .callback(callback ->
                        callback.call(unit * gauge.apply(metrics.gauges()).getAsLong()))
                .register(registry);
    }
}
