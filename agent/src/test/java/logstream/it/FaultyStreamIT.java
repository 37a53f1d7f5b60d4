package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import logstream.local.LocalOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/**
 * A stream that throttles 5 % of the records, fails 1 % of the requests, loses the answers of another 1 %, and hangs up on some
 * after it has accepted them: nothing is lost, and what comes twice comes under the same key, and only from requests whose
 * answer was not seen.
 */
class FaultyStreamIT {
    private static final int CONNECTIONS = 4;
    private static final int EVENTS_IN_MESSAGE = 1_000;
    private static final int RECORDS_IN_REQUEST = 500;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @ParameterizedTest
    @ValueSource(ints = {100_000})
    @Symptom("Lines come late, and later")
    void nothingIsLost(int events, @TempDir Path folder, TestReporter reporter) throws Exception {
        run(events, 4, folder, reporter);
    }

    @Tag("proof")
    @ParameterizedTest
    @ValueSource(ints = {2_000_000})
    void nothingOfTwoMillionIsLost(int events, @TempDir Path folder, TestReporter reporter) throws Exception {
        run(events, 40, folder, reporter);
    }

    private static void run(int events, int shards, Path folder, TestReporter reporter) throws Exception {
        LocalOptions options = LocalOptions.defaults().withMaxBytes(256L << 20);
        try (LocalKinesis kinesis = LocalKinesis.start(0, options);
                ExecutorService senders = Executors.newFixedThreadPool(CONNECTIONS)) {
            kinesis.createStream(Yaml.STREAM, shards);
            kinesis.faults(Faults.none()
                    .withThrottledRecords(0.05)
                    .withFailedBefore(0.01)
                    .withFailedAfter(0.01)
                    .withHungUpAfter(0.005));
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            List<Future<Void>> sent = new ArrayList<>();
            for (int number = 0; number < CONNECTIONS; number++) {
                int from = number * (events / CONNECTIONS);
                int port = agent.forwardPort();
                sent.add(senders.submit(() -> {
                    send(port, from, from + events / CONNECTIONS);
                    return null;
                }));
            }
            try (StreamTally tally = StreamTally.open(kinesis.endpoint(), Yaml.STREAM, events)) {
                Awaitility.await("all of them")
                        .atMost(Duration.ofMinutes(10))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> tally.read() == events);
                for (Future<Void> one : sent) {
                    acked(one);
                }
                Accounting.awaitBalance(agent);
                tally.read();
                reporter.publishEntry("duplicates", Long.toString(tally.duplicates()));
                assertThat(tally.otherKeys()).as("events under two keys").isZero();
                assertThat(tally.duplicates())
                        .as("at most what requests held whose answer was not seen")
                        .isLessThanOrEqualTo(kinesis.score().failedRequests() * RECORDS_IN_REQUEST);
                assertThat(agent.metrics())
                        .containsEntry("logstream_records_delivered_total", (double) events)
                        .containsEntry("logstream_events_received_total", (double) events);
            }
            assertThat(agent.terminate()).as("exit code").isZero();
        }
    }

    private static void acked(Future<Void> sender) throws InterruptedException, ExecutionException {
        sender.get();
    }

    /** PackedForward, each message waits for its ack. */
    private static void send(int port, int from, int to) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            DataInputStream acks = new DataInputStream(socket.getInputStream());
            for (int first = from; first < to; first += EVENTS_IN_MESSAGE) {
                String token = "token-" + first;
                socket.getOutputStream().write(message(first, Math.min(to, first + EVENTS_IN_MESSAGE), token));
                byte[] ack = ack(token);
                byte[] answer = new byte[ack.length];
                acks.readFully(answer);
                assertThat(answer).isEqualTo(ack);
            }
        }
    }

    private static byte[] message(int from, int to, String token) throws IOException {
        try (MessageBufferPacker entries = MessagePack.newDefaultBufferPacker();
                MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            for (int event = from; event < to; event++) {
                entries.packArrayHeader(2).packLong(1_700_000_000L).packMapHeader(2);
                entries.packString("event").packString(Integer.toString(event));
                entries.packString("log").packString("what a container might write into one line of its log");
            }
            byte[] packed = entries.toByteArray();
            packer.packArrayHeader(3).packString(AckedLoad.TAG).packBinaryHeader(packed.length);
            packer.writePayload(packed);
            packer.packMapHeader(1).packString("chunk").packString(token);
            return packer.toByteArray();
        }
    }

    private static byte[] ack(String token) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(1).packString("ack").packString(token);
            return packer.toByteArray();
        }
    }
}
