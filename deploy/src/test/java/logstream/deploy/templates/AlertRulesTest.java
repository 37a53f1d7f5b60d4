package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Which alarms there are, that each reaches somebody, and tells what to do. */
class AlertRulesTest {
    private static final WrittenTemplate KINESIS = WrittenTemplate.of("kinesis");
    private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts";

    private static final Map<String, String> MAIL = Map.of("AlertMail", "ops@example.com", "FanOutConsumer", "search");
    private static final Map<String, String> TO_TOPIC = Map.of("AlertTopicArn", TOPIC, "FanOutConsumer", "search");
    private static final Map<String, String> BOTH =
            Map.of("AlertMail", "ops@example.com", "AlertTopicArn", TOPIC, "FanOutConsumer", "search");

    static final List<Map<String, String>> WITH_ALARMS = List.of(MAIL, TO_TOPIC, BOTH);

    private static Map<String, JsonNode> alarms(Map<String, String> parameters) {
        return new ResolvedStack(KINESIS, parameters).ofType("AWS::CloudWatch::Alarm");
    }

    @Test
    void nobodyToAlertNoAlarms() {
        ResolvedStack stack = new ResolvedStack(KINESIS, Map.of("FanOutConsumer", "search"));
        assertThat(stack.resources()).containsOnlyKeys("Stream");
    }

    @ParameterizedTest
    @FieldSource("WITH_ALARMS")
    void aProvisionedStreamHasAll(Map<String, String> parameters) {
        assertThat(alarms(parameters))
                .containsOnlyKeys(
                        "WriteBytesAlarm",
                        "WriteRecordsAlarm",
                        "ReadBytesAlarm",
                        "WriteThrottledAlarm",
                        "ReadThrottledAlarm",
                        "IteratorAgeAlarm",
                        "FanOutAgeAlarm");
    }

    /** It has no shard count to be 90 % of. */
    @Test
    void aStreamOnDemandHasThoseThatMakeSense() {
        assertThat(alarms(Map.of("AlertMail", "ops@example.com", "StreamMode", "ON_DEMAND")))
                .containsOnlyKeys("WriteThrottledAlarm", "ReadThrottledAlarm", "IteratorAgeAlarm");
    }

    @ParameterizedTest
    @FieldSource("WITH_ALARMS")
    void eachReachesTheTopicAndTellsWhatToDo(Map<String, String> parameters) {
        String topic = parameters.containsKey("AlertTopicArn") ? TOPIC : "<AlertTopic>";
        alarms(parameters).forEach((name, alarm) -> {
            JsonNode properties = alarm.path("Properties");
            assertThat(properties.path("AlarmActions"))
                    .as(name)
                    .extracting(JsonNode::asText)
                    .containsExactly(topic);
            assertThat(properties.path("OKActions"))
                    .as(name)
                    .extracting(JsonNode::asText)
                    .containsExactly(topic);
            assertThat(properties.path("TreatMissingData").asText()).as(name).isIn("notBreaching", "ignore");
            assertThat(properties.path("AlarmDescription").asText())
                    .as(name)
                    .contains("<Stream>")
                    .contains("What to do: ")
                    .hasSizeLessThanOrEqualTo(1024) // CloudWatch takes no more
                    .doesNotContain("\n");
        });
    }

    @Test
    void whatToDoNamesThisStack() {
        assertThat(List.of("WriteBytesAlarm", "WriteRecordsAlarm", "ReadBytesAlarm", "WriteThrottledAlarm"))
                .allSatisfy(name -> assertThat(new ResolvedStack(KINESIS, MAIL)
                                .properties(name)
                                .path("AlarmDescription")
                                .asText())
                        .contains("logstream-deploy update logs -t kinesis --shard-count N"));
    }

