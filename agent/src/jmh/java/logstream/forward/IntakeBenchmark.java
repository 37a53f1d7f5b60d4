package logstream.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.Ingest;
import logstream.pipeline.LiveTail;
import logstream.pipeline.RecordConfig;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
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
                                "log", "GET /index.html \"200\" ".repeat(8)),
                        Wire.hex("80")));
        messages = Wire.join(message);
        folder = Files.createTempDirectory("intake");
        Metrics metrics = new Metrics();
        buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics);
        around = scripted.around(new Ingest(buffer, RecordConfig.DEFAULT, metrics, new Containers(InstantSource.system(), metrics.tags), new LiveTail(System::nanoTime)));
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
