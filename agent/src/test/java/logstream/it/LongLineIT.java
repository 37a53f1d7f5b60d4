package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.DockerEngine;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that Docker cuts after 16 KiB are one record in the stream, whatever happens between their pieces. */
class LongLineIT {
    private static final int PIECE = 16 << 10;

    /** Docker's own fields for its pieces. */
    private static final String PARTIAL = "partial_";

    @RegisterExtension
    static final Program PROGRAM = new Program();

    /** Bytes of a line: within a piece, just as many as fit into one, two of them (then an empty third), and more. */
    private static final List<Integer> LENGTHS =
            List.of(10, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 100 << 10, 11, 900_000);

    @Test
    void linesOfAnyLengthAreOneRecordEach(@TempDir Path folder) throws IOException {
        StringBuilder script = new StringBuilder();
        for (int length : LENGTHS) {
            script.append(line(length)).append("; echo; ");
        }
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            AgentProcess agent = start(kinesis, folder);
            runToTheEnd(DockerEngine.shared(), agent.forwardPort(), script.toString());

            List<JsonNode> found = awaitRecords(kinesis, LENGTHS.size());
            assertThat(found)
                    .extracting(one -> one.get("log").textValue())
                    .containsExactlyInAnyOrderElementsOf(
                            LENGTHS.stream().map(LongLineIT::expected).toList());
            assertThat(found).allSatisfy(LongLineIT::hasNoFieldsOfPieces);
            Accounting.awaitBalance(agent);
            assertThat(agent.metrics().get("logstream_events_merged_total")).isGreaterThan(60.0);
            assertThat(agent.terminate()).as("exit code").isZero();
        }
    }

    /** Docker sends such a line as a piece behind which nothing follows. */
    @Test
    @Symptom("The last line of a container comes seconds later")
    void aLineWithoutNewlineAtTheEndOfItsContainerComesAfterTheTimeOut(@TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent =
                    PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()) + "record:\n  join_timeout: 500ms\n");
            runToTheEnd(DockerEngine.shared(), agent.forwardPort(), "echo whole; " + line(40_000));

            List<JsonNode> found = awaitRecords(kinesis, 2);
            JsonNode part =
                    found.stream().filter(one -> one.has("line_id")).findFirst().orElseThrow();
            assertThat(part.get("log").textValue()).isEqualTo(expected(40_000));
            assertThat(part.get("line_part").intValue()).isEqualTo(1);
            assertThat(part.get("line_pieces").intValue()).isEqualTo(3);
            assertThat(part.get("line_last").booleanValue()).isFalse();
            assertThat(part.get("line_id").textValue()).matches("[0-9a-f]{64}");
            Accounting.awaitBalance(agent);
            assertThat(agent.terminate()).as("exit code").isZero();
        }
    }

    @Test
    void linesOfTwoContainersOnBothOutputsDoNotMix(@TempDir Path folder) throws IOException {
        int lines = 10;
        String script = "i=0; while [ $i -lt " + lines + " ]; do i=$((i+1)); (" + line(50_000) + "; echo) & ("
                + line(60_000) + "; echo) >&2; wait; done";
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            AgentProcess agent = start(kinesis, folder);
            DockerEngine docker = DockerEngine.shared();
            String first = begin(docker, agent.forwardPort(), script);
            String second = begin(docker, agent.forwardPort(), script);
            end(docker, first);
            end(docker, second);

            List<JsonNode> found = awaitRecords(kinesis, 4 * lines);
            assertThat(found).allSatisfy(one -> {
                boolean out = one.get("source").textValue().equals("stdout");
                assertThat(one.get("log").textValue()).isEqualTo(expected(out ? 50_000 : 60_000));
                hasNoFieldsOfPieces(one);
            });
            assertThat(found)
                    .extracting(one -> one.get("container_id").textValue()
                            + one.get("source").textValue())
                    .containsOnly(first + "stdout", first + "stderr", second + "stdout", second + "stderr");
            Accounting.awaitBalance(agent);
            assertThat(agent.terminate()).as("exit code").isZero();
        }
    }

    /** Docker waits for the ack of each piece, and goes on with the line when an agent is back. */
    @ParameterizedTest(name = "kill -9: {0}")
    @ValueSource(booleans = {true, false})
    void aLineIsWholeAlthoughTheAgentEndedInItsMiddle(boolean kill, @TempDir Path folder) throws IOException {
        int chunk = 8 << 10;
        int chunks = 20;
        String script = "x='" + expected(chunk) + "'; i=0; while [ $i -lt " + chunks
                + " ]; do i=$((i+1)); printf %s \"$x\"; sleep 0.2; done; echo";
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            AgentProcess agent = start(kinesis, folder);
            int port = agent.forwardPort();
            DockerEngine docker = DockerEngine.shared();
            String id = begin(docker, port, script, "--log-opt=fluentd-request-ack=true");
            await("pieces of the line")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> agent.metrics().getOrDefault("logstream_acks_sent_total", 0.0) >= 3);
            if (kill) {
                agent.kill9();
            } else {
                assertThat(agent.terminate()).as("exit code").isZero();
            }
            AgentProcess next = PROGRAM.runWith(
                    folder, Yaml.of(folder, kinesis.endpoint()).replace("127.0.0.1:0", "127.0.0.1:" + port));
            end(docker, id);

            List<JsonNode> found = awaitRecords(kinesis, 1);
            assertThat(next.metrics().get("logstream_events_recovered_total")).isGreaterThanOrEqualTo(3.0);
            Accounting.awaitBalance(next);
            assertThat(found).hasSize(1);
            assertThat(found.getFirst().get("log").textValue())
                    .isEqualTo(expected(chunk).repeat(chunks));
            hasNoFieldsOfPieces(found.getFirst());
            assertThat(next.terminate()).as("exit code").isZero();
        }
    }

    private static AgentProcess start(LocalKinesis kinesis, Path folder) throws IOException {
        kinesis.createStream(Yaml.STREAM, 2);
        return PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
    }

    /** A command that writes so many bytes of counted words, and no newline. */
    private static String line(int length) {
        return "busybox seq -w 1 150000 | busybox tr '\\n' ' ' | busybox head -c " + length;
    }

    private static String expected(int length) {
        StringBuilder text = new StringBuilder();
        for (int number = 1; text.length() < length; number++) {
            text.append(String.format(Locale.ROOT, "%06d ", number));
        }
        return text.substring(0, length);
    }

    private static void runToTheEnd(DockerEngine docker, int port, String script) {
        end(docker, begin(docker, port, script));
    }

    private static String begin(DockerEngine docker, int port, String script, String... options) {
        List<String> command = new ArrayList<>(List.of(
                "run",
                "--detach",
                "--network=host",
                "--log-driver=fluentd",
                "--log-opt=fluentd-address=127.0.0.1:" + port,
                "--log-opt=tag=grid.devel/www-data/long:devel/www-data/long"));
        command.addAll(List.of(options));
        command.addAll(List.of(docker.image(), "sh", "-c", script));
        return docker.docker(command).orFail("docker run");
    }

    private static void end(DockerEngine docker, String id) {
        assertThat(docker.docker("wait", id).orFail("docker wait")).isEqualTo("0");
        docker.docker("rm", id).orFail("docker rm");
    }

    private static List<JsonNode> awaitRecords(LocalKinesis kinesis, int count) {
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            await(count + " records")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> records.all().size() >= count);
            assertThat(records.all()).hasSize(count);
            return records.all().stream().map(StreamRecords.Found::json).toList();
        }
    }

    private static void hasNoFieldsOfPieces(JsonNode record) {
        record.fieldNames()
                .forEachRemaining(
                        name -> assertThat(name).doesNotStartWith(PARTIAL).doesNotStartWith("line_"));
    }
}
