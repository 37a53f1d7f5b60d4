package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.engines.Program.Finished;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The commands for operators beside a running agent: they see everything, disturb nothing, and lose nothing. */
class ToolsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @TempDir
    Path folder;

    private String buffer() {
        return folder.resolve("buffer").toString();
    }

    private static Finished command(String... arguments) {
        return PROGRAM.command(new byte[0], arguments);
    }

    private static double metric(AgentProcess agent, String name) {
        return agent.metrics().getOrDefault(name, 0.0);
    }

    /** Sends events until there are so many acks, and waits for the last of them. */
    private static AckedLoad send(AgentProcess agent, long events, int maxLineBytes) throws IOException {
        AckedLoad load =
                AckedLoad.start(agent.forwardPort(), 4, Duration.ZERO, maxLineBytes, new Random(3), count -> {});
        await("acks").atMost(Duration.ofSeconds(60)).until(() -> load.acknowledgedCount() >= events);
        assertThat(load.finish()).as("every connection got its last ack").isTrue();
        load.close();
        return load;
    }

    private static void awaitArrival(StreamRecords records, AckedLoad load) {
        await("the acknowledged events")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> records.keysByEvent().keySet().containsAll(load.acknowledged()));
    }

    @Test
    void lookingAtALiveBufferFindsNoDamageAndDisturbsNothing() throws Exception {
        // Slow enough that chunks wait, fast enough that they go.
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.faults(Faults.none().withDelay(Duration.ofMillis(400)));
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB"));
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM);
                    AckedLoad load = AckedLoad.start(
                            agent.forwardPort(), 4, Duration.ofMillis(1), 4_000, new Random(4), count -> {})) {
                await("chunks").until(() -> metric(agent, "logstream_buffer_chunks") >= 2);
                for (int round = 0; round < 5; round++) {
                    Finished verify = command("buffer", "verify", buffer());
                    assertThat(verify.output()).as(verify.errors()).endsWith(": no damage\n");
                    assertThat(verify.exitCode()).isZero();

                    Finished ls = command("buffer", "ls", "--json", buffer());
                    assertThat(ls.exitCode()).as(ls.errors()).isZero();
                    JsonNode seen = JSON.readTree(ls.output());
                    assertThat(seen.path("agent_pid").asLong()).isEqualTo(agent.pid());
                    assertThat(seen.path("others")).isEmpty();

                    Finished dump = command("buffer", "dump", "--json", buffer());
                    assertThat(dump.exitCode()).as(dump.errors()).isZero();
                    for (String line : dump.output().lines().toList()) {
                        assertThat(JSON.readTree(line).path("kind").asText()).isEqualTo("record");
                    }
                }
                assertThat(load.finish()).isTrue();
                assertThat(load.failure()).isEmpty();
                kinesis.faults(Faults.none());
                awaitArrival(records, load);
                Accounting.awaitBalance(agent);
                Duplicates.none(records.keysByEvent());
                assertThat(metric(agent, "logstream_buffer_torn_bytes_total")).isZero();
            }
        }
    }

    @Test
    @Symptom("`logstream_records_dead_lettered_total` grows")
    void refusedRecordsAreReplayedUnderTheirKeys() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.faults(Faults.none().withErrorCode("InvalidArgumentException"));
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            AckedLoad load = send(agent, 100, 300);
            await("all of them to be given up on")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> metric(agent, "logstream_records_dead_lettered_total{cause=\"refused\"}")
                            == load.acknowledgedCount());
            Map<String, String> keys = keysByEvent(command("dead-letters", "show", "--json", buffer()));
            assertThat(keys.keySet()).isEqualTo(load.acknowledged());

            // Refused once more, they are dead letters once more.
            Finished inVain = command("dead-letters", "replay", buffer());
            assertThat(inVain.exitCode()).as(inVain.errors()).isZero();
            await("all of them to be given up on again")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> metric(agent, "logstream_records_dead_lettered_total{cause=\"refused\"}")
                            == 2 * load.acknowledgedCount());
            assertThat(keysByEvent(command("dead-letters", "show", "--json", buffer())))
                    .isEqualTo(keys);

            kinesis.faults(Faults.none());
            Finished replay = command("dead-letters", "replay", buffer());
            assertThat(replay.output())
                    .as(replay.errors())
                    .matches(
                            load.acknowledgedCount() + " records \\(.*\\) are in the buffer again, under their keys\n");
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                awaitArrival(records, load);
                Accounting.awaitBalance(agent);
                Map<String, List<String>> arrived = records.keysByEvent();
                Duplicates.none(arrived);
                arrived.forEach((event, key) -> assertThat(key).containsExactly(keys.get(event)));
            }
            assertThat(command("dead-letters", "ls", buffer()).output()).startsWith("no dead letters in");
            assertThat(metric(agent, "logstream_events_created_total{cause=\"replayed\"}"))
                    .isEqualTo(2.0 * load.acknowledgedCount());
        }
    }

    private static Map<String, String> keysByEvent(Finished shown) throws IOException {
        assertThat(shown.exitCode()).as(shown.errors()).isZero();
        Map<String, String> keys = new HashMap<>();
        for (String line : shown.output().lines().toList()) {
            JsonNode letter = JSON.readTree(line);
            assertThat(letter.path("cause").asText()).isEqualTo("refused");
            assertThat(letter.path("reason").asText()).contains("InvalidArgument");
            String event =
                    JSON.readTree(letter.path("data").asText()).path("event").asText();
            assertThat(keys.put(event, letter.path("key").asText())).isNull();
        }
        return keys;
    }

    @Test
    void chunksThatMadeRoomAreReplayed() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.down();
            AgentProcess agent = PROGRAM.runWith(
                    folder,
                    Yaml.of(folder.resolve("buffer"), kinesis.endpoint(), "1MiB\n  max_chunks: 3")
                            .replace("kinesis:\n", "kinesis:\n  retry_limit: 0\n  retry_wait: 100ms\n"));
            AckedLoad load = send(agent, 1_500, 8_000);
            double aside = metric(agent, "logstream_records_dead_lettered_total{cause=\"retries_exhausted\"}");
            assertThat(aside).as("records set aside").isPositive();
            assertThat(command("dead-letters", "ls", buffer()).output())
                    .contains(".chunk", "retries_exhausted", "nothing was accepted in 0 retries");
            kinesis.up();

            Finished replay = command("dead-letters", "replay", "--match", "retries_exhausted", buffer());
            assertThat(replay.exitCode()).as(replay.output() + replay.errors()).isZero();

            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                awaitArrival(records, load);
                Accounting.awaitBalance(agent);
                assertThat(records.keysByEvent().keySet()).isEqualTo(load.acknowledged());
                Duplicates.none(records.keysByEvent());
            }
            try (var left = Files.list(folder.resolve("buffer").resolve("dead-letters"))) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void aRunningAgentPurgesItsDeadLettersItself() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.faults(Faults.none().withErrorCode("InvalidArgumentException"));
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            AckedLoad load = send(agent, 20, 300);
            await("all of them to be given up on")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> metric(agent, "logstream_records_dead_lettered_total{cause=\"refused\"}")
                            == load.acknowledgedCount());

            Finished no =
                    PROGRAM.command("n\n".getBytes(StandardCharsets.UTF_8), "dead-letters", "purge", "--all", buffer());
            assertThat(no.output())
                    .contains("Delete " + load.acknowledgedCount() + " records")
                    .endsWith("Nothing was deleted.\n");
            assertThat(no.exitCode()).isEqualTo(1);
            Finished yes = PROGRAM.command(
                    "yes\n".getBytes(StandardCharsets.UTF_8), "dead-letters", "purge", "--all", buffer());
            assertThat(yes.output()).contains(load.acknowledgedCount() + " records deleted");
            assertThat(yes.exitCode()).isZero();

            assertThat(metric(agent, "logstream_dead_letter_bytes")).isZero();
            Accounting.awaitBalance(agent);
            assertThat(agent.terminate()).isZero();
        }
    }

    @Test
    void aBacklogIsDrainedWhenTheEndpointIsBack() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.down();
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            AckedLoad load = send(agent, 2_000, 1_000);

            AgentProcess first = PROGRAM.start("drain", "--timeout", "60s", buffer());
            await("the drain")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> agent.output().contains("draining:"));
            AgentProcess second = PROGRAM.start("drain", "--timeout", "50s", "--json", buffer());
            await("both drains")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> agent.output()
                                    .lines()
                                    .filter(line -> line.contains("told to drain"))
                                    .count()
                            == 2);
            assertThat(agent.isAlive()).isTrue();
            kinesis.up();

            assertThat(first.awaitExit()).as(first.output()).isZero();
            assertThat(second.awaitExit()).as(second.output()).isZero();
            assertThat(agent.awaitExit()).as("exit code of the agent").isZero();
            assertThat(first.output()).contains("drained: everything is shipped, and the agent has ended");
            assertThat(second.output()).contains("{\"records\":0,\"bytes\":0,\"folder\":\"" + buffer() + "\"}");
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                assertThat(records.keysByEvent().keySet()).isEqualTo(load.acknowledged());
                Duplicates.none(records.keysByEvent());
            }
            assertThat(command("drain", buffer()).exitCode())
                    .as("without an agent")
                    .isEqualTo(1);
        }
    }

    @Test
    @Symptom("Lines are left after `logstream drain`")
    void aDrainThatRunsOutOfTimeTellsWhatIsLeftAndLosesNothing() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.down();
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            AckedLoad load = send(agent, 500, 1_000);

            Finished drain = command("drain", "--timeout", "1s", buffer());

            assertThat(drain.exitCode()).as(drain.errors()).isEqualTo(3);
            assertThat(drain.output())
                    .startsWith("not drained: " + load.acknowledgedCount() + " records (")
                    .contains(" are left in " + buffer());
            assertThat(agent.awaitExit()).as("exit code of the agent").isZero();

            kinesis.up();
            AgentProcess next = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                awaitArrival(records, load);
                Accounting.awaitBalance(next);
                Duplicates.none(records.keysByEvent());
            }
        }
    }

    @Test
    void ctrlCEndsTheCommandAndNotTheDrain() throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.down();
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            AckedLoad load = send(agent, 100, 300);

            AgentProcess drain = PROGRAM.start("drain", "--timeout", "1h", buffer());
            await("the drain")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> agent.output().contains("draining:"));
            interrupt(drain);
            assertThat(drain.awaitExit()).isEqualTo(130);
            assertThat(drain.output()).contains("the drain goes on without you");
            assertThat(agent.isAlive()).isTrue();

            // SIGTERM ends it before the time.
            assertThat(agent.terminate()).isZero();
            kinesis.up();
            AgentProcess next = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                awaitArrival(records, load);
                Accounting.awaitBalance(next);
            }
        }
    }

    private static void interrupt(AgentProcess process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
