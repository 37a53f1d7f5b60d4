package logstream.forward;

import logstream.pipeline.CareConfig.Preset;
import logstream.pipeline.CareConfig.RateLimit;
import logstream.pipeline.CareConfig.RedactionRule;
import logstream.pipeline.CareConfig.What;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.AddedFieldsConfig;
import logstream.pipeline.CareConfig;
import logstream.pipeline.Ingest;
import logstream.pipeline.LiveTail;
import logstream.pipeline.MultilineRule;
import logstream.pipeline.RateLimits;
import logstream.pipeline.RecordConfig;
import logstream.pipeline.RecordConfig.TimePrecision;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Each event of Docker's: decoded, encoded as a record and appended. A second fills a few hundred MB, which go then. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class IntakeBenchmark {
    private static final int EVENTS = 2_000;
    private static final String PLAIN = "GET /index.html \"200\" ".repeat(8);
    private static final String JSON = "{\"level\":\"info\",\"method\":\"GET\",\"path\":\"/index.html\",\"status\":200,"
            + "\"took\":0.0125,\"user\":{\"id\":12345,\"roles\":[\"a\",\"b\"]},\"request\":\"5f0e5f0e5f0e5f0e\",\"note\":\"as it was\"}";

    private static final String SECRET = "GET /login?user=bob&password=hunter2 \"200\" ".repeat(4);

    /** What the agent is asked for besides. */
    public enum Asked {
        NOTHING(PLAIN, RecordConfig.DEFAULT),
        /** Each line begins a record of its own. */
        MULTILINE_OF_ONE(PLAIN, MultilineRule.Preset.JAVA),
        MULTILINE_BY_EXPRESSION(PLAIN, new MultilineRule.Start("GET |POST ")),
        /** One record of as many lines as it may have. */
        MULTILINE_OF_MANY("\tat " + PLAIN, MultilineRule.Preset.JAVA),
        FIELDS(
                PLAIN,
                RecordConfig.DEFAULT.withAdded(new AddedFieldsConfig(
                        List.of(new AddedFieldsConfig.Field("env", "production")),
                        Optional.of("host"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))),
        NANOSECONDS(PLAIN, RecordConfig.DEFAULT.withTimePrecision(TimePrecision.NANOSECONDS)),
        JSON_AS_TEXT(JSON, RecordConfig.DEFAULT),
        JSON_LIFTED(JSON, RecordConfig.DEFAULT.withLiftJson(true)),
        PLAIN_TO_LIFT(PLAIN, RecordConfig.DEFAULT.withLiftJson(true)),
        PRESETS(PLAIN, redacting(PRESETS_ALL)),
        PRESETS_JSON(JSON, redacting(PRESETS_ALL)),
        PRESETS_FIND(SECRET, redacting(PRESETS_ALL)),
        SECRET_AS_IT_IS(SECRET, RecordConfig.DEFAULT),
        OWN_RULE(PLAIN, redacting(List.of(OWN))),
        RATE_LIMIT(PLAIN, limited(1_000_000_000)),
        RATE_LIMIT_CUTS(PLAIN, limited(1));

        private final String line;
        private final RecordConfig config;

        Asked(String line, RecordConfig config) {
            this.line = line;
            this.config = config;
        }

        Asked(String line, MultilineRule.Grammar grammar) {
            this.line = line;
            this.config = RecordConfig.DEFAULT.withMultiline(List.of(new MultilineRule(List.of("**"), grammar, Duration.ofSeconds(1))));
        }
    }

    private static final List<RedactionRule> PRESETS_ALL =
            Arrays.stream(Preset.values()).map(RedactionRule::of).toList();
    private static final RedactionRule OWN = new RedactionRule(
            "orders", new What.Matching("order-[0-9]{8}"), Optional.empty(), List.of("**"));

    private static RecordConfig redacting(List<RedactionRule> rules) {
        return RecordConfig.DEFAULT.withCare(new CareConfig(rules, List.of()));
    }

    private static RecordConfig limited(long lines) {
        RateLimit limit =
                new RateLimit(List.of("**"), OptionalLong.of(lines), OptionalLong.empty(), CareConfig.DEFAULT_BURST);
        return RecordConfig.DEFAULT.withCare(new CareConfig(List.of(), List.of(limit)));
    }

    @Param
    public Asked asked = Asked.NOTHING;

    private final ScriptedConnection scripted = new ScriptedConnection();
    private byte[] messages = {};
    private Path folder;
    private Buffer buffer;
    private Connection.Surroundings around;

    @Setup(Level.Iteration)
    public void open() throws IOException {
        byte[][] message = new byte[EVENTS][];
        Arrays.fill(
                message,
                Wire.array(
                        Wire.str("grid.a"),
                        Wire.integer(1_700_000_000L),
                        Wire.map(
                                "container_id", "0123456789abcdef".repeat(4),
                                "container_name", "/web",
                                "source", "stdout",
                                "log", asked.line),
                        Wire.hex("80")));
        messages = Wire.join(message);
        folder = Files.createTempDirectory("intake");
        Metrics metrics = new Metrics();
        buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics);
        around = scripted.around(new Ingest(buffer, asked.config, metrics, new Containers(InstantSource.system(), metrics.tags), new RateLimits(System::nanoTime), new LiveTail(System::nanoTime)));
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        buffer.close();
        try (var files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void decodeEncodeAppend() {
        new Connection(ScriptedSocket.of(messages), around, false, ended -> {}).run();
    }
}
