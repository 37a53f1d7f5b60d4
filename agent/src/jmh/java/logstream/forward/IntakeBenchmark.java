package logstream.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.AddedFieldsConfig;
import logstream.pipeline.Ingest;
import logstream.pipeline.LiveTail;
import logstream.pipeline.MultilineRule;
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

    /** What the agent is asked for besides. */
    public enum Asked {
        NOTHING(PLAIN, AddedFieldsConfig.NONE, TimePrecision.SECONDS, false),
        /** Each line begins a record of its own. */
        MULTILINE_OF_ONE(PLAIN, MultilineRule.Preset.JAVA),
        MULTILINE_BY_EXPRESSION(PLAIN, new MultilineRule.Start("GET |POST ")),
        /** One record of as many lines as it may have. */
        MULTILINE_OF_MANY("\tat " + PLAIN, MultilineRule.Preset.JAVA),
        FIELDS(
                PLAIN,
                new AddedFieldsConfig(
                        List.of(new AddedFieldsConfig.Field("env", "production")),
                        Optional.of("host"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                TimePrecision.SECONDS,
                false),
        NANOSECONDS(PLAIN, AddedFieldsConfig.NONE, TimePrecision.NANOSECONDS, false),
        JSON_AS_TEXT(JSON, AddedFieldsConfig.NONE, TimePrecision.SECONDS, false),
        JSON_LIFTED(JSON, AddedFieldsConfig.NONE, TimePrecision.SECONDS, true),
        PLAIN_TO_LIFT(PLAIN, AddedFieldsConfig.NONE, TimePrecision.SECONDS, true);

        private final String line;
        private final RecordConfig config;

        Asked(String line, AddedFieldsConfig added, TimePrecision precision, boolean liftJson) {
            this.line = line;
            this.config = new RecordConfig(
                    RecordConfig.DEFAULT.tags(), true, RecordConfig.DEFAULT.joinTimeout(), true, added, precision, liftJson, List.of());
        }

        Asked(String line, MultilineRule.Grammar grammar) {
            this.line = line;
            this.config = RecordConfig.DEFAULT.withMultiline(List.of(new MultilineRule(List.of("**"), grammar, Duration.ofSeconds(1))));
        }
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
        around = scripted.around(new Ingest(buffer, asked.config, metrics, new Containers(InstantSource.system(), metrics.tags), new LiveTail(System::nanoTime)));
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
