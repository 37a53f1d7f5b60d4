package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import logstream.engines.AgentProcess;
import logstream.engines.DockerEngine;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stack traces are one record each, through the real program. */
class MultilineIT {
    private static final int FRAMES = 60;
    private static final int CONNECTIONS = 4;
    private static final String RULE = """
            record:
              multiline:
                - {tags: grid.**, preset: java}
            """;

    /** Of lines of random letters, those that begin with one of the first three begin a record. */
    private static final String RULE_OF_LETTERS = """
            record:
              join_timeout: 2s
              multiline:
                - {tags: grid.**, start: '[a-c]'}
            """;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    /**
     * Docker's driver sends each line by itself, and with acks waits for each. Then both outputs must not write at once: the
     * driver's library takes the ack of the one for that of the other, closes the connection, and sends both again.
     */
    @ParameterizedTest(name = "acks: {0}")
    @ValueSource(booleans = {false, true})
    void aTraceOfSixtyLinesIsOneRecord(boolean acks, @TempDir Path folder) throws IOException {
        String message = "10:00:00 ERROR it failed";
        String exception = "java.lang.IllegalStateException: boom";
        String frames = IntStream.rangeClosed(1, FRAMES)
                .mapToObj(frame -> "\tat shop.Tree.walk(Tree.java:" + frame + ")")
                .collect(Collectors.joining("\n"));
        String script = "echo begins; echo '" + message + "'; echo '" + exception + "'; "
                + "for i in $(busybox seq 1 " + FRAMES
                + "); do printf '\\tat shop.Tree.walk(Tree.java:%d)\\n' $i; done; "
                + (acks ? "" : "echo aside >&2; ") + "echo ends";
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            AgentProcess agent = start(kinesis, folder, RULE);
            DockerEngine docker = DockerEngine.shared();
            List<String> command = new ArrayList<>(List.of(
                    "run",
                    "--detach",
                    "--network=host",
                    "--log-driver=fluentd",
                    "--log-opt=fluentd-address=127.0.0.1:" + agent.forwardPort(),
                    "--log-opt=fluentd-request-ack=" + acks,
                    "--log-opt=tag=grid.devel/www-data/trace:devel/www-data/trace"));
            command.addAll(List.of(docker.image(), "sh", "-c", script));
            String id = docker.docker(command).orFail("docker run");
            assertThat(docker.docker("wait", id).orFail("docker wait")).isEqualTo("0");
            docker.docker("rm", id).orFail("docker rm");

            List<String> expected =
                    new ArrayList<>(List.of("begins", message + "\n" + exception + "\n" + frames, "ends"));
            if (!acks) {
                expected.add("aside");
            }
            List<JsonNode> found = awaitRecords(kinesis, expected.size());
            assertThat(found)
                    .extracting(one -> one.get("log").textValue())
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(found).allSatisfy(one -> {
                assertThat(one.get("container_id").textValue()).isEqualTo(id);
                assertThat(one.has("line_id")).isFalse();
            });
            Accounting.awaitBalance(agent);
            assertThat(agent.metrics().get("logstream_lines_joined_total")).isEqualTo(FRAMES + 1.0);
            assertThat(agent.terminate()).as("exit code").isZero();
        }
    }

    /** Without waiting for the time-out: the end of the agent ends what is open. */
    @Test
    void whatIsOpenWhenTheAgentEndsIsSentWhole(@TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            AgentProcess agent =
                    start(kinesis, folder, RULE_OF_LETTERS.replace("2s", "10m").replace("'}", "', timeout: 1m}"));
            try (AckedLoad load =
                    AckedLoad.start(agent.forwardPort(), 1, Duration.ofMillis(1), 20, new Random(1), count -> {})) {
                await("lines").until(() -> load.acknowledgedCount() >= 100);
                assertThat(load.finish()).isTrue();
                assertThat(agent.terminate()).as("exit code").isZero();
                try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                    List<JsonNode> found = records.all().stream()
                            .map(StreamRecords.Found::json)
                            .toList();
                    assertThat(found)
                            .noneSatisfy(one -> assertThat(one.has("line_id")).isTrue());
                    assertThat(found.stream()
                                    .mapToLong(one -> lines(one.get("log").textValue()))
                                    .sum())
                            .isEqualTo(load.acknowledgedCount());
                }
            }
        }
    }

    /** Each line waits for its ack; the agent is killed anywhere, and everything that was acknowledged is there, once. */
    @RepeatedTest(5)
    void nothingAcknowledgedIsLostOrComesTwice(RepetitionInfo round, @TempDir Path folder) throws IOException {
        Random random = new Random(round.getCurrentRepetition());
        long killAfter = 1L + random.nextInt(600);
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            AgentProcess first = start(kinesis, folder, RULE_OF_LETTERS);
            Set<String> acknowledged;
            try (AckedLoad load = AckedLoad.startNumbered(first.forwardPort(), CONNECTIONS, random, count -> {
                if (count == killAfter) {
                    first.kill9();
                }
            })) {
                first.awaitExit();
                // An ack that had reached the socket before the end still counts.
                assertThat(load.finish()).isTrue();
                acknowledged = load.acknowledged();
            }
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo((int) killAfter);
            AgentProcess last = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()) + RULE_OF_LETTERS);
            Accounting.awaitBalance(last);
            assertThat(last.terminate()).as("exit code").isZero();
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                eachIsThereUnderOneKey(acknowledged, records.all());
            }
        }
    }

    private static void eachIsThereUnderOneKey(Set<String> acknowledged, List<StreamRecords.Found> records) {
        Map<String, Set<String>> keys = new HashMap<>();
        Map<String, TreeMap<Integer, String>> parts = new HashMap<>();
        for (StreamRecords.Found one : records) {
            String log = one.json().get("log").textValue();
            for (String line : log.strip().split("\n", -1)) {
                keys.computeIfAbsent(line.substring(2), any -> new HashSet<>()).add(one.key());
            }
            if (one.json().has("line_id")) {
                parts.computeIfAbsent(one.json().get("line_id").textValue(), id -> new TreeMap<>())
                        .put(one.json().get("line_part").intValue(), log);
            }
        }
        assertThat(keys.keySet()).containsAll(acknowledged);
        assertThat(keys.values()).allSatisfy(of -> assertThat(of).hasSize(1));
        assertThat(parts)
                .as("what was open: that of the last ack, and at most one for each connection")
                .hasSizeBetween(1, CONNECTIONS);
    }

    private static long lines(String log) {
        return log.chars().filter(character -> character == '\n').count() + 1;
    }

    private static AgentProcess start(LocalKinesis kinesis, Path folder, String rule) throws IOException {
        kinesis.createStream(Yaml.STREAM, 2);
        return PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()) + rule);
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
}
