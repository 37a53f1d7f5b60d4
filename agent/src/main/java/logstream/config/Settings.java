package logstream.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import logstream.AgentConfig;
import logstream.buffer.BufferConfig;
import logstream.forward.ForwardConfig;
import logstream.kinesis.KinesisConfig;
import logstream.metrics.MonitorConfig;
import logstream.pipeline.RecordConfig;

/**
 * Every setting there is: the one table that binding, error messages and the README's table are made from. Defaults come
 * from the records that the settings end up in.
 *
 * <p>Threading: immutable.
 */
public final class Settings {
    private static final int MIB = 1 << 20;

    /** Stands in where only the defaults of the other components are wanted. */
    private static final KinesisConfig KINESIS = KinesisConfig.of("");

    static final Setting<String> FORWARD_BIND = Setting.of(
            "forward.bind",
            Types.address(),
            ForwardConfig.DEFAULT.bind(),
            "Address on which containers connect; anyone who reaches it can write into the stream.");
    static final Setting<Integer> FORWARD_PORT = Setting.of(
            "forward.port", Types.port(), ForwardConfig.DEFAULT.port(), "TCP port on which containers connect.");
    static final Setting<Integer> FORWARD_MAX_CONNECTIONS = Setting.of(
            "forward.max_connections",
            Types.count(1, 100_000),
            ForwardConfig.DEFAULT.maxConnections(),
            "Connections open at once, one per container; more wait until one closes. Each costs 6 KiB of heap.");
    static final Setting<Long> FORWARD_MAX_EVENT_SIZE = Setting.of(
            "forward.max_event_size",
            Types.size(1024, 2 * MIB),
            (long) ForwardConfig.DEFAULT.maxEventBytes(),
            "Largest event on the wire, line and all its fields; a larger one is dropped, counted and acknowledged.");

    static final Setting<List<String>> RECORD_TAGS = Setting.of(
            "record.tags",
            Types.tagPatterns(),
            RecordConfig.DEFAULT.tags(),
            "Tags to ship, in fluentd's pattern syntax; events with other tags are counted and dropped.");

    static final Setting<Path> BUFFER_DIRECTORY = Setting.of(
            "buffer.directory",
            Types.folder(),
            BufferConfig.DEFAULT.directory(),
            "Folder of the buffer, used by one agent at a time; put it on a disk that survives restarts.");
    static final Setting<Long> BUFFER_CHUNK_SIZE = Setting.of(
            "buffer.chunk_size",
            Types.size(MIB, 16 * MIB),
            (long) BufferConfig.DEFAULT.chunkBytes(),
            "Size at which a chunk file is ended and the next one begun.");
    static final Setting<Integer> BUFFER_MAX_CHUNKS = Setting.of(
            "buffer.max_chunks",
            Types.count(2, 100_000),
            BufferConfig.DEFAULT.maxChunks(),
            "Chunk files at most; when all are in use, containers wait.");
    static final Setting<BufferConfig.Sync> BUFFER_SYNC = Setting.of(
            "buffer.sync",
            Types.choice(BufferConfig.Sync.class),
            BufferConfig.DEFAULT.sync(),
            "When the buffer is forced to disk: before each ack and at intervals, after every write, or never"
                    + " (a power cut may then lose acknowledged lines).");
    static final Setting<Duration> BUFFER_SYNC_INTERVAL = Setting.of(
            "buffer.sync_interval",
            Types.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            BufferConfig.DEFAULT.syncInterval(),
            "Longest time that lines nobody asked an ack for stay unforced.");
    static final Setting<Long> BUFFER_DEAD_LETTERS_MAX_SIZE = Setting.of(
            "buffer.dead_letters.max_size",
            Types.size(0, 1024L << 30),
            BufferConfig.DEFAULT.deadLetterBytes(),
            "Bound of the records that were given up on and kept aside; the oldest go first.");
    static final Setting<Duration> BUFFER_DEAD_LETTERS_MAX_AGE = Setting.of(
            "buffer.dead_letters.max_age",
            Types.duration(Duration.ofMinutes(1), Duration.ofDays(3650)),
            BufferConfig.DEFAULT.deadLetterAge(),
            "How long they are kept.");

