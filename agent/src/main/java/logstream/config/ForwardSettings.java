package logstream.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import logstream.forward.ForwardConfig;
import logstream.forward.ListenAddress;
import logstream.forward.MessageBounds;

/**
 * The settings of the section {@code forward}.
 *
 * <p>Threading: immutable.
 */
final class ForwardSettings {
    private static final int MIB = 1 << 20;
    private static final ForwardConfig DEFAULT = ForwardConfig.DEFAULT;
    private static final MessageBounds BOUNDS = DEFAULT.bounds();

    static final Setting<List<ListenAddress>> LISTEN = Setting.of(
            "forward.listen",
            ListenAddresses.type(),
            DEFAULT.listen(),
            "Where containers connect; anyone who reaches it can write into the stream.");
    static final Setting<Integer> MAX_CONNECTIONS = Setting.of(
            "forward.max_connections",
            Types.count(1, 100_000),
            DEFAULT.maxConnections(),
            "Connections open at once, one per container; more wait until one closes. An idle one costs about 1 KiB of memory.");
    static final Setting<Long> MAX_EVENT_SIZE = Setting.of(
            "forward.max_event_size",
            Types.size(1024, 2 * MIB),
            (long) BOUNDS.eventBytes(),
            "Largest event on the wire, line and all its fields; a larger one is dropped, counted and acknowledged.");
    static final Setting<Long> MAX_STRING_SIZE = Setting.of(
            "forward.max_string_size",
            Types.size(1024, 2 * MIB),
            (long) BOUNDS.stringBytes(),
            "Longest string in an event; an event with a longer one is dropped, counted and acknowledged.");
    static final Setting<Integer> MAX_NESTING = Setting.of(
            "forward.max_nesting",
            Types.count(4, 1000),
            BOUNDS.nesting(),
            "Deepest nesting of maps and arrays in an event; a deeper one is dropped, counted and acknowledged.");
    static final Setting<Long> MAX_MESSAGE_SIZE = Setting.of(
            "forward.max_message_size",
            Types.size(MIB, 1024L * MIB),
            BOUNDS.messageBytes(),
            "Largest message on the wire, with all its events; the events beyond are dropped, counted and acknowledged.");
    static final Setting<Integer> MAX_ENTRIES = Setting.of(
            "forward.max_entries",
            Types.count(1, 100_000_000),
            Math.toIntExact(BOUNDS.entries()),
            "Most events of a message; those beyond are dropped, counted and acknowledged.");
    static final Setting<Long> MAX_DECOMPRESSED_SIZE = Setting.of(
            "forward.max_decompressed_size",
            Types.size(MIB, 1024L * MIB),
            BOUNDS.decompressedBytes(),
            "Largest compressed message when decompressed; the events beyond are dropped, counted and acknowledged.");
    static final Setting<Integer> MAX_COMPRESSION_RATIO = Setting.of(
            "forward.max_compression_ratio",
            Types.count(10, 100_000),
            BOUNDS.compressionRatio(),
            "Most bytes out of one compressed byte, once 1 MiB came out; the events beyond are dropped, counted and acknowledged.");
    static final Setting<Duration> MESSAGE_TIMEOUT = Setting.of(
            "forward.message_timeout",
            Types.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            DEFAULT.messageTimeout(),
            "How long a sender may stop inside a message; then its connection is closed.");
    static final Setting<Long> MAX_WAITING_SIZE = Setting.of(
            "forward.max_waiting_size",
            Types.size(MIB, 1024L * MIB),
            DEFAULT.maxWaitingBytes(),
            "Memory for half messages of all connections, 8 KiB and what has come for each; when it is used up, the one that waits longest is closed.");

    static final List<Setting<?>> ALL = List.of(
            LISTEN,
            MAX_CONNECTIONS,
            MAX_EVENT_SIZE,
            MAX_STRING_SIZE,
            MAX_NESTING,
            MAX_MESSAGE_SIZE,
            MAX_ENTRIES,
            MAX_DECOMPRESSED_SIZE,
            MAX_COMPRESSION_RATIO,
            MESSAGE_TIMEOUT,
            MAX_WAITING_SIZE);

    private ForwardSettings() {}

    static ForwardConfig read(Binder binder, Path file) {
        return new ForwardConfig(
                binder.value(LISTEN),
                binder.value(MAX_CONNECTIONS),
                binder.value(MESSAGE_TIMEOUT),
                binder.value(TransportSettings.HANDSHAKE_TIMEOUT),
                binder.value(MAX_WAITING_SIZE),
                new MessageBounds(
                        Math.toIntExact(binder.value(MAX_EVENT_SIZE)),
                        Math.toIntExact(binder.value(MAX_STRING_SIZE)),
                        binder.value(MAX_NESTING),
                        binder.value(MAX_MESSAGE_SIZE),
                        binder.value(MAX_ENTRIES),
                        binder.value(MAX_DECOMPRESSED_SIZE),
                        binder.value(MAX_COMPRESSION_RATIO)),
                SecuritySettings.read(binder),
                binder.value(TransportSettings.UDP_HEARTBEAT),
                TransportSettings.readUnix(binder),
                TransportSettings.readTls(binder, file));
    }
}
