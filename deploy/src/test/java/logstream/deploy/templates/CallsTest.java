package logstream.deploy.templates;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/** The agent runs with exactly what agent-role.yaml allows, and tail with what consumer-role.yaml does. */
class CallsTest {
    /** Calls of the agent, all that writes or asks about the stream. */
    private static final Set<String> OF_THE_AGENT = Set.of("PutRecords", "DescribeStreamSummary");

    /** Calls of tail, all that reads; they stand in one file. */
    private static final Set<String> OF_TAIL = Set.of("ListShards", "GetShardIterator", "GetRecords");

    private static final String READING = "ShardCalls.java";

    /** {@code logstream check --online}, which a person runs: asks about the agent's calls, and one of tail's. */
    private static final String CHECKING = "AccessCheck.java";

    private static final Set<String> OF_THE_CHECK = Set.of("PutRecords", "ListShards");

    /** What KCL 3.5.1's own sources call, reading by polling, besides what tail does. Fan-out comes on top. */
    private static final Set<String> OF_KCL = Set.of("DescribeStreamSummary");

    private static final Set<String> OF_KCL_WITH_FAN_OUT =
            Set.of("RegisterStreamConsumer", "DescribeStreamConsumer", "SubscribeToShard");

    /** Of DynamoDB on its lease table; its transactions are allowed by what is in them. Query is on the index by owner. */
    private static final Set<String> OF_KCL_ON_LEASES = Set.of(
            "CreateTable",
            "DescribeTable",
            "UpdateTable",
            "Scan",
            "GetItem",
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "ConditionCheckItem");

    private static final Path SOURCES = Path.of("../agent/src/main/java");

    /** Answers such calls and makes none. */
    private static final Path LOCAL_ENDPOINT = SOURCES.resolve("logstream/local");

    /** The request of an operation, its call on the client (asked: for the shape of a request), or its name on the wire. */
    private static final Pattern CALL = Pattern.compile(
            "\\b([A-Z]\\w+?)Request\\b|\\b(?:client\\(\\)|asked)\\s*\\.(\\w+)\\(|Kinesis_20131202\\.(\\w+)");

    /** Every operation of Kinesis, as the SDK's client has them. */
    private static final Set<String> OPERATIONS = Stream.of(KinesisAsyncClient.class.getMethods())
            .filter(method -> method.getReturnType().equals(CompletableFuture.class))
            .map(method -> capitalized(method.getName()))
            .collect(toSet());

    @Test
    void theCallsAreThoseOfTheSources() throws IOException {
        assertThat(OPERATIONS).contains("PutRecord", "PutRecords", "ListShards", "SubscribeToShard");

        Map<String, Set<String>> calls = callsByFile();
        assertThat(calls.get(READING)).isEqualTo(OF_TAIL);
        calls.remove(READING);
        assertThat(calls.remove(CHECKING)).isEqualTo(OF_THE_CHECK);
        assertThat(calls.values().stream().flatMap(Set::stream)).as("%s", calls).hasSameElementsAs(OF_THE_AGENT);
    }

