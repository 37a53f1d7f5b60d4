package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.engines.AgentProcess;
import logstream.engines.DockerEngine;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import logstream.pipeline.RecordKey;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The main job: what a real container writes, through Docker's own log driver, is in the stream, field by field. */
class DockerIT {
    private static final String TAG = "grid.devel/www-data/redis-test:devel/www-data/redis-test";
    private static final int STDOUT_LINES = 300;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    /** A container, and the engine's own word on when it began. The engine may read its lines after its end. */
    private record Ran(String id, String name, Instant started) {}

    // Docker's client can lose an ack when both outputs are busy, and sends again then: one output where acks are on.
    @ParameterizedTest(name = "[{0}] {1} lines to stderr")
    @CsvSource({
        "fluentd-async=false, 200",
        "fluentd-sub-second-precision=true, 50",
        "fluentd-request-ack=true, 0",
    })
    void everyLineOfAContainerIsInTheStream(String option, int stderrLines, @TempDir Path folder) throws IOException {
        DockerEngine docker = DockerEngine.shared();
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            Ran ran = runContainer(docker, agent.forwardPort(), option, stderrLines);

            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                int expected = stdout().size() + stderr(stderrLines).size();
                await("the container's lines")
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> records.all().size() >= expected);
                // A line too many would come before the agent is at rest.
                Accounting.awaitBalance(agent);
                assertThat(agent.terminate()).as("exit code").isZero();
                List<StreamRecords.Found> found = records.all();

                assertThat(lines(found, "stdout")).isEqualTo(stdout());
                assertThat(lines(found, "stderr")).isEqualTo(stderr(stderrLines));
                assertThat(found).allSatisfy(one -> hasTheSixFields(one, ran));
            }
        }
    }

    private static Ran runContainer(DockerEngine docker, int port, String option, int stderrLines) {
        String name = "logstream-" + ProcessHandle.current().pid() + "-" + port;
        String script = """
                for i in $(seq 1 %d); do echo "to stdout $i"; done
                echo ""
                printf '  gr\\303\\274n \\360\\237\\220\\263 "quoted" \\\\ back\\tslash  \\n'
                printf 'bad \\377 byte\\n'
                for i in $(seq 1 %d); do echo "to stderr $i" >&2; done
                """.formatted(STDOUT_LINES, stderrLines);
        String id = docker.docker(
                        "run",
                        "--detach",
                        "--name=" + name,
                        "--network=host",
                        "--log-driver=fluentd",
                        "--log-opt=fluentd-address=127.0.0.1:" + port,
                        "--log-opt=tag=" + TAG,
                        "--log-opt=" + option,
                        docker.image(),
                        "sh",
                        "-c",
                        script)
                .orFail("docker run");
        assertThat(docker.docker("wait", id).orFail("docker wait")).isEqualTo("0");
        String started =
                docker.docker("inspect", "--format={{.State.StartedAt}}", id).orFail("docker inspect");
        docker.docker("rm", id).orFail("docker rm");
        return new Ran(id, name, Instant.parse(started));
    }

    private static List<String> stdout() {
        return Stream.concat(
                        IntStream.rangeClosed(1, STDOUT_LINES).mapToObj(i -> "to stdout " + i),
                        Stream.of("", "  gr\u00fcn \ud83d\udc33 \"quoted\" \\ back\tslash  ", "bad \ufffd byte"))
                .toList();
    }

    private static List<String> stderr(int lines) {
        return IntStream.rangeClosed(1, lines).mapToObj(i -> "to stderr " + i).toList();
    }

    /** The lines of one output in the order that their keys tell. */
    private static List<String> lines(List<StreamRecords.Found> found, String source) {
        List<StreamRecords.Found> ofSource = new ArrayList<>(found);
        ofSource.removeIf(one -> !one.json().path("source").asText().equals(source));
        ofSource.sort(Comparator.comparing(one -> RecordKey.place(one.key()).orElseThrow()));
        return ofSource.stream().map(one -> one.json().path("log").asText()).toList();
    }

    private static void hasTheSixFields(StreamRecords.Found one, Ran ran) {
        List<String> names = new ArrayList<>();
        one.json().fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactlyInAnyOrder("container_id", "container_name", "source", "log", "time", "tag");
        assertThat(names.subList(4, 6)).containsExactly("time", "tag");
        assertThat(one.json().path("container_id").asText()).isEqualTo(ran.id()).hasSize(64);
        assertThat(one.json().path("container_name").asText()).isEqualTo("/" + ran.name());
        assertThat(one.json().path("tag").asText()).isEqualTo(TAG);
        String time = one.json().path("time").asText();
        assertThat(time).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(Instant.parse(time)).isBetween(ran.started().truncatedTo(ChronoUnit.SECONDS), one.arrived());
        assertThat(one.text())
                .as("compact, and nothing behind it")
                .startsWith("{\"")
                .endsWith(String.format(Locale.ROOT, "\",\"time\":\"%s\",\"tag\":\"%s\"}", time, TAG));
    }
}
