package logstream.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.forward.HostName;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Fields that the real program adds, parts of a second and lines of JSON, from the settings to the stream; and a reload. */
class AddedFieldsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CONTAINER = "\"container_name\":\"/web\"";

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void recordsAreAsTheSettingsSayAndAsTheyAreReloaded(@TempDir Path folder) throws Exception {
        HttpServer metadata = metadata();
        try (LocalKinesis kinesis = LocalKinesis.start(0);
                StreamRecords stream = stream(kinesis)) {
            String yaml = Yaml.of(folder, kinesis.endpoint());
            AgentProcess agent = PROGRAM.runWith(
                    folder,
                    yaml + """
                            record:
                              fields: [env=prod, "rack=${RACK}"]
                              host_key: host
                              instance_id_key: instance
                              region_key: region
                              source_address_key: client
                              time_precision: milliseconds
                              lift_json: true
                            """,
                    Map.of(
                            "RACK",
                            "r \"7\"",
                            "AWS_EC2_METADATA_DISABLED",
                            "false",
                            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                            "http://127.0.0.1:" + metadata.getAddress().getPort()));
            await("the instance is known")
                    .atMost(PATIENCE)
                    .until(() -> agent.output().contains("this is instance i-0123 in eu-west-1"));
            String added = ",\"env\":\"prod\",\"rack\":\"r \\\"7\\\"\",\"host\":\"" + HostName.ofThisHost()
                    + "\",\"instance\":\"i-0123\",\"region\":\"eu-west-1\",\"client\":\"127.0.0.1\"";
            String end = ",\"time\":\"1970-01-01T00:00:01.234Z\",\"tag\":\"grid.a\"}";

            send(agent, "{\"level\":\"info\", \"env\":\"forged\", \"took\":1.50}");
            send(agent, "plain");
            assertThat(records(agent, stream, 2))
                    .containsExactlyInAnyOrder(
                            "{\"level\":\"info\",\"took\":1.50," + CONTAINER + added + end,
                            "{" + CONTAINER + ",\"log\":\"plain\"" + added + end);

            Files.writeString(folder.resolve("logstream.yaml"), yaml + "record: {fields: [env=test]}\n");
            assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(agent.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            await("it is taken over")
                    .atMost(PATIENCE)
                    .until(() -> agent.metrics().getOrDefault("logstream_config_reloads_total", 0.0) == 1);
            send(agent, "{\"a\":1}");
            assertThat(records(agent, stream, 3))
                    .contains("{" + CONTAINER + ",\"log\":\"{\\\"a\\\":1}\",\"env\":\"test\""
                            + ",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}");
        } finally {
            metadata.stop(0);
        }
    }

    /** What EC2's metadata service answers. */
    private static HttpServer metadata() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            byte[] answer = (path.equals("/latest/api/token")
                            ? "token"
                            : "{\"instanceId\":\"i-0123\",\"region\":\"eu-west-1\"}")
                    .getBytes(UTF_8);
            try (exchange) {
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
        return server;
    }

    private static StreamRecords stream(LocalKinesis kinesis) {
        kinesis.createStream(Yaml.STREAM, 1);
        return StreamRecords.open(kinesis.endpoint(), Yaml.STREAM);
    }

    private static List<String> records(AgentProcess agent, StreamRecords stream, int count) {
        await("records")
                .atMost(PATIENCE)
                .until(() -> agent.metrics().getOrDefault("logstream_records_delivered_total", 0.0) == count);
        Accounting.awaitBalance(agent);
        return stream.all().stream().map(StreamRecords.Found::text).toList();
    }

    /** Sends an event of 1.234567 s as Docker's driver does with parts of a second. */
    private static void send(AgentProcess agent, String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.forwardPort());
                MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(3).packString("grid.a");
            packer.packExtensionTypeHeader((byte) 0, 8);
            packer.addPayload(
                    ByteBuffer.allocate(8).putInt(1).putInt(234_567_000).array());
            packer.packMapHeader(2).packString("container_name").packString("/web");
            packer.packString("log").packString(line);
            socket.getOutputStream().write(packer.toByteArray());
        }
    }
}
