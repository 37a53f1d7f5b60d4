package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.Symptom;
import logstream.engines.DockerEngine;
import logstream.engines.Gate;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each option that Docker's driver knows, and what it does to the records. */
class DockerOptionsIT {
    @RegisterExtension
    static final SharedAgent AGENT =
            new SharedAgent(yaml -> Yaml.andUnix(yaml, SharedAgent.FOLDER + "/socket") + "record:\n  tags: [\"**\"]\n");

    /**
     * Sixty lines, 480 KB: when a container has written them, the driver is done with the first twenty, for the way from
     * it to the engine (pipe, shim and pipe) holds less than 200 KB.
     */
    private static final String LONG_LINES = "for i in $(seq 1 60); do printf '%08000d\\n' $i; done; ";

    // The label "source" and the variable "log" take the places of Docker's own fields, and ours those of a label
    // "time".
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            labels=team,time          | --label=team=search --label=time=never --label=other=no | team=search
            labels-regex=^com[.]ex    | --label=com.ex.team=search --label=com.other=no         | com.ex.team=search
            env=STAGE,NO_SUCH         | --env=STAGE=test --env=OTHER=no                         | STAGE=test
            env-regex=^LC_            | --env=LC_ALL=C --env=OTHER=no                           | LC_ALL=C
            labels=source             | --label=source=a-label                                  | source=a-label
            env=log                   | --env=log=a-variable                                    | log=a-variable
            """)
    void labelsAndEnvironmentAreFields(String option, String given, String expected) {
        String tag = "fields." + option;
        String[] options = Stream.concat(Stream.of(address(), option, "tag=" + tag), Arrays.stream(given.split(" ")))
                .toArray(String[]::new);
        try (Container container = Container.start("echo a line", options)) {
            Map<String, String> fields = new TreeMap<>(Map.of(
                    "container_id",
                    container.id(),
                    "container_name",
                    "/" + container.name(),
                    "source",
                    "stdout",
                    "log",
                    "a line",
                    "tag",
                    tag));
            fields.put(expected.substring(0, expected.indexOf('=')), expected.substring(expected.indexOf('=') + 1));

            StreamRecords.Found found = AGENT.await(tag, 1).getFirst();

            Map<String, String> actual = new TreeMap<>();
            found.json()
                    .properties()
                    .forEach(one -> actual.put(one.getKey(), one.getValue().asText()));
            assertThat(actual.remove("time")).matches("20\\d\\d-.*Z");
            assertThat(actual).isEqualTo(fields);
        }
    }

    @Test
    void everyTemplateOfATagIsFilled() {
        DockerEngine docker = DockerEngine.shared();
        String template = "{{.ID}} {{.FullID}} {{.Name}} {{.ImageName}} {{.ImageID}} {{.ImageFullID}} {{.DaemonName}}";
        String image = docker.docker("image", "inspect", "--format={{.Id}}", docker.image())
                .orFail("docker inspect");
        try (Container container = Container.start("echo a line", address(), "tag=" + template)) {
            // Docker takes the first twelve characters for an id, with "sha256:" in them.
            String tag = String.join(
                    " ",
                    container.id().substring(0, 12),
                    container.id(),
                    container.name(),
                    docker.image(),
                    image.substring(0, 12),
                    image,
                    "docker");
            assertThat(AGENT.await(tag, 1)).hasSize(1);
        }
    }

    @Test
    void withoutATagItIsTheShortId() {
        try (Container container = Container.start("echo a line", address())) {
            assertThat(AGENT.await(container.id().substring(0, 12), 1)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:PORT", "127.0.0.1:PORT", "tcp://localhost:PORT", "unix://FOLDER/socket"})
    void everyFormOfAnAddressIsReached(String form) {
        String tag = "address." + form;
        String address = "fluentd-address="
                + form.replace("PORT", Integer.toString(AGENT.port()))
                        .replace("FOLDER", AGENT.folder().toString());
        try (Container _ = Container.start("echo a line", address, "tag=" + tag)) {
            assertThat(AGENT.awaitLines(tag, 1)).containsExactly("a line");
        }
    }

    // fluentd-retry-wait and -max-retries change nothing while the agent is there.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "fluentd-request-ack=true",
                "fluentd-sub-second-precision=true",
                "fluentd-retry-wait=2s",
                "fluentd-max-retries=3",
                "fluentd-buffer-limit=10",
                "fluentd-write-timeout=10s",
                "fluentd-read-timeout=10s",
                "mode=non-blocking"
            })
    void everyLineComesInOrder(String option) {
        requireOption(option);
        long acks = AGENT.counter("logstream_acks_sent_total");
        try (Container _ = Container.start("seq 1 200", address(), option, "tag=" + option)) {
            assertThat(AGENT.awaitLines(option, 200))
                    .isEqualTo(IntStream.rangeClosed(1, 200)
                            .mapToObj(Integer::toString)
                            .toList());
        }
        long acked = option.startsWith("fluentd-request-ack") ? 200 : 0;
        assertThat(AGENT.counter("logstream_acks_sent_total") - acks).isEqualTo(acked);
    }

    /** Docker drops what is still queued when an async container ends; so this one waits. */
    @ParameterizedTest
    @ValueSource(strings = {"fluentd-async", "fluentd-async-connect"})
    void anAsyncContainerStartsBeforeTheAgent(String option) {
        requireOption(option + "=true");
        try (Gate gate = new Gate(AGENT.port());
                Container container = Container.start(
                        "seq 1 50; touch /signs/written; " + wait("end"),
                        address(gate),
                        option + "=true",
                        "fluentd-retry-wait=100ms",
                        "tag=early." + option)) {
            container.awaitSign("written");
            gate.open();
            assertThat(AGENT.awaitLines("early." + option, 50)).first().isEqualTo("1");
            container.sign("end");
            container.awaitEnd();
        }
    }

    // Five in the queue, and the one that is being sent; the first was written to a connection that was gone.
    @Test
    @Symptom("Lines are missing, and the agent has dropped none")
    void aFullAsyncQueueDropsTheNewestLines() {
        assertThat(whileTheAgentIsAway("queue", "fluentd-async=true", "fluentd-buffer-limit=5"))
                .hasSize(6);
    }

    // What fits into the ring and one more. The first one or two are written to a connection that is gone, and missing;
    // what
    // takes their place in the ring may be any later line: of the first twenty there may be none.
    @Test
    void aFullRingDropsTheNewestLines() {
        assertThat(whileTheAgentIsAway("ring", "mode=non-blocking", "max-buffer-size=20k"))
                .hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void afterTheLastRetryALineIsDropped() {
        assertThat(whileTheAgentIsAway("retries", "fluentd-max-retries=2")).isEmpty();
    }

    /** Which of the first twenty lines that a container writes while nobody listens arrive in the end. */
    private static List<Integer> whileTheAgentIsAway(String tag, String... options) {
        try (Gate gate = new Gate(AGENT.port())) {
            gate.open();
            String script = "echo begin; " + wait("away") + LONG_LINES + "touch /signs/written; " + wait("back")
                    + "until [ -e /signs/end ]; do echo back; sleep 0.05; done";
            String[] all = Stream.concat(
                            Stream.of(options), Stream.of(address(gate), "fluentd-retry-wait=5ms", "tag=" + tag))
                    .toArray(String[]::new);
            try (Container container = Container.start(script, all)) {
                AGENT.awaitLines(tag, 1);
                gate.shut();
                container.sign("away");
                container.awaitSign("written");
                gate.open();
                container.sign("back");
                List<String> lines = AGENT.awaitLine(tag, "back");
                container.sign("end");
                container.awaitEnd();
                return lines.stream()
                        .filter(line -> line.startsWith("0"))
                        .map(Integer::valueOf)
                        .filter(number -> number <= 20)
                        .toList();
            }
        }
    }

    @Test
    @Symptom("A container does not start: `failed to initialize logging driver`, `connection refused`")
    void withoutAsyncAContainerDoesNotStartBeforeTheAgent() {
        try (Gate shut = new Gate(AGENT.port())) {
            assertThatThrownBy(() -> Container.start("echo a line", address(shut)))
                    .hasMessageContaining("failed to initialize logging driver")
                    .hasMessageContaining("connection refused");
        }
    }

    @Test
    void anAsyncClientReconnectsAtIntervals() {
        requireOption("fluentd-async-reconnect-interval=100ms");
        long opened = AGENT.counter("logstream_connections_opened_total");
        try (Container container = Container.start(
                "for i in $(seq 1 20); do echo $i; sleep 0.05; done; " + wait("end"),
                address(),
                "fluentd-async=true",
                "fluentd-async-reconnect-interval=100ms",
                "tag=async.reconnect")) {
            assertThat(AGENT.awaitLines("async.reconnect", 20)).last().isEqualTo("20");
            container.sign("end");
            container.awaitEnd();
        }
        assertThat(AGENT.counter("logstream_connections_opened_total") - opened).isGreaterThan(2);
    }

    /** Skips, also where engines are required, what the engine at hand is too old or too new for. */
    private static void requireOption(String option) {
        DockerEngine docker = DockerEngine.shared();
        DockerEngine.Finished create = docker.docker(
                Stream.of(Stream.of("create"), Container.driver(option).stream(), Stream.of(docker.image(), "true"))
                        .flatMap(one -> one)
                        .toList());
        Assumptions.assumeFalse(create.exitCode() != 0 && create.output().contains("unknown log opt"), create.output());
        docker.docker("rm", create.orFail("docker create")).orFail("docker rm");
    }

    private static String address() {
        return "fluentd-address=127.0.0.1:" + AGENT.port();
    }

    private static String address(Gate gate) {
        return "fluentd-address=127.0.0.1:" + gate.port();
    }

    private static String wait(String sign) {
        return "until [ -e /signs/" + sign + " ]; do sleep 0.02; done; ";
    }
}