    static final Setting<String> KINESIS_STREAM = Setting.required(
            "kinesis.stream",
            Types.text(
                    "a stream's name (letters, digits, '_', '-', '.'; at most 128) or its ARN",
                    "[A-Za-z0-9_.-]{1,128}|arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\\d{12}:stream/[A-Za-z0-9_.-]{1,128}"),
            "The stream that every line goes to.");
    static final Setting<String> KINESIS_REGION = Setting.unset(
            "kinesis.region",
            Types.text("a region, such as eu-west-1", "[a-z]{2,}(-[a-z0-9]+)+"),
            "AWS region; without it the environment, the profile or the instance says.");
    static final Setting<URI> KINESIS_ENDPOINT_URL = Setting.unset(
            "kinesis.endpoint_url",
            Types.httpUrl(),
            "Where to send instead of the region's own endpoint: a VPC endpoint, or a local one.");
    static final Setting<String> KINESIS_ROLE_ARN = Setting.unset(
            "kinesis.assume_role.role_arn",
            Types.text("the ARN of an IAM role", "arn:aws[a-z-]*:iam::\\d{12}:role/[\\x21-\\x7e]{1,512}"),
            "Role to assume; without it the credentials of the default chain are used as they are.");
    static final Setting<String> KINESIS_EXTERNAL_ID = Setting.unset(
            "kinesis.assume_role.external_id",
            Types.text("2 to 1224 letters, digits and '_+=,.@:/-'", "[\\w+=,.@:/-]{2,1224}"),
            "External id that the role asks for.");
    static final Setting<String> KINESIS_SESSION_NAME = Setting.of(
            "kinesis.assume_role.session_name",
            Types.text("2 to 64 letters, digits and '_+=,.@-'", "[\\w+=,.@-]{2,64}"),
            KINESIS.roleSessionName(),
            "Name of the session, as CloudTrail shows it.");
    static final Setting<Integer> KINESIS_MAX_BATCH_RECORDS = Setting.of(
            "kinesis.max_batch_records", Types.count(1, 500), KINESIS.maxBatchRecords(), "Records in one request.");
    static final Setting<Long> KINESIS_MAX_BATCH_SIZE = Setting.of(
            "kinesis.max_batch_size",
            Types.size(MIB, 10 * MIB),
            (long) KINESIS.maxBatchBytes(),
            "Data and keys in one request.");
    static final Setting<Integer> KINESIS_MAX_REQUESTS_IN_FLIGHT = Setting.of(
            "kinesis.max_requests_in_flight",
            Types.count(1, 64),
            KINESIS.maxRequestsInFlight(),
            "Requests that wait for their answer at once.");
    static final Setting<Duration> KINESIS_LINGER = Setting.of(
            "kinesis.linger",
            Types.duration(Duration.ZERO, Duration.ofMinutes(1)),
            KINESIS.linger(),
            "Longest wait of a record for a fuller batch.");
    static final Setting<Duration> KINESIS_REQUEST_TIMEOUT = Setting.of(
            "kinesis.request_timeout",
            Types.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)),
            KINESIS.requestTimeout(),
            "Longest wait for the answer to a request.");
    static final Setting<Integer> KINESIS_RETRY_LIMIT = Setting.of(
            "kinesis.retry_limit",
            Types.count(0, 1000),
            KINESIS.retryLimit(),
            "Retries while nothing is accepted, and of one record that is refused while others pass;"
                    + " past it, and only then, dead letters.");
    static final Setting<Duration> KINESIS_RETRY_WAIT = Setting.of(
            "kinesis.retry_wait",
            Types.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            KINESIS.retryWait(),
            "First wait while nothing is accepted; it doubles with each retry.");

    static final Setting<String> MONITOR_BIND = Setting.of(
            "monitor.bind", Types.address(), MonitorConfig.DEFAULT.bind(), "Address of `/healthz` and `/metrics`.");
    static final Setting<Integer> MONITOR_PORT = Setting.of(
            "monitor.port", Types.port(), MonitorConfig.DEFAULT.port(), "TCP port of `/healthz` and `/metrics`.");

    static final Setting<Duration> SHUTDOWN_GRACE = Setting.of(
            "shutdown.grace",
            Types.duration(Duration.ZERO, Duration.ofHours(1)),
            AgentConfig.DEFAULT_SHUTDOWN_GRACE,
            "How long, after SIGTERM, what is buffered is still sent; the rest stays in the buffer.");

    static final List<Setting<?>> ALL = List.of(
            FORWARD_BIND,
            FORWARD_PORT,
            FORWARD_MAX_CONNECTIONS,
            FORWARD_MAX_EVENT_SIZE,
            RECORD_TAGS,
            BUFFER_DIRECTORY,
            BUFFER_CHUNK_SIZE,
            BUFFER_MAX_CHUNKS,
            BUFFER_SYNC,
            BUFFER_SYNC_INTERVAL,
            BUFFER_DEAD_LETTERS_MAX_SIZE,
            BUFFER_DEAD_LETTERS_MAX_AGE,
            KINESIS_STREAM,
            KINESIS_REGION,
            KINESIS_ENDPOINT_URL,
            KINESIS_ROLE_ARN,
            KINESIS_EXTERNAL_ID,
            KINESIS_SESSION_NAME,
            KINESIS_MAX_BATCH_RECORDS,
            KINESIS_MAX_BATCH_SIZE,
            KINESIS_MAX_REQUESTS_IN_FLIGHT,
            KINESIS_LINGER,
            KINESIS_REQUEST_TIMEOUT,
            KINESIS_RETRY_LIMIT,
            KINESIS_RETRY_WAIT,
            MONITOR_BIND,
            MONITOR_PORT,
            SHUTDOWN_GRACE);

    private Settings() {}

    /** The README's table of settings, in Markdown, ending in a line feed. */
    public static String markdown() {
        return ALL.stream()
                .map(Settings::row)
                .collect(Collectors.joining(
                        "", "| Setting | Default | Allowed | What it does |\n| --- | --- | --- | --- |\n", ""));
    }

    private static String row(Setting<?> setting) {
        String defaultText = switch (setting.presence()) {
            case REQUIRED -> "*required*";
            case OPTIONAL -> setting.defaultText().isEmpty() ? "not set" : "`" + setting.defaultText() + "`";
        };
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %s |\n",
                setting.key(),
                defaultText,
                markdownText(setting.type().allowed()),
                setting.sentence());
    }

    /** Stars and underscores of patterns are no emphasis. */
    private static String markdownText(String text) {
        return text.replace("*", "\\*").replace("_", "\\_").replace("|", "\\|");
    }
}
