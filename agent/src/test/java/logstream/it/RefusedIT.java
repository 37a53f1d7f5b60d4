package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Records that Kinesis never accepts, in the middle of traffic: they cost themselves, and nothing else waits for them. */
class RefusedIT {
    private static final String REFUSED = "no stream takes this";
    private static final int REFUSED_EVENTS = 3;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void anOversizeAndRefusedRecordsCostOnlyThemselves(@TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.faults(Faults.none().withRefusedText(REFUSED));
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM);
                    AckedLoad load = AckedLoad.start(
                            agent.forwardPort(), 8, Duration.ofMillis(2), 300, new Random(1), count -> {})) {
                awaitMore(records, 200);
                Set<String> good = new HashSet<>();
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort())) {
                    for (int number = 0; number < REFUSED_EVENTS; number++) {
                        send(socket, "refused-" + number, REFUSED);
                        send(socket, "good-" + number, "well");
                        good.add("good-" + number);
                        awaitMore(records, 100);
                    }
                    // One byte each as they come, six as JSON: a record larger than the event that was taken.
                    send(socket, "oversize", "\u0001".repeat(200_000));
                    awaitMore(records, 200);
                }
                assertThat(load.finish())
                        .as("every connection got its last ack")
                        .isTrue();
                assertThat(load.failure()).as("a connection that broke").isEmpty();
                Accounting.awaitBalance(agent);

                Map<String, Double> page = agent.metrics();
                assertThat(page)
                        .containsEntry(
                                "logstream_records_dead_lettered_total{cause=\"refused\"}", (double) REFUSED_EVENTS)
                        .containsEntry("logstream_records_dead_lettered_total{cause=\"too_large\"}", 1.0)
                        .containsEntry("logstream_stream_open_shards", 2.0);
                assertThat(page.get("logstream_requests_failed_total{cause=\"invalid\"}"))
                        .as("requests that were refused, at most ten for each record to blame")
                        .isBetween((double) REFUSED_EVENTS, 10.0 * REFUSED_EVENTS);
                Program.Finished shown = PROGRAM.command(
                        new byte[0],
                        "dead-letters",
                        "show",
                        folder.resolve("buffer").toString());
                assertThat(shown.output())
                        .contains("ValidationException: A record contains what it must not.")
                        .contains("data and key are ");
                assertThat(agent.terminate()).as("exit code").isZero();

                good.addAll(load.acknowledged());
                assertThat(records.keysByEvent().keySet()).isEqualTo(good);
                Duplicates.none(records.keysByEvent());
            }
        }
    }

    /** No stall: in a few seconds some more arrive. */
    private static void awaitMore(StreamRecords records, int count) {
        int before = records.all().size();
        await("delivery that goes on")
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> records.all().size() >= before + count);
    }

    private static void send(Socket socket, String event, String text) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(3).packString(AckedLoad.TAG).packLong(1_700_000_000L);
            packer.packMapHeader(3);
            packer.packString("log").packString("line");
            packer.packString("event").packString(event);
            packer.packString("other").packString(text);
            socket.getOutputStream().write(packer.toByteArray());
        }
    }
}
