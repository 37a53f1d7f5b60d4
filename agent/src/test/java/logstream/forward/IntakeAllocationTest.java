package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import logstream.AllocatedBytes;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.AddedFieldsConfig;
import logstream.pipeline.CareConfig;
import logstream.pipeline.CareConfig.Preset;
import logstream.pipeline.CareConfig.RateLimit;
import logstream.pipeline.CareConfig.RedactionRule;
import logstream.pipeline.CareConfig.What;
import logstream.pipeline.Ingest;
import logstream.pipeline.LiveTail;
import logstream.pipeline.RateLimits;
import logstream.pipeline.RecordConfig;
import logstream.pipeline.RecordConfig.TimePrecision;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From the socket to the buffer no object is made for an event. */
@Timeout(120)
class IntakeAllocationTest {
    private static final int EVENTS = 20_000;
    private static final int ROUNDS = 15;

    /** The smallest object has 16: what is left is that of blocks and batches. */
    private static final double MOST_BYTES = 8;

    @TempDir
    private Path folder;

    /** What the agent is asked for, and the line that it is asked for it with. */
    record Asked(String what, RecordConfig config, String line) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Asked> asked() {
        AddedFieldsConfig added = new AddedFieldsConfig(
                List.of(new AddedFieldsConfig.Field("env", "production")),
                Optional.of("host"),
                Optional.of("instance"),
                Optional.of("region"),
                Optional.of("client"));
        List<RedactionRule> rules = new ArrayList<>(
                Arrays.stream(Preset.values()).map(RedactionRule::of).toList());
        rules.add(new RedactionRule("orders", new What.Matching("order-\\d+"), Optional.empty(), List.of("**")));
        RecordConfig redacted = RecordConfig.DEFAULT.withCare(new CareConfig(rules, List.of()));
        RateLimit limit = new RateLimit(
                List.of("grid.**"), OptionalLong.of(1_000_000_000), OptionalLong.empty(), CareConfig.DEFAULT_BURST);
        RecordConfig limited = RecordConfig.DEFAULT.withCare(new CareConfig(List.of(), List.of(limit)));
        String json = "{\"level\":\"info\",\"took\":12.5,\"at\":{\"path\":\"/\",\"q\":[1,2]}}";
        return Stream.of(
                new Asked("nothing", RecordConfig.DEFAULT, "GET /index.html \"200\" ".repeat(8)),
                new Asked("added fields", RecordConfig.DEFAULT.withAdded(added), "GET /index.html"),
                new Asked("nanoseconds", shaped(TimePrecision.NANOSECONDS, false), "GET /index.html"),
                new Asked("lifted JSON", shaped(TimePrecision.SECONDS, true), json),
                new Asked("redaction", redacted, "GET /index.html?a=1 \"200\" 4000 1234-5678"),
                new Asked("redaction that finds", redacted, "GET /login?password=hunter2 4111111111111111 order-1é"),
                new Asked("a rate limit", limited, "GET /index.html"));
    }

    private static RecordConfig shaped(TimePrecision precision, boolean liftJson) {
        return RecordConfig.DEFAULT.withTimePrecision(precision).withLiftJson(liftJson);
    }

    @ParameterizedTest
    @MethodSource("asked")
    void anEventOfDockersIsDecodedEncodedAndAppendedWithoutAnObject(Asked asked) throws Exception {
        byte[][] message = new byte[EVENTS][];
        Arrays.fill(
                message,
                Wire.array(
                        Wire.str("grid.a"),
                        Wire.integer(1_700_000_000L),
                        Wire.map(
                                "container_id",
                                "0123456789abcdef".repeat(4),
                                "container_name",
                                "/web",
                                "source",
                                "stdout",
                                "log",
                                asked.line),
                        Wire.hex("80")));
        byte[] messages = Wire.join(message);
        Metrics metrics = new Metrics();
        ScriptedConnection scripted = new ScriptedConnection();
        try (Buffer buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics)) {
            Connection.Surroundings around = scripted.around(new Ingest(
                    buffer,
                    asked.config,
                    metrics,
                    new Containers(InstantSource.system(), metrics.tags),
                    new RateLimits(System::nanoTime),
                    new LiveTail(System::nanoTime)));
            double bytes = AllocatedBytes.each(EVENTS, ROUNDS, () -> {
                ScriptedSocket socket = ScriptedSocket.of(messages);
                new Connection(socket, around, false, ended -> {}).run();
                return socket;
            });
            assertThat(buffer.bufferedFrames()).isEqualTo((long) EVENTS * ROUNDS);
            assertThat(bytes).as("bytes allocated for each event").isLessThan(MOST_BYTES);
        }
    }
}
