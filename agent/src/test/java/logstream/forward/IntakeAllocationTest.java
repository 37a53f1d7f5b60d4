package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import logstream.AllocatedBytes;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.Ingest;
import logstream.pipeline.LiveTail;
import logstream.pipeline.RecordConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the socket to the buffer no object is made for an event. */
@Timeout(120)
class IntakeAllocationTest {
    private static final int EVENTS = 20_000;
    private static final int ROUNDS = 15;

    /** The smallest object has 16: what is left is that of blocks and batches. */
    private static final double MOST_BYTES = 8;

    @TempDir
    private Path folder;

    @Test
    void anEventOfDockersIsDecodedEncodedAndAppendedWithoutAnObject() throws Exception {
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
                                "GET /index.html \"200\" ".repeat(8)),
                        Wire.hex("80")));
        byte[] messages = Wire.join(message);
        Metrics metrics = new Metrics();
        ScriptedConnection scripted = new ScriptedConnection();
        try (Buffer buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics)) {
            Connection.Surroundings around = scripted.around(new Ingest(
                    buffer,
                    RecordConfig.DEFAULT,
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
