package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of the stream whatever else becomes of the template. */
class StreamRulesTest {
    private static final WrittenTemplate KINESIS = WrittenTemplate.of("kinesis");

    /** Properties of AWS::Kinesis::Stream whose change makes a new stream (the resource's documentation). */
    private static final Set<String> REPLACING = Set.of("Name");

    private static JsonNode stream(Map<String, String> parameters) {
        return new ResolvedStack(KINESIS, parameters).properties("Stream");
    }

    @Test
    void aLaunchWithoutParametersIsTwoEncryptedShardsForADay() {
        JsonNode stream = stream(Map.of());

        assertThat(stream.at("/StreamModeDetails/StreamMode").asText()).isEqualTo("PROVISIONED");
        assertThat(stream.path("ShardCount").asText()).isEqualTo("2");
        assertThat(stream.path("RetentionPeriodHours").asText()).isEqualTo("24");
        assertThat(stream.path("MaxRecordSizeInKiB").asText()).isEqualTo("1024");
        assertThat(stream.at("/StreamEncryption/EncryptionType").asText()).isEqualTo("KMS");
        assertThat(stream.at("/StreamEncryption/KeyId").asText()).isEqualTo("alias/aws/kinesis");
        assertThat(stream.has("DesiredShardLevelMetrics")).isFalse();
    }

    @Test
    void onlyTheWordNoneStoresInTheClear() {
        String key = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
        assertThat(stream(Map.of("KmsKey", key)).at("/StreamEncryption/KeyId").asText())
                .isEqualTo(key);
        assertThat(stream(Map.of("KmsKey", "none")).has("StreamEncryption")).isFalse();
        assertThat(ResolvedStack.refusal(KINESIS, Map.of("KmsKey", ""))).isPresent();
    }

    @Test
    void itIsKeptWhenTheStackIsDeletedOrTheStreamReplaced() {
        JsonNode resource = KINESIS.resources().path("Stream");

        assertThat(resource.path("DeletionPolicy").asText()).isEqualTo("RetainExceptOnCreate");
        assertThat(resource.path("UpdateReplacePolicy").asText()).isEqualTo("Retain");
        assertThat(resource.has("Condition"))
                .as("a condition that turns false would remove it")
                .isFalse();
    }

    /** No parameter at all is in a property that replaces it, and there is no such property. */
    @Test
    void noParameterReplacesIt() {
        JsonNode properties = KINESIS.resources().path("Stream").path("Properties");

        assertThat(REPLACING)
                .allSatisfy(each -> assertThat(properties.has(each)).as(each).isFalse());
        assertThat(whatDiffers(stream(Map.of("ShardCount", "2")), stream(Map.of("ShardCount", "10"))))
                .containsExactly("ShardCount");
    }

    /** ShardCount, StreamMode and the like stand nowhere but where they belong: not in a name of anything. */
    @Test
    void namesComeFromTheStackAlone() {
        ResolvedStack two = new ResolvedStack(KINESIS, Map.of("ShardCount", "2", "AlertMail", "a@example.com"));
        ResolvedStack ten = new ResolvedStack(KINESIS, Map.of("ShardCount", "10", "AlertMail", "a@example.com"));

        assertThat(two.outputs()).isEqualTo(ten.outputs());
        assertThat(two.resources().keySet()).isEqualTo(ten.resources().keySet());
        two.resources()
                .forEach((name, resource) -> assertThat(whatDiffers(resource.path("Properties"), ten.properties(name)))
                        .as(name)
                        .isSubsetOf("ShardCount", "Metrics", "AlarmDescription"));
    }

    @Test
    void onDemandHasNoShardCount() {
        JsonNode stream = stream(Map.of("StreamMode", "ON_DEMAND", "ShardCount", "7"));

        assertThat(stream.at("/StreamModeDetails/StreamMode").asText()).isEqualTo("ON_DEMAND");
        assertThat(stream.has("ShardCount")).isFalse();
    }

    @Test
    void metricsOfShardsAreAList() {
        JsonNode metrics = stream(Map.of("ShardLevelMetrics", "IncomingBytes,IteratorAgeMilliseconds"))
                .path("DesiredShardLevelMetrics");
        assertThat(metrics).extracting(JsonNode::asText).containsExactly("IncomingBytes", "IteratorAgeMilliseconds");
    }

    @ParameterizedTest
    @CsvSource({
        "ShardCount, 0",
        "RetentionHours, 23",
        "RetentionHours, 8761",
        "MaxRecordSizeInKiB, 1023",
        "MaxRecordSizeInKiB, 10241",
        "StreamMode, on_demand",
        "ShardLevelMetrics, IncomingByte",
        "AlertMail, nobody",
        "AlertTopicArn, topic",
        "FanOutConsumer, a b",
    })
    void wrongParametersAreRefusedBeforeAnythingIsMade(String parameter, String value) {
        assertThat(ResolvedStack.refusal(KINESIS, Map.of(parameter, value))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"StreamName", "StreamArn", "NemesisKinesisStreamName"})
    void othersFindItByExports(String output) {
        JsonNode made = new ResolvedStack(KINESIS, Map.of()).output(output);

        assertThat(made.at("/Export/Name").asText()).isEqualTo("logs-" + output);
        assertThat(made.path("Value").asText()).isEqualTo(output.equals("StreamArn") ? "<Stream.Arn>" : "<Stream>");
    }

    private static Set<String> whatDiffers(JsonNode one, JsonNode other) {
        Set<String> names = new TreeSet<>();
        one.fieldNames().forEachRemaining(names::add);
        other.fieldNames().forEachRemaining(names::add);
        names.removeIf(each -> one.path(each).equals(other.path(each)));
        return names;
    }
}
