package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Least privilege: no policy allows more than it must, and roles are taken only by whom they are for. */
class PoliciesTest {
    /** Actions for which AWS knows no resource, and what bounds them instead. */
    private static final Map<String, String> WITHOUT_RESOURCE = Map.of(
            "cloudwatch:PutMetricData", "its condition, the namespace",
            "ecr:GetAuthorizationToken", "nothing; the token allows no more than the role");

    /** A key's policy is about that key alone, so its resource is '*'; without the account in it nobody could ever change it. */
    private static final String KEY_POLICY = "KeyPolicy";

    /** A resource may end so: AWS appends what nobody knows beforehand. */
    private static final Set<String> GENERATED_PARTS = Set.of(
            ":autoScalingGroup:*:autoScalingGroupName/", // the group's UUID
            "/consumer/${Application}:*"); // the second of a consumer's registration

    static final List<WrittenTemplate> TEMPLATES = WrittenTemplate.all();

    /** Statements of policies of roles, not of keys and topics. */
    private static List<JsonNode> statements(WrittenTemplate template) {
        return template.resources().properties().stream()
                .filter(each -> each.getValue().path("Type").asText().startsWith("AWS::IAM::"))
                .flatMap(each -> WrittenTemplate.objectsIn(each.getValue()))
                .filter(each -> each.has("Effect") && each.has("Action") && !each.has("Principal"))
                .toList();
    }

    private static List<String> texts(JsonNode oneOrMore) {
        List<String> texts = new ArrayList<>();
        if (oneOrMore.isArray()) {
            oneOrMore.forEach(each -> texts.add(each.asText()));
        } else {
            texts.add(oneOrMore.asText());
        }
        return texts;
    }

    @ParameterizedTest
    @FieldSource("TEMPLATES")
    void noActionHasAWildcard(WrittenTemplate template) {
        assertThat(statements(template)).allSatisfy(each -> {
            assertThat(each.path("Effect").asText()).isEqualTo("Allow");
            assertThat(texts(each.path("Action"))).allMatch(action -> action.matches("[a-z]+:[A-Z][A-Za-z]+"));
            assertThat(each.has("NotAction") || each.has("NotResource")).isFalse();
        });
    }

    @ParameterizedTest
    @FieldSource("TEMPLATES")
    void everyActionHasItsResource(WrittenTemplate template) {
        assertThat(statements(template)).allSatisfy(each -> {
            if (each.path("Resource").asText().equals("*")) {
                assertThat(texts(each.path("Action"))).isSubsetOf(WITHOUT_RESOURCE.keySet());
            } else {
                assertThat(withoutGeneratedParts(each.path("Resource").toString()))
                        .doesNotContain("*");
            }
        });
    }

    private static String withoutGeneratedParts(String resource) {
        String rest = resource;
        for (String part : GENERATED_PARTS) {
            rest = rest.replace(part, "");
        }
        return rest;
    }

    @Test
    void metricsGoToTheApplicationsNamespaceOnly() {
        JsonNode statement = PolicyStatements.of(
                        "consumer-role", Map.of("LogStreamStack", "logs", "Application", "search"))
                .withSid("Metrics");
        assertThat(statement.at("/Condition/StringEquals/cloudwatch:namespace").asText())
                .isEqualTo("search");
    }

    /** Wildcards stand in key policies, for the account that manages the key, and nowhere else. */
    @ParameterizedTest
    @FieldSource("TEMPLATES")
    void keysAreManagedByTheAccount(WrittenTemplate template) {
        Stream<JsonNode> wild = WrittenTemplate.objectsIn(template.resources())
                .filter(each -> texts(each.path("Action")).stream().anyMatch(action -> action.contains("*")));
        List<JsonNode> inKeys = WrittenTemplate.objectsIn(template.resources())
                .filter(each -> each.has(KEY_POLICY))
                .map(each -> each.path(KEY_POLICY).path("Statement").get(0))
                .toList();
        assertThat(wild)
                .isEqualTo(inKeys)
                .allSatisfy(each -> assertThat(each.at("/Principal/AWS/Fn::Sub").asText())
                        .isEqualTo("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"));
    }

