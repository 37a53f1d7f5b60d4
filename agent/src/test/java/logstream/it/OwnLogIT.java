package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** What the real program says of itself: no payload, no secret, and nothing that makes it say more. */
class OwnLogIT {
    private static final String MARK = "Q7Z9";
    private static final String SECRET = MARK + "-a-secret-of-thirty-characters-" + MARK;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int TIMES_FED_BACK = 50;
    private static final int BUFFER_AND_MORE = 400;
    private static final String DROPPING = "buffer.overflow is drop_newest";

    @RegisterExtension
    static final Program PROGRAM = new Program();

    /** As when Docker's fluentd driver of the agent's own container sends to the agent. */
    @Test
    @Symptom("The agent's own log is in the stream")
    void aLineOfTheAgentThatIsFedBackToItMakesNoOther(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = PROGRAM.runWith(
                    folder,
                    Yaml.of(folder, kinesis.endpoint()).replace("listen:", "max_event_size: 2KiB\n  listen:")
                            + "log: {level: debug}\n");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort())) {
                send(socket, AckedLoad.TAG, "first");
                send(socket, "other.tag", "a tag that is not shipped");
                send(socket, AckedLoad.TAG, "large ".repeat(1_000));
                await("the stream answers and the log is quiet")
                        .atMost(PATIENCE)
                        .until(() -> agent.metrics().getOrDefault("logstream_records_delivered_total", 0.0) >= 1
                                && agent.output().contains("is ACTIVE"));
                assertThat(agent.output()).contains("other.tag", "cause=too_large");

                List<String> said = saidOfIntake(agent);
                for (int time = 0; time < TIMES_FED_BACK; time++) {
                    for (String line : said) {
                        send(socket, AckedLoad.TAG, line);
                        send(socket, "other.tag", line);
                    }
                }

                assertThat(saidOfIntake(agent)).isEqualTo(said);
                assertThat(agent.metrics())
                        .containsEntry("logstream_events_dropped_total{cause=\"too_large\"}", 1.0)
                        .containsEntry(
                                "logstream_events_dropped_total{cause=\"unmatched_tag\"}",
                                1.0 + TIMES_FED_BACK * said.size());
            }
            Accounting.awaitBalance(agent);
        }
    }

    /** Without what is said of the way to the stream, which is busy meanwhile. */
    private static List<String> saidOfIntake(AgentProcess agent) {
        return agent.output().lines().filter(line -> !line.contains(" Outage ")).toList();
    }

    /** Docker's driver wants no acks by default: a full buffer drops what the agent says, and that it does is worth a line. */
    @Test
    void whereItsOwnLinesAreDroppedThatIsSaidNoMoreOften(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.down();
            AgentProcess agent = PROGRAM.runWith(
                    folder,
                    Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB")
                            .replace("buffer:\n", "buffer:\n  max_chunks: 3\n  overflow: drop_newest\n"));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort())) {
                int sent = 0;
                while (sent < BUFFER_AND_MORE) {
                    sendWithoutAck(socket, "x".repeat(10_000));
                    sent++;
                }
                await("the agent says that it drops")
                        .atMost(PATIENCE)
                        .until(() -> agent.output().contains(DROPPING));
                long begun = System.nanoTime();
                List<String> said = agent.output().lines().toList();
                for (int time = 0; time < TIMES_FED_BACK; time++) {
                    for (String line : said) {
                        sendWithoutAck(socket, line);
                        sent++;
                    }
                }
                double all = sent;
                await("all is read")
                        .atMost(PATIENCE)
                        .until(() -> agent.metrics().getOrDefault("logstream_events_received_total", 0.0) == all);

                List<String> now = agent.output().lines().toList();
                long tenSeconds = (System.nanoTime() - begun) / 10_000_000_000L;
                assertThat(now.stream().filter(line -> line.contains(DROPPING)).count())
                        .isLessThanOrEqualTo(2 + tenSeconds);
                assertThat(now).hasSizeLessThan(said.size() + TIMES_FED_BACK);
            }
            kinesis.up();
            Accounting.awaitBalance(agent);
        }
    }

    @Test
    void noPayloadIsInIt(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.faults(Faults.none().withRefusedText(MARK + "-refused"));
            AgentProcess agent = PROGRAM.runWith(
                    folder, Yaml.of(folder, kinesis.endpoint()) + "log: {level: debug, format: json}\n");
            int port = agent.forwardPort();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                send(socket, AckedLoad.TAG, MARK);
                send(socket, AckedLoad.TAG, MARK + "-refused");
                send(socket, AckedLoad.TAG, (MARK + '\u0001').repeat(100_000)); // as JSON above a record's limit
                send(socket, "other.tag", MARK);
            }
            raw(port, MARK.repeat(100));
            raw(port, "[\"grid.a\",1,{\"log\":\"" + MARK + "\" " + MARK + "}]");
            raw(port, "{\"" + MARK + "\":1}");
            raw(port, "\u0093\u00a6grid.a\u0001\u0081\u00a3log\u00a4" + MARK + "\u00c1" + MARK);
            raw(port, "\u0093\u00a6grid.a\u0001\u0081\u00a3log\u00d9\u00ff" + MARK);
            await("all are done with")
                    .atMost(PATIENCE)
                    .until(() -> agent.metrics()
                                    .getOrDefault("logstream_records_dead_lettered_total{cause=\"refused\"}", 0.0)
                            == 1);
            Accounting.awaitBalance(agent);

            assertThat(agent.terminate()).isZero();
            assertThat(agent.output())
                    .contains("goes to the dead letters", "A sender sent a bad message", "other.tag")
                    .doesNotContain(MARK);
            ObjectMapper mapper = new ObjectMapper();
            for (String line : agent.output().lines().toList()) {
                if (line.startsWith("(its errors broke off")) {
                    continue; // said by what reads the log in this test, when the agent has ended
                }
                assertThat(mapper.readTree(line).path("message").asText())
                        .as(line)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void noSecretIsInIt(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            String yaml = Yaml.of(folder, kinesis.endpoint())
                            .replace(
                                    "listen:",
                                    "security: {shared_key: '" + SECRET + "', users: ['web:" + SECRET
                                            + "']}\n  listen:")
                            .replace("monitor:\n", "monitor:\n  token: " + SECRET + "\n")
                    + "log: {level: debug}\n";
            AgentProcess agent = PROGRAM.runWith(folder, yaml);
            int port = agent.forwardPort();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write(ping(SECRET));
                socket.shutdownOutput();
                assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
            }
            raw(port, MARK);
            Path file = folder.resolve("logstream.yaml");
            List<String> wrong = List.of(
                    yaml.replace("shared_key: '" + SECRET, "shared_key: 'file:/nowhere" + "', another: '" + SECRET),
                    yaml.replace("shared_key: '" + SECRET + "'", "shared_key: ['" + SECRET + "', b]"),
                    yaml.replace("token: " + SECRET, "token: {" + SECRET + ": " + SECRET + "}"),
                    yaml.replace("'web:" + SECRET + "'", "'" + SECRET + "'"),
                    yaml.replace("['web:" + SECRET + "']", "'" + SECRET + "'"),
                    yaml.replace("token: " + SECRET, "token:" + SECRET),
                    yaml.replace("token: " + SECRET, "token: '${" + SECRET + "'"),
                    yaml.replace("shared_key: '" + SECRET, "shared_key: '" + SECRET + "2"));
            for (int number = 0; number < wrong.size(); number++) {
                Files.writeString(file, wrong.get(number));
                assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(agent.pid()))
                                .start()
                                .waitFor())
                        .isZero();
                double refused = number + 1;
                await("it is refused")
                        .atMost(PATIENCE)
                        .until(() ->
                                agent.metrics().getOrDefault("logstream_config_reloads_refused_total", 0.0) == refused);
            }
            assertThat(agent.monitorPage("/api/tail")).doesNotContain(MARK);

            assertThat(agent.terminate()).isZero();
            assertThat(agent.output())
                    .contains("handshake failed", "configuration not loaded again")
                    .doesNotContain(MARK);
        }
    }

    @Test
    void formAndLevelChangeWhileItRuns(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            String yaml = Yaml.of(folder, kinesis.endpoint());
            AgentProcess agent = PROGRAM.runWith(folder, yaml);
            send(agent, "other.default");
            reload(agent, folder, yaml + "log: {format: json, level: error}\n", 1);
            send(agent, "other.error");
            reload(agent, folder, yaml + "log: {format: json, level: warn}\n", 2);
            send(agent, "other.warn");
            reload(agent, folder, yaml + "log: {level: debug}\n", 3);
            send(agent, "other.debug");
            raw(agent.forwardPort(), "\u0093"); // the beginning of a message
            await("what DEBUG says").atMost(PATIENCE).until(() -> agent.output().contains(" DEBUG "));

            assertThat(agent.output().lines().filter(line -> line.contains("other.")))
                    .hasSize(3)
                    .satisfiesExactly(
                            line -> assertThat(line).contains(" WARN  Ingest tag \"other.default\""),
                            line -> assertThat(line)
                                    .startsWith("{\"time\":\"")
                                    .contains(
                                            "\"level\":\"WARN\",\"logger\":\"logstream.pipeline.Ingest\"", "other.warn")
                                    .endsWith("}"),
                            line -> assertThat(line).contains(" WARN  Ingest tag \"other.debug\""));
            assertThat(agent.output().lines().filter(line -> line.contains("configuration loaded again")))
                    .as("what is no warning is said on the last level only")
                    .singleElement()
                    .asString()
                    .endsWith(" INFO  Reload configuration loaded again: changed log.format, log.level");
        }
    }

    private static void send(AgentProcess agent, String tag) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort())) {
            send(socket, tag, "a");
        }
    }

    private static void reload(AgentProcess agent, Path folder, String yaml, double count) throws Exception {
        Files.writeString(folder.resolve("logstream.yaml"), yaml);
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(agent.pid()))
                        .start()
                        .waitFor())
                .isZero();
        await("it is taken over")
                .atMost(PATIENCE)
                .until(() -> agent.metrics().getOrDefault("logstream_config_reloads_total", 0.0) == count);
    }

    /** A PING with a wrong digest, from a sender that has put a secret where none should be. */
    private static byte[] ping(String secret) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(6).packString("PING").packString("host");
            packer.packString("salt").packString(secret).packString("web").packString(secret);
            return packer.toByteArray();
        }
    }

    /** Sends bytes as they are, and waits until the agent is done with the connection. */
    private static void raw(int port, String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            byte[] _ = socket.getInputStream().readAllBytes();
        }
    }

    private static void sendWithoutAck(Socket socket, String line) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(3).packString(AckedLoad.TAG).packLong(1_700_000_000L);
            packer.packMapHeader(1).packString("log").packString(line);
            socket.getOutputStream().write(packer.toByteArray());
        }
    }

    /** Sends an event and waits for its ack. */
    private static void send(Socket socket, String tag, String line) throws IOException {
        String token = "dG9rZW4=";
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(4).packString(tag).packLong(1_700_000_000L);
            packer.packMapHeader(2).packString("container_name").packString("/agent");
            packer.packString("log").packString(line);
            packer.packMapHeader(1).packString("chunk").packString(token);
            socket.getOutputStream().write(packer.toByteArray());
        }
        byte[] ack = new byte[1 + 4 + 1 + token.length()];
        new DataInputStream(socket.getInputStream()).readFully(ack);
        assertThat(new String(ack, StandardCharsets.ISO_8859_1)).endsWith(token);
    }
}
