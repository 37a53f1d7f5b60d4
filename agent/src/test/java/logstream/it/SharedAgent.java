package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import logstream.pipeline.RecordKey;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One agent, and the stream it ships to, for all tests of a class; each test has tags of its own. A JUnit extension: at the
 * end of the class the agent must be at rest with balanced books, no tag may have got a record more than was awaited, and
 * the agent must end in order.
 *
 * <p>Threading: confined to the thread of the tests.
 */
final class SharedAgent implements BeforeAllCallback, AfterAllCallback {
    /** Stands in the configuration for the folder of this agent. */
    static final String FOLDER = "${folder}";

    private final Program program = new Program();
    private final UnaryOperator<String> yaml;
    private final Map<String, Integer> awaited = new HashMap<>();
    private Optional<Running> running = Optional.empty();

    private record Running(Path folder, LocalKinesis kinesis, AgentProcess agent, StreamRecords records) {
        private List<StreamRecords.Found> of(String tag) {
            return records.all().stream()
                    .filter(one -> one.json().path("tag").asText().equals(tag))
                    .toList();
        }
    }

    /** @param yaml changes the configuration that {@link Yaml} makes */
    SharedAgent(UnaryOperator<String> yaml) {
        this.yaml = yaml;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Path folder = Files.createTempDirectory("logstream-shared");
        LocalKinesis kinesis = LocalKinesis.start(0);
        kinesis.createStream(Yaml.STREAM, 2);
        String configuration = yaml.apply(Yaml.of(folder, kinesis.endpoint())).replace(FOLDER, folder.toString());
        AgentProcess agent = program.runWith(folder, configuration);
        StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM);
        running = Optional.of(new Running(folder, kinesis, agent, records));
        agent.forwardPort();
    }

    private AgentProcess agent() {
        return running.orElseThrow().agent();
    }

    int port() {
        return agent().forwardPort();
    }

    /** The folder of this agent, empty but for its buffer and what its configuration puts there. */
    Path folder() {
        return running.orElseThrow().folder();
    }

    /** A counter of the metrics page that has no labels. */
    long counter(String name) {
        return Math.round(Objects.requireNonNull(agent().metrics().get(name), name));
    }

    /** As a client is told. */
    String address() {
        return "tcp://127.0.0.1:" + port();
    }

    /** Waits for as many records of a tag; gives them in the order in which the agent took their events. */
    List<StreamRecords.Found> await(String tag, int count) {
        awaited.put(tag, count);
        Running here = running.orElseThrow();
        Awaitility.await(count + " records of " + tag)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> here.of(tag).size() >= count);
        return inOrder(here.of(tag));
    }

    /** Waits for as many records of a tag; gives their lines in order. */
    List<String> awaitLines(String tag, int count) {
        return logs(await(tag, count));
    }

    /** Waits for a line of a tag, and gives all that came until then, in order. More may come. */
    List<String> awaitLine(String tag, String line) {
        Running here = running.orElseThrow();
        Awaitility.await(line + " of " + tag)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> logs(here.of(tag)).contains(line));
        awaited.remove(tag);
        return logs(inOrder(here.of(tag)));
    }

    private static List<String> logs(List<StreamRecords.Found> records) {
        return records.stream().map(one -> one.json().path("log").asText()).toList();
    }

    private static List<StreamRecords.Found> inOrder(List<StreamRecords.Found> records) {
        return records.stream()
                .sorted(Comparator.comparing(one -> RecordKey.place(one.key()).orElseThrow()))
                .toList();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (running.isEmpty()) {
            return;
        }
        Running here = running.get();
        try (StreamRecords _ = here.records();
                LocalKinesis _ = here.kinesis()) {
            Accounting.awaitBalance(here.agent());
            awaited.forEach((tag, count) ->
                    assertThat(here.of(tag)).as("records of %s", tag).hasSize(count));
            assertThat(here.agent().terminate()).as("exit code").isZero();
        } finally {
            program.afterEach(context);
            delete(here.folder());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
