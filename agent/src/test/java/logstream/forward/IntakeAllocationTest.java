package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import logstream.AllocatedBytes;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.AddedFieldsConfig;
import logstream.pipeline.Ingest;
import logstream.pipeline.LiveTail;
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
        String json = "{\"level\":\"info\",\"took\":12.5,\"at\":{\"path\":\"/\",\"q\":[1,2]}}";
        return Stream.of(
                new Asked("nothing", RecordConfig.DEFAULT, "GET /index.html \"200\" ".repeat(8)),
                new Asked("added fields", RecordConfig.DEFAULT.withAdded(added), "GET /index.html"),
                new Asked("nanoseconds", shaped(TimePrecision.NANOSECONDS, false), "GET /index.html"),
                new Asked("lifted JSON", shaped(TimePrecision.SECONDS, true), json));
    }

    private static RecordConfig shaped(TimePrecision precision, boolean liftJson) {
        return new RecordConfig(
                RecordConfig.DEFAULT.tags(),
                true,
                RecordConfig.DEFAULT.joinTimeout(),
                true,
                AddedFieldsConfig.NONE,
                precision,
                liftJson,
                List.of());
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