    @ParameterizedTest
    @CsvSource({
        "agent-role, Logstream, EC2, ec2.amazonaws.com",
        "agent-role, Logstream, ECS, ecs-tasks.amazonaws.com",
        "agent-role, Logstream, EKS, pods.eks.amazonaws.com",
        "consumer-role, LogStreamStack, EC2, ec2.amazonaws.com",
        "consumer-role, LogStreamStack, ECS, ecs-tasks.amazonaws.com",
        "consumer-role, LogStreamStack, EKS, pods.eks.amazonaws.com",
    })
    void aRoleIsTakenByOneServiceOnly(String template, String streamStack, String runsOn, String service) {
        ResolvedStack stack =
                new ResolvedStack(WrittenTemplate.of(template), Map.of(streamStack, "logs", "RunsOn", runsOn));

        assertThat(stack.properties("Role").at("/AssumeRolePolicyDocument/Statement"))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.path("Principal")).hasToString("{\"Service\":\"" + service + "\"}");
                    assertThat(texts(each.path("Action")))
                            .isEqualTo(
                                    runsOn.equals("EKS")
                                            ? List.of("sts:AssumeRole", "sts:TagSession")
                                            : List.of("sts:AssumeRole"));
                });
        assertThat(stack.resources().containsKey("InstanceProfile")).isEqualTo(runsOn.equals("EC2"));
    }

    /** EC2 hands its role out to its own instances alone; the other two act for whoever asks them. */
    @Test
    void otherAccountsTasksAndOtherPodsTakeNoRole() {
        ResolvedStack ecs =
                new ResolvedStack(WrittenTemplate.of("agent-role"), Map.of("Logstream", "logs", "RunsOn", "ECS"));
        assertThat(ecs.properties("Role").at("/AssumeRolePolicyDocument/Statement/0/Condition"))
                .hasToString("{\"StringEquals\":{\"aws:SourceAccount\":\"123456789012\"},"
                        + "\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:ecs:eu-west-1:123456789012:*\"}}");

        ResolvedStack eks = new ResolvedStack(
                WrittenTemplate.of("agent-role"),
                Map.of("Logstream", "logs", "RunsOn", "EKS", "EksServiceAccount", "kube-system/agents"));
        assertThat(eks.properties("Role").at("/AssumeRolePolicyDocument/Statement/0/Condition/StringEquals"))
                .hasToString("{\"aws:RequestTag/kubernetes-namespace\":\"kube-system\","
                        + "\"aws:RequestTag/kubernetes-service-account\":\"agents\"}");
    }

    @ParameterizedTest
    @CsvSource({"agent-role, Logstream", "consumer-role, LogStreamStack"})
    void aRoleIsForExactlyOneStream(String name, String streamStack) {
        WrittenTemplate template = WrittenTemplate.of(name);
        String arn = "arn:aws:kinesis:eu-west-1:210987654321:stream/theirs";

        assertThat(ResolvedStack.refusal(template, Map.of()))
                .hasValueSatisfying(why -> assertThat(why).contains("Give "));
        assertThat(ResolvedStack.refusal(template, Map.of(streamStack, "logs", "StreamArn", arn)))
                .hasValueSatisfying(why -> assertThat(why).contains("not both"));
        assertThat(ResolvedStack.refusal(template, Map.of(streamStack, "logs"))).isEmpty();
        assertThat(PolicyStatements.of(name, Map.of("StreamArn", arn)).resourcesOf("kinesis"))
                .containsExactly(arn);
        assertThat(PolicyStatements.of(name, Map.of(streamStack, "logs")).resourcesOf("kinesis"))
                .containsExactly("<import logs-StreamArn>");
    }

    /** What a template imports of the stack that a parameter names is exported by that stack's template. */
    @Test
    void whatIsImportedIsExported() {
        Map<String, String> templates =
                Map.of("Logstream", "kinesis", "LogStreamStack", "kinesis", "AgentRole", "agent-role");
        List<String> imported = TEMPLATES.stream()
                .flatMap(each -> WrittenTemplate.objectsIn(each.root()))
                .filter(each -> each.has("Fn::ImportValue"))
                .map(each -> each.at("/Fn::ImportValue/Fn::Sub").asText())
                .toList();

        assertThat(imported).hasSizeGreaterThan(5).allSatisfy(each -> {
            String parameter = each.replaceFirst("^\\$\\{(\\w+)}.*", "$1");
            assertThat(templates).containsKey(parameter);
            assertThat(exports(templates.getOrDefault(parameter, "")))
                    .contains(each.replace(parameter, "AWS::StackName"));
        });
    }

    private static List<String> exports(String template) {
        return WrittenTemplate.objectsIn(WrittenTemplate.of(template).outputs())
                .filter(each -> each.has("Export"))
                .map(each -> each.at("/Export/Name/Fn::Sub").asText())
                .toList();
    }
}