    @Test
    void theMailIsSubscribed() {
        assertThat(new ResolvedStack(KINESIS, MAIL).properties("AlertSubscription"))
                .hasToString("{\"TopicArn\":\"<AlertTopic>\",\"Protocol\":\"email\",\"Endpoint\":\"ops@example.com\"}");
        assertThat(new ResolvedStack(KINESIS, BOTH)
                        .properties("AlertSubscription")
                        .path("TopicArn")
                        .asText())
                .isEqualTo(TOPIC);
        assertThat(new ResolvedStack(KINESIS, BOTH).resources()).doesNotContainKeys("AlertTopic", "AlertKey");
        assertThat(new ResolvedStack(KINESIS, TO_TOPIC).resources())
                .doesNotContainKeys("AlertTopic", "AlertSubscription");
    }

    /** alias/aws/sns does not: such alarms are lost without a word (moto would not notice). */
    @ParameterizedTest
    @FieldSource("TOPICS")
    void theTopicIsEncryptedWithAKeyThatCloudWatchMayUse(ResolvedStack stack) {
        assertThat(stack.properties("AlertTopic").path("KmsMasterKeyId").asText())
                .isEqualTo("<AlertKey.Arn>");

        JsonNode key = stack.properties("AlertKey");
        assertThat(key.path("EnableKeyRotation").asBoolean()).isTrue();
        // CloudWatch calls KMS itself, without a caller's account: a condition on one would shut it out.
        assertThat(key.at("/KeyPolicy/Statement"))
                .filteredOn(each -> each.at("/Principal/Service").asText().equals("cloudwatch.amazonaws.com"))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.path("Effect").asText()).isEqualTo("Allow");
                    assertThat(each.path("Action"))
                            .extracting(JsonNode::asText)
                            .containsExactlyInAnyOrder("kms:Decrypt", "kms:GenerateDataKey");
                    assertThat(each.has("Condition")).isFalse();
                });
    }

    @ParameterizedTest
    @FieldSource("TOPICS")
    void alarmsOfThisAccountMayPublishAndNobodyElse(ResolvedStack stack) {
        JsonNode policy = stack.properties("AlertTopicPolicy");

        assertThat(policy.path("Topics")).extracting(JsonNode::asText).containsExactly("<AlertTopic>");
        assertThat(policy.at("/PolicyDocument/Statement")).singleElement().satisfies(each -> {
            assertThat(each.path("Effect").asText()).isEqualTo("Allow");
            assertThat(each.path("Action").asText()).isEqualTo("sns:Publish");
            assertThat(each.path("Resource").asText()).isEqualTo("<AlertTopic>");
            assertThat(each.at("/Principal/Service").asText()).isEqualTo("cloudwatch.amazonaws.com");
            assertThat(each.at("/Condition/ArnLike/aws:SourceArn").asText())
                    .isEqualTo("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*");
        });
    }

    static final List<ResolvedStack> TOPICS = List.of(
            new ResolvedStack(KINESIS, MAIL),
            new ResolvedStack(WrittenTemplate.of("alert"), Map.of("AlertMail", "ops@example.com")));

    /** kinesis.yaml makes for AlertMail what alert.yaml makes: two files, one truth. */
    @Test
    void bothTopicsAreMadeAlike() {
        JsonNode alert = WrittenTemplate.of("alert").resources();
        for (String name : Set.of("AlertKey", "AlertTopic", "AlertTopicPolicy")) {
            ObjectNode own = KINESIS.resources().path(name).deepCopy();
            assertThat(own.remove("Condition").asText()).isEqualTo("HasOwnTopic");
            assertThat(own).isEqualTo(alert.path(name));
        }
    }

    @Test
    void anAlertStackGivesItsTopicOn() {
        JsonNode output = TOPICS.get(1).output("AlertTopicArn");

        assertThat(output.path("Value").asText()).isEqualTo("<AlertTopic>");
        assertThat(output.at("/Export/Name").asText()).isEqualTo("logs-AlertTopicArn");
    }
}
