package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.Symptom;
import logstream.engines.DockerEngine;
import logstream.engines.Gate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers come up while the agent is late, with the log options that the image's page names for every container. */
class BootOrderIT {
    @RegisterExtension
    static final SharedAgent AGENT = new SharedAgent(yaml -> yaml + "record:\n  tags: [\"**\"]\n");

    private static final Path PAGE = Path.of("../images/container/README.md");
    private static final Pattern OPTIONS = Pattern.compile("<!-- log options -->\n```\n(.*?)\n```", Pattern.DOTALL);
    private static final int CONTAINERS = 5;
    private static final int LINES = 40;
    private static final String WRITE = "for i in $(seq 1 " + LINES + "); do echo $i; done; touch /signs/written; ";
    private static final String UNTIL_END = "until [ -e /signs/end ]; do sleep 0.05; done";

    @Test
    void allOfThemStartAndNoLineIsLost() throws IOException {
        List<String> all =
                IntStream.rangeClosed(1, LINES).mapToObj(Integer::toString).toList();
        List<Container> containers = new ArrayList<>();
        try (Gate late = new Gate(AGENT.port())) {
            for (int number = 0; number < CONTAINERS; number++) {
                containers.add(Container.start(WRITE + UNTIL_END, options(late, "boot." + number, "--restart=always")));
            }
            containers.forEach(container -> container.awaitSign("written"));
            late.open();
            for (int number = 0; number < CONTAINERS; number++) {
                assertThat(AGENT.awaitLines("boot." + number, LINES)).isEqualTo(all);
            }
        } finally {
            containers.forEach(Container::close);
        }
    }

    /** As the page says: Docker drops what waits when the container ends. */
    @Test
    @Symptom("After a reboot the first lines are missing")
    void aContainerThatEndsBeforeTheAgentIsThereLosesItsLines() throws IOException {
        try (Gate late = new Gate(AGENT.port())) {
            try (Container ended = Container.start(WRITE, options(late, "ended"))) {
                ended.awaitEnd();
            }
            late.open();
            try (Container after = Container.start("echo after; " + UNTIL_END, options(late, "after"))) {
                assertThat(AGENT.awaitLines("after", 1)).containsExactly("after");
                after.sign("end");
            }
            assertThat(AGENT.awaitLines("ended", 0)).isEmpty();
        }
    }

    /** What the options are for: a restart policy does not try a second time when the driver finds no agent. */
    @Test
    void withoutThemAContainerThatEndsWhileTheAgentIsAwayStaysDown() {
        DockerEngine docker = DockerEngine.shared();
        try (Gate gate = new Gate(AGENT.port())) {
            gate.open();
            try (Container container = Container.start(
                    UNTIL_END + "; exit 1",
                    "fluentd-address=127.0.0.1:" + gate.port(),
                    "tag=stays.down",
                    "--restart=always")) {
                gate.shut();
                container.sign("end");
                await("the engine gives up")
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(50))
                        .untilAsserted(() -> assertThat(state(docker, container))
                                .startsWith("exited ")
                                .contains("failed to initialize logging driver"));
            }
        }
    }

    private static String state(DockerEngine docker, Container container) {
        return docker.docker("inspect", "--format={{.State.Status}} {{.State.Error}}", container.id())
                .orFail("docker inspect");
    }

    /** The options of the page, and nothing in place of one but the address. */
    private static String[] options(Gate gate, String tag, String... more) throws IOException {
        Matcher options = OPTIONS.matcher(Files.readString(PAGE));
        assertThat(options.find()).as("the log options of %s", PAGE).isTrue();
        List<String> named = options.group(1).lines().toList();
        assertThat(named).contains("--log-driver=fluentd", "--log-opt=fluentd-address=127.0.0.1:24224");
        return Stream.of(
                        named.stream().map(option -> option.replace("127.0.0.1:24224", "127.0.0.1:" + gate.port())),
                        Stream.of("--log-opt=tag=" + tag),
                        Stream.of(more))
                .flatMap(one -> one)
                .toArray(String[]::new);
    }
}