    private static Map<String, Set<String>> callsByFile() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        for (Path file : sources()) {
            Set<String> calls = CALL.matcher(Files.readString(file))
                    .results()
                    .flatMap(each -> IntStream.rangeClosed(1, 3).mapToObj(each::group))
                    .filter(Objects::nonNull)
                    .map(CallsTest::capitalized)
                    .filter(OPERATIONS::contains)
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!calls.isEmpty()) {
                found.put(file.getFileName().toString(), calls);
            }
        }
        return found;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(each -> each.toString().endsWith(".java") && !each.startsWith(LOCAL_ENDPOINT))
                    .toList();
        }
    }

    private static String capitalized(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** The agent never reads the stream, and nothing of tail's ever writes. */
    @Test
    void theAgentWritesAndTailReads() throws IOException {
        assertThat(Files.readString(SOURCES.resolve("logstream/Agent.java")))
                .contains("KinesisStream")
                .doesNotContain("StreamReader");
        assertThat(Files.readString(SOURCES.resolve("logstream/cli/RecordSource.java")))
                .contains("StreamReader")
                .doesNotContain("KinesisStream");
    }

    /** What the agent tells an operator to allow is what the templates allow. */
    @Test
    void theAgentsAdviceIsThePolicies() throws IOException {
        String advice = Files.readString(SOURCES.resolve("logstream/kinesis/Purpose.java"));

        assertThat(Pattern.compile("kinesis:(\\w+)").matcher(advice).results().map(each -> each.group(1)))
                .hasSameElementsAs(union(OF_THE_AGENT, OF_TAIL));
    }

    @Test
    void theAgentsRoleAllowsItsCallsAndNothingElse() {
        PolicyStatements role = PolicyStatements.of("agent-role", Map.of("Logstream", "logs"));

        assertThat(role.all()).hasSize(1);
        assertThat(role.actionsOf("kinesis")).isEqualTo(OF_THE_AGENT);
        assertThat(role.resourcesOf("kinesis")).containsExactly("<import logs-StreamArn>");
    }

    @Test
    void aRoleWithoutAnApplicationAllowsTailsCallsAndNothingElse() {
        PolicyStatements role = PolicyStatements.of("consumer-role", Map.of("LogStreamStack", "logs"));

        assertThat(role.all()).hasSize(1);
        assertThat(role.actionsOf("kinesis")).isEqualTo(OF_TAIL);
        assertThat(role.resourcesOf("kinesis")).containsExactly("<import logs-StreamArn>");
    }

    @Test
    void anApplicationThatPollsMayKeepItsPlaceBesides() {
        PolicyStatements role = PolicyStatements.of(
                "consumer-role", Map.of("LogStreamStack", "logs", "Application", "search", "FanOut", "no"));
        String table = "arn:aws:dynamodb:eu-west-1:123456789012:table/search";

        assertThat(role.actionsOf("kinesis")).isEqualTo(union(OF_TAIL, OF_KCL));
        assertThat(role.resourcesOf("kinesis")).containsExactly("<import logs-StreamArn>");
        assertThat(role.resourcesOf("dynamodb"))
                .containsExactlyInAnyOrder(
                        table,
                        table + "-CoordinatorState",
                        table + "-WorkerMetricStats",
                        table + "/index/LeaseOwnerToLeaseKeyIndex");
        assertThat(role.onlyWithSid("Leases").actionsOf("dynamodb")).isEqualTo(OF_KCL_ON_LEASES);
        assertThat(union(role.onlyWithSid("Workers").actionsOf("dynamodb"), Set.of("UpdateTable")))
                .isEqualTo(OF_KCL_ON_LEASES);
        assertThat(role.withSid("LeasesByOwner").path("Action").asText()).isEqualTo("dynamodb:Query");
        assertThat(role.actionsOf("cloudwatch")).containsExactly("PutMetricData");
    }

    @Test
    void fanOutIsOnTop() {
        PolicyStatements role =
                PolicyStatements.of("consumer-role", Map.of("LogStreamStack", "logs", "Application", "search"));

        assertThat(role.actionsOf("kinesis")).isEqualTo(union(OF_TAIL, union(OF_KCL, OF_KCL_WITH_FAN_OUT)));
        assertThat(role.resourcesOf("kinesis"))
                .containsExactlyInAnyOrder(
                        "<import logs-StreamArn>",
                        "<import logs-StreamArn>/consumer/search",
                        "<import logs-StreamArn>/consumer/search:*");
    }

    @Test
    void onlyAKeyOfOnesOwnNeedsAPermission() {
        String key = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
        PolicyStatements agent = PolicyStatements.of("agent-role", Map.of("Logstream", "logs", "KmsKeyArn", key));
        PolicyStatements consumer =
                PolicyStatements.of("consumer-role", Map.of("LogStreamStack", "logs", "KmsKeyArn", key));

        assertThat(agent.actionsOf("kms")).containsExactly("GenerateDataKey");
        assertThat(agent.resourcesOf("kms")).containsExactly(key);
        assertThat(consumer.actionsOf("kms")).containsExactly("Decrypt");
        assertThat(consumer.resourcesOf("kms")).containsExactly(key);
        assertThat(Stream.of(agent.withSid("Encrypt"), consumer.withSid("Decrypt")))
                .allSatisfy(each -> assertThat(each.at("/Condition/StringEquals/kms:ViaService")
                                .asText())
                        .isEqualTo("kinesis.eu-west-1.amazonaws.com"));
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        return Stream.concat(one.stream(), other.stream()).collect(Collectors.toCollection(TreeSet::new));
    }
}
