package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import logstream.engines.Clients;
import logstream.engines.DockerEngine;
import logstream.engines.Program;
import logstream.engines.WireRecorder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The senders at hand send what their captures say. With {@code -Dgolden.write=true} the captures are recorded anew; then
 * {@link CapturesTest} shows what changed.
 */
@Tag("proof")
class CapturesIT {
    private static final String TAG = "grid.captured";
    private static final ObjectMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /**
     * @param name of the capture
     * @param sending sends to a server; returns sender, version and options
     */
    record Sender(String name, Sending sending) {
        @Override
        public String toString() {
            return name;
        }
    }

    @FunctionalInterface
    interface Sending {
        String to(WireRecorder server) throws IOException;
    }

    static Stream<Sender> senders() {
        return Stream.of(Clients.all().map(CapturesIT::client), docker(), ours())
                .flatMap(one -> one);
    }

    @ParameterizedTest
    @MethodSource("senders")
    void itSendsWhatWasCaptured(Sender sender) throws IOException {
        try (WireRecorder server = new WireRecorder()) {
            String origin = sender.sending().to(server);
            List<byte[]> connections = server.recorded();

            assertThat(connections).hasSize(1);
            byte[] sent = connections.getFirst();
            if (Boolean.getBoolean("golden.write")) {
                new Capture(origin, sent).write(sender.name());
            }
            Capture captured = Capture.read(sender.name());
            assertThat(lasting(Replay.of(sent, List.of()))).isEqualTo(lasting(Replay.of(captured.bytes(), List.of())));
        }
    }

    private static Sender client(Clients.Client client) {
        return new Sender(client.name(), server -> {
            String version = client.sending().send(server.address(), TAG, client.options(), client.records());
            return client.library() + " " + version + ", " + client.options();
        });
    }

    private static Stream<Sender> ours() {
        return Stream.of("", "--no-ack")
                .map(option -> new Sender("logstream-send" + option.replace("--", "-"), server -> {
                    String address = server.address().replaceFirst("^tcp://", "");
                    List<String> command = new ArrayList<>(List.of("send", "--address=" + address, "--tag=" + TAG));
                    command.addAll(option.isEmpty() ? List.of() : List.of(option));
                    byte[] lines = "a line\n\ngr\u00fcn\nno end".getBytes(StandardCharsets.UTF_8);
                    Program.Finished finished = new Program().command(lines, command.toArray(String[]::new));
                    assertThat(finished.exitCode()).as(finished.errors()).isZero();
                    return "logstream send, the version of this capture, " + (option.isEmpty() ? "with acks" : option);
                }));
    }

    private static Stream<Sender> docker() {
        String line = "echo 'a line'; printf 'gr\\303\\274n \\377\\r\\n'; echo; printf 'no end'";
        return Stream.of(
                docker("plain", line, "fluentd-async=false"),
                docker("ack", line, "fluentd-request-ack=true"),
                docker("nanos", line, "fluentd-sub-second-precision=true"),
                docker("labels", line, "labels=com.example.team", "env=STAGE"),
                docker("pieces", "printf '%020000d\\n%016384d\\n' 0 0", "fluentd-request-ack=true"));
    }

    private static Sender docker(String mode, String script, String... options) {
        return new Sender("docker-" + mode, server -> {
            DockerEngine docker = DockerEngine.shared();
            List<String> command = new ArrayList<>(List.of(
                    "run",
                    "--rm",
                    "--name=captured",
                    "--network=host",
                    "--label=com.example.team=search",
                    "--env=STAGE=test",
                    "--log-driver=fluentd",
                    "--log-opt=fluentd-address=" + server.address(),
                    "--log-opt=tag=" + TAG));
            for (String option : options) {
                command.add("--log-opt=" + option);
            }
            command.addAll(List.of(docker.image(), "sh", "-c", script));
            docker.docker(command).orFail("docker run");
            String version =
                    docker.docker("version", "--format={{.Server.Version}}").orFail("docker version");
            return "Docker " + version + ", " + String.join(" ", options);
        });
    }

    /** Without what is different each time: order of fields, ack tokens, ids, and the time where the sender says it. */
    private static List<String> lasting(String replay) {
        return replay.lines()
                .map(line -> line.startsWith("answer ") ? "answer" : lastingEvent(line))
                .toList();
    }

    private static String lastingEvent(String line) {
        String[] parts = line.split(" ", 3);
        String time =
                parts[1].startsWith("1700000000.") || parts[1].endsWith(".000000000") ? parts[1] : "now, in nanos";
        return parts[0] + " " + time.replaceFirst("^(?!1700000000)\\d+", "now") + " "
                + sorted(parts[2]).replaceAll("\\b[0-9a-f]{64}\\b", "id");
    }

    private static String sorted(String json) {
        try {
            return SORTED.writeValueAsString(SORTED.readValue(json, Object.class));
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }
}
