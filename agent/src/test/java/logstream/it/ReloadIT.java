package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import logstream.local.LocalOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The real program loads its configuration again and again while lines come in. */
class ReloadIT {
    private static final int CONNECTIONS = 8;
    private static final int MAX_LINE_BYTES = 4_000;

    private static final LocalOptions ROOMY = LocalOptions.defaults().withMaxBytes(600 << 20);

    /** What a running agent takes over. */
    private static final List<String> GOOD = List.of(
            "record: {tags: ['grid.**', 'more.**']}",
            "record: {source_address_key: peer}",
            "record: {join_pieces: false, join_timeout: 1s}",
            "{record: {source_address_key: from}, shutdown: {grace: 3s}}",
            "kinesis: {linger: 0s, max_batch_records: 7}",
            "kinesis: {max_batch_size: 1MiB, retry_limit: 3, retry_wait: 200ms}",
            "buffer: {max_chunks: 2}",
            "buffer: {max_chunks: 50, min_free: 1%}",
            "buffer: {dead_letters: {max_size: 1MiB, max_age: 1d}}",
            "");

    /** What it refuses, whole: each has something that could be taken over, too. */
    private static final List<String> BAD = List.of(
            "{record: {tags: nothing.**}, kinesis: {stream: another}}",
            "{record: {tags: nothing.**}, kinesis: {region: eu-west-1}}",
            "{record: {tags: nothing.**}, buffer: {directory: elsewhere}}",
            "{record: {tags: nothing.**}, forward: {listen: 'tcp://127.0.0.1:1'}}",
            "{record: {tags: nothing.**}, monitor: {port: 1}}",
            "{record: {tags: nothing.**, joinpieces: true}}",
            "{record: {tags: nothing.**}, buffer: {max_chunks: 1}}",
            "{record: {tags: nothing.**",
            "record: {tags: nothing.**, source_address_key: '${LOGSTREAM_TEST_NOT_SET}'}");

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    @Symptom("A changed setting does not hold")
    void thirtyReloadsUnderLoad(@TempDir Path folder) throws Exception {
        reloads(folder, 30);
    }

    @Test
    @Tag("proof")
    void aThousandReloadsUnderLoad(@TempDir Path folder) throws Exception {
        reloads(folder, 1000);
    }

    private static void reloads(Path folder, int count) throws Exception {
        Random random = new Random(count);
        try (LocalKinesis kinesis = LocalKinesis.start(0, ROOMY)) {
            kinesis.createStream(Yaml.STREAM, 2);
            String base = Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB");
            AgentProcess agent = PROGRAM.runWith(folder, base);
            Path file = configuration(folder);
            Set<String> acknowledged;
            int good = 0;
            try (AckedLoad load = AckedLoad.start(
                    agent.forwardPort(), CONNECTIONS, Duration.ofMillis(1), MAX_LINE_BYTES, random, _ -> {})) {
                for (int number = 1; number <= count; number++) {
                    boolean isGood = random.nextBoolean();
                    good += isGood ? 1 : 0;
                    replace(file, isGood ? merged(base, pick(GOOD, random)) : merged(base, pick(BAD, random)));
                    hangUp(agent);
                    awaitReloads(agent, good, number - good);
                    long before = load.acknowledgedCount();
                    await("lines after reload " + number)
                            .atMost(Duration.ofSeconds(30))
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> load.acknowledgedCount() > before);
                }
                replace(file, merged(base, "record: {source_address_key: last}"));
                hangUp(agent);
                awaitReloads(agent, good + 1, count - good);
                long before = load.acknowledgedCount();
                await("lines of the last form").until(() -> load.acknowledgedCount() > before + 10 * CONNECTIONS);
                assertThat(load.finish()).as("every line is acknowledged").isTrue();
                assertThat(load.failure()).as("no connection broke").isEmpty();
                assertThat(load.sentCount()).isEqualTo(load.acknowledgedCount());
                assertThat(agent.metrics().get("logstream_connections_opened_total"))
                        .isEqualTo(CONNECTIONS);
                assertThat(agent.metrics().get("logstream_connections_closed_total"))
                        .isZero();
                acknowledged = Set.copyOf(load.acknowledged());
            }
            Accounting.awaitBalance(agent);

            Map<String, Integer> arrived = new HashMap<>();
            Set<String> forms = new HashSet<>();
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                for (StreamRecords.Found record : records.all()) {
                    arrived.merge(record.json().path("event").asText(), 1, Integer::sum);
                    record.json().fieldNames().forEachRemaining(forms::add);
                }
            }
            assertThat(arrived.keySet()).as("nothing is lost, nothing made up").isEqualTo(acknowledged);
            assertThat(arrived.values()).as("nothing is there twice").containsOnly(1);
            assertThat(forms).as("the last form came into effect").contains("last");
            assertThat(agent.terminate()).isZero();
            System.out.printf(
                    "%d reloads, %d of them refused: %d lines, each once%n",
                    count + 1, count - good, acknowledged.size());
        }
    }

    /** A file that is looked at is loaded without a signal. */
    @Test
    void aChangedFileIsLoadedWhereThatIsAskedFor(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 1);
            String base = Yaml.of(folder, kinesis.endpoint()) + "reload: {interval: 20ms}\n";
            AgentProcess agent = PROGRAM.runWith(folder, base);
            assertThat(agent.health()).isEqualTo(200);

            replace(configuration(folder), base + "record: {tags: '**'}\n");
            awaitReloads(agent, 1, 0);
            replace(configuration(folder), base + "record: {tags: '**'}\nshutdown: {grace: long}\n");
            awaitReloads(agent, 1, 1);

            assertThat(agent.output())
                    .contains("configuration loaded again: changed record.tags")
                    .contains("the one before holds", "shutdown.grace is 'long'");
            assertThat(agent.terminate()).isZero();
        }
    }

    /** The one file in the folder that the program was started with. */
    private static Path configuration(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String pick(List<String> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }

    /** Base and change as one file; where both have a section, the change goes into it. */
    private static String merged(String base, String change) throws IOException {
        if (change.isEmpty()) {
            return base;
        }
        YAMLMapper yaml = new YAMLMapper();
        try {
            JsonNode all = yaml.readerForUpdating(yaml.readTree(base)).readValue(change);
            return yaml.writeValueAsString(all);
        } catch (JsonProcessingException wrong) {
            // One of those that are no YAML.
            return base + change;
        }
    }

    /** In one step, as those who deploy files should. */
    private static void replace(Path file, String yaml) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next"), yaml);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void hangUp(AgentProcess agent) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(agent.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static void awaitReloads(AgentProcess agent, int loaded, int refused) {
        await("%d reloads and %d refusals".formatted(loaded, refused))
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> {
                    Map<String, Double> page = agent.metrics();
                    assertThat(page.get("logstream_config_reloads_total")).isEqualTo(loaded);
                    assertThat(page.get("logstream_config_reloads_refused_total"))
                            .isEqualTo(refused);
                });
    }
}
