package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory has a ceiling: the program, which ends at the first allocation that fails, lives on its small heap through as
 * many connections as it takes, half messages on most of them, long lines on some and floods on others, while the stream
 * is away.
 */
class MemoryIT {
    private static final String TAG = "grid.devel/www-data/memory:devel/www-data/memory";
    private static final int QUIET = 1_900;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void everythingAtOnceFitsIntoTheHeap(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            int port = agent.forwardPort();
            kinesis.down();
            List<Socket> quiet = new ArrayList<>();
            for (int number = 0; number < QUIET; number++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                quiet.add(socket);
                byte[] event = event(number % 3 * 2_000);
                socket.getOutputStream().write(event, 0, event.length * 3 / 4);
            }
            List<Future<?>> floods = new ArrayList<>();
            for (int number = 0; number < 8; number++) {
                floods.add(threads.submit(() -> flood(port, 200, 40_000)));
                floods.add(threads.submit(() -> flood(port, 16_384, 1_000)));
                floods.add(threads.submit(() -> flood(port, 900_000, 10)));
            }
            for (Future<?> flood : floods) {
                flood.get();
            }
            kinesis.up();
            double whole = 8 * (40_000 + 1_000 + 10);
            await("every event")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> agent.metrics().getOrDefault("logstream_records_delivered_total", 0.0) >= whole);

            for (Socket socket : quiet) {
                socket.close();
            }
            Accounting.awaitBalance(agent);
            assertThat(agent.metrics()).containsEntry("logstream_records_delivered_total", whole);
            assertThat(agent.terminate()).as("exit code").isZero();
        }
    }

    /** Writes whole events and waits until the agent has read them all. */
    private static void flood(int port, int lineBytes, int events) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            byte[] event = event(lineBytes);
            for (int number = 0; number < events; number++) {
                out.write(event);
            }
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).as("the agent's end").isEqualTo(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By hand: a packer would keep megabytes for each of its threads. */
    private static byte[] event(int lineBytes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            byte[] tag = TAG.getBytes(StandardCharsets.US_ASCII);
            out.write(0x93);
            out.write(0xd9);
            out.write(tag.length);
            out.write(tag);
            out.write(0xce);
            out.writeInt(1_700_000_000);
            out.write(0x81);
            out.write(0xa3);
            out.write("log".getBytes(StandardCharsets.US_ASCII));
            out.write(0xdb);
            out.writeInt(lineBytes);
            out.write("x".repeat(lineBytes).getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }
}
