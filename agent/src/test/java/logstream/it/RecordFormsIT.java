package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.stream.Collectors;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.engines.Program.Finished;
import logstream.kinesis.KplDecoder;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import logstream.local.StoredRecord;
import logstream.pipeline.RecordCompression;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each opt-in form of records, from container to consumer, over a stream that throttles: all there, once by their ids. */
class RecordFormsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int EVENTS = 5_000;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    private record Line(String shard, String key, JsonNode json) {
        String id() {
            return json.path("id").asText(key);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aggregate: true",
                "compression: gzip",
                "compression: zstd",
                "aggregate: true, compression: zstd",
                "partition_key: container",
                "partition_key: tag",
            })
    void everyLineArrivesOnce(String form, @TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 4);
            kinesis.faults(Faults.none().withThrottledRecords(0.05));
            String yaml = Yaml.of(folder, kinesis.endpoint())
                    .replace("kinesis:\n", "kinesis:\n  " + form.replace(", ", "\n  ") + "\n");
            AgentProcess agent = PROGRAM.runWith(folder, yaml);
            Set<String> acknowledged;
            try (AckedLoad load =
                    AckedLoad.start(agent.forwardPort(), 8, Duration.ofNanos(1), 300, new Random(1), count -> {})) {
                await("acks").atMost(Duration.ofSeconds(60)).until(() -> load.acknowledgedCount() >= EVENTS);
                assertThat(load.finish()).isTrue();
                acknowledged = load.acknowledged();
            }
            Accounting.awaitBalance(agent);
            List<Line> lines = lines(kinesis.records(Yaml.STREAM));

            assertThat(lines).hasSameSizeAs(acknowledged);
            assertThat(lines.stream().map(line -> line.json.path("event").asText()))
                    .containsExactlyInAnyOrderElementsOf(acknowledged);
            assertThat(lines.stream().map(Line::id).collect(Collectors.toSet())).hasSameSizeAs(lines);
            assertThat(kinesis.records(Yaml.STREAM).size())
                    .isLessThanOrEqualTo(form.startsWith("aggregate") ? EVENTS / 2 : Integer.MAX_VALUE);
            if (form.startsWith("partition_key")) {
                eachKeyIsInOneShard(lines, form.endsWith("container") ? 8 : 1);
            }

            Finished tail = PROGRAM.command(
                    new byte[0],
                    "tail",
                    Yaml.STREAM,
                    "--endpoint-url",
                    kinesis.endpoint().toString(),
                    "--no-follow",
                    "--json");
            assertThat(tail.exitCode()).as(tail.errors()).isZero();
            assertThat(inOrderOfEachSender(tail.output())).isEqualTo(acknowledged.size());
            assertThat(agent.terminate()).isZero();
        }
    }

    private static List<Line> lines(List<StoredRecord> records) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (StoredRecord record : records) {
            for (KplDecoder.UserRecord one : KplDecoder.records(record.partitionKey(), record.data())) {
                byte[] plain = RecordCompression.decompressed(one.data()).orElse(one.data());
                lines.add(new Line(record.shardId(), one.key(), JSON.readTree(plain)));
            }
        }
        return lines;
    }

    private static void eachKeyIsInOneShard(List<Line> lines, int keys) {
        Map<String, Set<String>> shards = new HashMap<>();
        lines.forEach(
                line -> shards.computeIfAbsent(line.key, key -> new HashSet<>()).add(line.shard));
        assertThat(shards).hasSize(keys).allSatisfy((key, of) -> assertThat(of).hasSize(1));
    }

    /** Returns how many lines there are. */
    private static int inOrderOfEachSender(String output) throws IOException {
        Map<String, Integer> next = new HashMap<>();
        int count = 0;
        for (String line : output.lines().toList()) {
            String[] event = JSON.readTree(line).path("event").asText().split("-", 2);
            assertThat(Integer.parseInt(event[1])).isEqualTo(next.getOrDefault(event[0], 0));
            next.merge(event[0], 1, Integer::sum);
            count++;
        }
        return count;
    }
}
