package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.engines.Program.Finished;
import logstream.local.LocalKinesis;
import logstream.migration.Chunks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a fluentd left reaches the stream under its keys, whether an agent runs already or starts afterwards. */
class ImportIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @TempDir
    Path folder;

    private static Finished command(String... arguments) {
        return PROGRAM.command(new byte[0], arguments);
    }

    /** How often each key is in the stream, once so many records are. */
    private static Map<String, Long> keys(LocalKinesis kinesis, AgentProcess agent, int count) {
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            await("the imported records")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> records.all().size() >= count);
            Accounting.awaitBalance(agent);
            return records.all().stream()
                    .collect(Collectors.groupingBy(StreamRecords.Found::key, TreeMap::new, Collectors.counting()));
        }
    }

    /** Starts an agent and waits until it can be told things: containers can connect before that. */
    private AgentProcess runWith(String yaml) {
        AgentProcess agent = PROGRAM.runWith(folder, yaml);
        await("the control socket")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.exists(folder.resolve("buffer").resolve("control.sock")));
        return agent;
    }

    private static Map<String, Long> goldenKeys() {
        return IntStream.range(0, 8).boxed().collect(Collectors.toMap(Chunks::key, _ -> 1L));
    }

    @Test
    void withoutAnAgentWhatIsImportedIsSentByTheNext() throws Exception {
        Path left = Chunks.golden(folder.resolve("fluent"));
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            String yaml = Yaml.of(folder, kinesis.endpoint());
            Path config = Files.writeString(folder.resolve("logstream.yml"), yaml);

            Finished done = command("buffer", "import", left.toString(), "--config", config.toString());
            assertThat(done.exitCode()).as(done.errors()).isZero();
            assertThat(done.output())
                    .startsWith("imported, under their keys: 8 records (")
                    .contains(") of 3 files");
            Finished again = command("buffer", "import", left.toString(), "--config", config.toString());
            assertThat(again.output()).startsWith("nothing to import");

            AgentProcess agent = PROGRAM.runWith(folder, yaml);
            assertThat(keys(kinesis, agent, 8)).isEqualTo(goldenKeys());
        }
    }

    @Test
    void aRunningAgentImportsWhatItIsTold() throws Exception {
        Path left = Chunks.golden(folder.resolve("fluent"));
        String buffer = folder.resolve("buffer").toString();
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = runWith(Yaml.of(folder, kinesis.endpoint()));

            Finished done = command("buffer", "import", left.toString(), "--into", buffer, "--json");

            assertThat(done.exitCode()).as(done.errors()).isZero();
            JsonNode report = JSON.readTree(done.output());
            assertThat(report.path("records").asInt()).isEqualTo(8);
            assertThat(report.path("files").asInt()).isEqualTo(3);
            assertThat(keys(kinesis, agent, 8)).isEqualTo(goldenKeys());
            assertThat(agent.metrics()).containsEntry("logstream_events_created_total{cause=\"imported\"}", 8.0);
            try (var files = Files.list(left)) {
                assertThat(files.toList())
                        .hasSize(3)
                        .allMatch(file -> file.toString().endsWith(".imported"));
            }
            assertThat(command("buffer", "import", left.toString(), "--into", buffer)
                            .output())
                    .startsWith("nothing to import");
            Finished missing =
                    command("buffer", "import", folder.resolve("none").toString(), "--into", buffer);
            assertThat(missing.exitCode()).isEqualTo(2);
        }
    }

    /** More than the buffer holds: the import waits for the stream, and comes to its end. */
    @Test
    void aRunningAgentMakesRoomForMoreThanItsBufferHolds() throws Exception {
        Path left = Files.createDirectory(folder.resolve("fluent"));
        for (int file = 0; file < 12; file++) {
            Files.write(left.resolve("logstream.q" + (100 + file) + ".buffer"), Chunks.records("f" + file, 300, 3_000));
        }
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 4);
            AgentProcess agent =
                    runWith(Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB\n  max_chunks: 5"));

            Finished done = command(
                    "buffer",
                    "import",
                    left.toString(),
                    "--into",
                    folder.resolve("buffer").toString());

            assertThat(done.exitCode()).as(done.output() + done.errors()).isZero();
            assertThat(done.output()).startsWith("imported, under their keys: 3,600 records (");
            Map<String, Long> keys = keys(kinesis, agent, 3_600);
            assertThat(keys).hasSize(3_600);
            assertThat(List.copyOf(keys.values())).containsOnly(1L);
        }
    }
}
