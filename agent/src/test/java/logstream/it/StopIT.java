package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import logstream.engines.AgentProcess;
import logstream.engines.DockerEngine;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import logstream.local.LocalOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** SIGTERM under load without acks, and a new agent on the same port and folder. */
class StopIT {
    private static final String TAG = "grid.devel/www-data/stop:devel/www-data/stop";
    private static final int SENDERS = 4;
    private static final int LINES = 300_000;

    /** All that is sent stays in the stream until it was looked at. */
    private static final LocalOptions ROOMY = LocalOptions.defaults().withMaxBytes(300 << 20);

    /** 4 senders at 5,000 events a second each. */
    private static final long PAUSE_NANOS = 200_000;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void sendersThatSeeOurCloseLoseNothing(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0, ROOMY);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            int port = agent.forwardPort();
            List<Future<Set<String>>> senders = new ArrayList<>();
            for (int number = 0; number < SENDERS; number++) {
                String name = "sender-" + number;
                senders.add(threads.submit(() -> writeUntilClosed(port, name)));
            }
            awaitReceived(agent, 5_000);
            assertThat(agent.terminate()).as("exit code").isZero();
            Set<String> written = new HashSet<>();
            for (Future<Set<String>> sender : senders) {
                written.addAll(sender.get());
            }

            AgentProcess next = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            Accounting.awaitBalance(next);

            assertThat(written).hasSizeGreaterThan(5_000);
            Set<String> missing = new HashSet<>(written);
            missing.removeAll(lines(kinesis));
            assertThat(missing).as("written, and not in the stream").isEmpty();
        }
    }

    /** It never reads, so it does not see the close: what it wrote and nobody read is lost. How much is printed. */
    @Test
    void dockersDriverLosesAtMostWhatWasOnItsWay(@TempDir Path folder) throws Exception {
        DockerEngine docker = DockerEngine.shared();
        try (LocalKinesis kinesis = LocalKinesis.start(0, ROOMY)) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            int port = agent.forwardPort();
            String id = docker.docker(
                            "run",
                            "--detach",
                            "--network=host",
                            "--log-driver=fluentd",
                            "--log-opt=fluentd-address=127.0.0.1:" + port,
                            "--log-opt=tag=" + TAG,
                            docker.image(),
                            "sh",
                            "-c",
                            "i=0; while [ $i -lt " + LINES + " ]; do i=$((i+1)); echo line-$i; done")
                    .orFail("docker run");
            awaitReceived(agent, 5_000);
            assertThat(agent.terminate()).as("exit code").isZero();

            String yaml = Yaml.of(folder, kinesis.endpoint()).replace("tcp://127.0.0.1:0", "tcp://127.0.0.1:" + port);
            AgentProcess next = PROGRAM.runWith(folder, yaml);
            assertThat(docker.docker("wait", id).orFail("docker wait")).isEqualTo("0");
            await("the last line")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> lines(kinesis).contains("line-" + LINES));
            Accounting.awaitBalance(next);
            docker.docker("rm", id).orFail("docker rm");

            Set<String> arrived = lines(kinesis);
            List<Integer> lost = IntStream.rangeClosed(1, LINES)
                    .filter(number -> !arrived.contains("line-" + number))
                    .boxed()
                    .toList();
            System.out.printf("Docker's driver lost %d of %d lines at a SIGTERM of the agent%n", lost.size(), LINES);
            if (!lost.isEmpty()) {
                assertThat(lost.getLast() - lost.getFirst() + 1)
                        .as("the lost lines from %d to %d are one stretch", lost.getFirst(), lost.getLast())
                        .isEqualTo(lost.size());
            }
        }
    }

    /** Writes events without acks; stops when it reads the end of the connection. Gives what was written whole. */
    private static Set<String> writeUntilClosed(int port, String name) throws IOException {
        Set<String> written = new HashSet<>();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            // Platform threads: busy virtual ones would keep this from seeing the end in time.
            Thread reader = Thread.ofPlatform().daemon().start(() -> awaitEnd(socket));
            OutputStream out = socket.getOutputStream();
            for (int number = 0; reader.isAlive(); number++) {
                String line = name + "-" + number;
                out.write(event(line));
                written.add(line);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            socket.shutdownOutput();
        }
        return written;
    }

    private static void awaitEnd(Socket socket) {
        try {
            int read = socket.getInputStream().read();
            assertThat(read).as("nothing but the end was asked for").isEqualTo(-1);
        } catch (IOException e) {
            throw new AssertionError("the connection was cut instead of closed", e);
        }
    }

    private static byte[] event(String line) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(3).packString(TAG).packInt(1_700_000_000);
            packer.packMapHeader(1).packString("log").packString(line);
            return packer.toByteArray();
        }
    }

    private static void awaitReceived(AgentProcess agent, double events) {
        await("events under way")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> agent.metrics().getOrDefault("logstream_events_received_total", 0.0) >= events);
    }

    private static Set<String> lines(LocalKinesis kinesis) {
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            return records.all().stream()
                    .map(one -> one.json().path("log").asText())
                    .collect(Collectors.toSet());
        }
    }
}
