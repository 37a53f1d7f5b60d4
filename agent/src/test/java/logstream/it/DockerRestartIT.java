package logstream.it;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The agent ends and comes back under containers that write all the time: they go on by themselves; one that asks for acks
 * loses nothing, one that does not loses one stretch of lines at most.
 */
class DockerRestartIT {
    private static final String ACKED = "grid.acked";
    private static final String UNACKED = "grid.unacked";

    /** Counts until it is told to end. */
    private static final String SCRIPT =
            "i=0; until [ -e /signs/end ]; do i=$((i+1)); echo $i; sleep 0.001; done; echo end";

    /** So many lines before the agent's end, and so many after it. */
    private static final int ENOUGH = 400;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @ParameterizedTest
    @ValueSource(strings = {"SIGTERM", "SIGKILL"})
    void theContainersGoOnByThemselves(String signal, @TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            String yaml = Yaml.of(folder, kinesis.endpoint());
            AgentProcess first = PROGRAM.runWith(folder, yaml);
            int port = first.forwardPort();
            try (Container acked = start(port, ACKED, "fluentd-request-ack=true");
                    Container unacked = start(port, UNACKED, "fluentd-request-ack=false")) {
                awaitReceived(first);
                if (signal.equals("SIGKILL")) {
                    first.kill9();
                } else {
                    assertThat(first.terminate()).as("exit code").isZero();
                }
                AgentProcess second =
                        PROGRAM.runWith(folder, yaml.replaceFirst("127\\.0\\.0\\.1:0", "127.0.0.1:" + port));
                awaitReceived(second);
                acked.sign("end");
                unacked.sign("end");
                acked.awaitEnd();
                unacked.awaitEnd();

                Map<String, Map<String, List<String>>> arrived = awaitEnds(kinesis);
                Accounting.awaitBalance(second);
                checkAcked(arrived.getOrDefault(ACKED, Map.of()), signal);
                checkUnacked(arrived.getOrDefault(UNACKED, Map.of()), signal);
            }
        }
    }

    private static Container start(int port, String tag, String option) {
        return Container.start(
                SCRIPT, "fluentd-address=127.0.0.1:" + port, "fluentd-retry-wait=100ms", option, "tag=" + tag);
    }

    private static void awaitReceived(AgentProcess agent) {
        await("events under way")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> agent.metrics().getOrDefault("logstream_events_received_total", 0.0) >= ENOUGH);
    }

    /** Nothing is lost; what Docker had no ack for is a second record, and one line at most. */
    private static void checkAcked(Map<String, List<String>> keys, String signal) {
        assertThat(lost(keys)).as("lost lines").isEmpty();
        List<String> twice = keys.entrySet().stream()
                .filter(line -> Set.copyOf(line.getValue()).size() > 1)
                .map(Map.Entry::getKey)
                .toList();
        System.out.printf("%s with acks: of %d lines 0 lost, sent twice %s%n", signal, keys.size(), twice);
        assertThat(twice).as("lines that Docker sent twice").hasSizeLessThanOrEqualTo(1);
    }

    private static void checkUnacked(Map<String, List<String>> keys, String signal) {
        Duplicates.onlyWithTheSameKey(keys);
        List<Integer> lost = lost(keys);
        System.out.printf("%s without acks: of %d lines %d lost%n", signal, keys.size(), lost.size());
        if (!lost.isEmpty()) {
            assertThat(lost.getLast() - lost.getFirst() + 1)
                    .as("the lost lines from %d to %d are one stretch", lost.getFirst(), lost.getLast())
                    .isEqualTo(lost.size());
        }
    }

    private static List<Integer> lost(Map<String, List<String>> keys) {
        int last = keys.keySet().stream()
                .filter(line -> !line.equals("end"))
                .mapToInt(Integer::parseInt)
                .max()
                .orElseThrow();
        return IntStream.rangeClosed(1, last)
                .filter(number -> !keys.containsKey(Integer.toString(number)))
                .boxed()
                .toList();
    }

    /** Per tag and line the keys of its records, once the last line of both is there. */
    private static Map<String, Map<String, List<String>>> awaitEnds(LocalKinesis kinesis) {
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            await("the last lines")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> keys(records).values().stream()
                                    .filter(lines -> lines.containsKey("end"))
                                    .count()
                            == 2);
            return keys(records);
        }
    }

    private static Map<String, Map<String, List<String>>> keys(StreamRecords records) {
        return records.all().stream()
                .collect(groupingBy(
                        one -> one.json().path("tag").asText(),
                        groupingBy(
                                one -> one.json().path("log").asText(), mapping(StreamRecords.Found::key, toList()))));
    }
}
