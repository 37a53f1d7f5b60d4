package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import logstream.engines.AgentProcess;
import logstream.engines.DynamoDbLocal;
import logstream.engines.Engines;
import logstream.engines.KplAggregate;
import logstream.engines.Program;
import logstream.it.KclWorker.Read;
import logstream.it.KclWorker.Step;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import logstream.pipeline.RecordKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Consumers read everything, and each event once, while the stream is split and merged under load. */
class KclIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FIRST = "shardId-000000000000";
    private static final String SECOND = "shardId-000000000001";
    private static final String UPPER_HALF_OF_FIRST = "shardId-000000000003";
    private static final String MERGED = "shardId-000000000004";

    @RegisterExtension
    static final Program PROGRAM = new Program();

    private final Set<String> aggregated = new HashSet<>();
    private @Nullable LocalKinesis endpoint;
    private @Nullable KinesisClient client;

    @BeforeEach
    void open() throws Exception {
        LocalKinesis opened = LocalKinesis.start(0);
        opened.createStream(Yaml.STREAM, 2);
        endpoint = opened;
        client = KinesisClient.builder()
                .endpointOverride(opened.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(Apache5HttpClient.builder())
                .build();
    }

    @AfterEach
    void close() {
        kinesis().close();
        endpoint().close();
    }

    private LocalKinesis endpoint() {
        if (endpoint == null) {
            throw new IllegalStateException("not open");
        }
        return endpoint;
    }

    private KinesisClient kinesis() {
        if (client == null) {
            throw new IllegalStateException("not open");
        }
        return client;
    }

    @Test
    @Timeout(150)
    void everyEventIsReadOnceThroughASplitAndAMerge(@TempDir Path folder) throws Exception {
        Engines.require(DynamoDbLocal.isAvailable(), "DynamoDB Local (" + DynamoDbLocal.FOLDER + ")");
        AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, endpoint().endpoint()));
        try (DynamoDbLocal dynamoDb = DynamoDbLocal.start();
                KclWorker worker = KclWorker.start(endpoint().endpoint(), dynamoDb.endpoint(), Yaml.STREAM);
                AckedLoad load = AckedLoad.start(
                        agent.forwardPort(), 4, Duration.ofMillis(10), 300, new Random(5), count -> {})) {
            putAggregates(0);
            awaitRead(worker, FIRST);
            awaitRead(worker, SECOND);
            split(FIRST);
            putAggregates(1);
            awaitTaken(UPPER_HALF_OF_FIRST);
            merge(UPPER_HALF_OF_FIRST, SECOND);
            putAggregates(2);
            oneRequestIsNotAnswered();
            awaitTaken(MERGED);
            awaitRead(worker, MERGED);
            assertThat(load.finish()).as("every connection got its last ack").isTrue();
            assertThat(load.failure()).isEmpty();
            assertThat(agent.terminate()).isZero();

            Set<String> expected = new HashSet<>(load.acknowledged());
            expected.addAll(aggregated);
            await("all acknowledged events")
                    .atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(eventsOnce(worker.records())).containsExactlyInAnyOrderElementsOf(expected));
            assertThat(worker.stop()).as("the worker ended in order").isTrue();

            List<Read> read = List.copyOf(worker.records());
            List<String> once = eventsOnce(read);
            assertThat(once).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(read).as("with the repeated ones").hasSizeGreaterThan(once.size());
            parentsWereReadFirst(worker.steps());
            tailShows(expected);
        }
    }

    /** What a consumer has to do: a key that was there before is the same event; in an aggregate the id is it. */
    private static List<String> eventsOnce(List<Read> read) {
        Set<String> seen = new HashSet<>();
        List<String> events = new ArrayList<>();
        for (Read record : read) {
            JsonNode json = json(record.text());
            if (seen.add(record.aggregated() ? json.path("id").asText() : record.key())) {
                events.add(json.path("event").asText());
            }
        }
        return events;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a record that is no JSON: " + text, e);
        }
    }

    private void parentsWereReadFirst(List<Step> steps) {
        List<Shard> shards =
                kinesis().listShards(request -> request.streamName(Yaml.STREAM)).shards();
        assertThat(shards).hasSize(5);
        int families = 0;
        for (Shard shard : shards) {
            for (String parent : parents(shard)) {
                families++;
                assertThat(steps.indexOf(new Step(shard.shardId(), Step.Kind.BEGUN)))
                        .as("%s begins after the end of its parent %s, in %s", shard.shardId(), parent, steps)
                        .isGreaterThan(steps.lastIndexOf(new Step(parent, Step.Kind.ENDED)));
                assertThat(steps).contains(new Step(parent, Step.Kind.ENDED));
                assertThat(steps.lastIndexOf(new Step(parent, Step.Kind.FIRST_RECORD)))
                        .isLessThan(steps.indexOf(new Step(shard.shardId(), Step.Kind.FIRST_RECORD)));
            }
        }
        assertThat(families).as("two of the split, two of the merge").isEqualTo(4);
    }

    private static List<String> parents(Shard shard) {
        List<String> parents = new ArrayList<>();
        if (shard.parentShardId() != null) {
            parents.add(shard.parentShardId());
        }
        if (shard.adjacentParentShardId() != null) {
            parents.add(shard.adjacentParentShardId());
        }
        return parents;
    }

    /** Each event once, without any further de-duplication, and each connection's in their order. */
    private void tailShows(Set<String> expected) {
        Program.Finished tail = PROGRAM.command(
                new byte[0],
                "tail",
                Yaml.STREAM,
                "--endpoint-url",
                endpoint().endpoint().toString(),
                "--no-follow",
                "--json");
        assertThat(tail.exitCode()).as(tail.errors()).isZero();
        List<String> shown = tail.output()
                .lines()
                .map(line -> json(line).path("event").asText())
                .toList();
        assertThat(shown).containsExactlyInAnyOrderElementsOf(expected);
        Map<String, Integer> last = new HashMap<>();
        for (String event : shown) {
            String source = event.substring(0, event.lastIndexOf('-'));
            int number = Integer.parseInt(event.substring(event.lastIndexOf('-') + 1));
            assertThat(last.getOrDefault(source, -1))
                    .as("what was shown before %s of the same source", event)
                    .isLessThan(number);
            last.put(source, number);
        }
    }

    /** Ten aggregates of twenty events, spread over the shards; every second one comes twice. */
    private void putAggregates(int round) {
        for (int number = 0; number < 10; number++) {
            String key = RecordKey.of(1000 + round, number, 0);
            List<String> records = new ArrayList<>();
            for (int index = 0; index < 20; index++) {
                String event = "aggregate-" + round + "-" + number + "-" + index;
                aggregated.add(event);
                records.add("{\"log\":\"packed\",\"event\":\"" + event + "\",\"id\":\""
                        + RecordKey.of(1000 + round, number, index) + "\"}");
            }
            byte[] aggregate = KplAggregate.of(key, records);
            for (int times = 0; times <= number % 2; times++) {
                kinesis()
                        .putRecord(request -> request.streamName(Yaml.STREAM)
                                .partitionKey(key)
                                .data(SdkBytes.fromByteArray(aggregate)));
            }
        }
    }

    private void split(String shardId) {
        Shard shard = shard(shardId);
        BigInteger middle = new BigInteger(shard.hashKeyRange().startingHashKey())
                .add(new BigInteger(shard.hashKeyRange().endingHashKey()))
                .shiftRight(1);
        kinesis()
                .splitShard(request ->
                        request.streamName(Yaml.STREAM).shardToSplit(shardId).newStartingHashKey(middle.toString()));
    }

    private void merge(String one, String other) {
        kinesis()
                .mergeShards(request ->
                        request.streamName(Yaml.STREAM).shardToMerge(one).adjacentShardToMerge(other));
    }

    private Shard shard(String id) {
        return kinesis().listShards(request -> request.streamName(Yaml.STREAM)).shards().stream()
                .filter(shard -> shard.shardId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** The stream takes a request and the agent does not learn of it. */
    private void oneRequestIsNotAnswered() {
        long before = endpoint().accepted();
        endpoint().faults(Faults.none().withFailedAfter(1));
        await("a request that is not answered")
                .atMost(PATIENCE)
                .until(() -> endpoint().accepted() > before);
        endpoint().faults(Faults.none());
    }

    private void awaitTaken(String shardId) {
        await("records in " + shardId)
                .atMost(PATIENCE)
                .until(() -> endpoint().records(Yaml.STREAM).stream()
                                .filter(record -> record.shardId().equals(shardId))
                                .count()
                        >= 100);
    }

    private static void awaitRead(KclWorker worker, String shardId) {
        await("the worker to read " + shardId)
                .atMost(PATIENCE)
                .until(() -> worker.records().stream()
                        .anyMatch(record -> record.shardId().equals(shardId)));
    }
}
