package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import logstream.deploy.fake.FakeAws.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Launches, and what {@code watch} says of them afterwards. */
class LaunchTest {
    private static final String[] LAUNCH = {
        "launch", "logs", "-t", "kinesis", "--shard-count", "2", "--alert-mail", "ops@example.com"
    };

    private final Tool tool = new Tool();

    @AfterEach
    void close() {
        tool.close();
    }

    @Test
    void itIsFollowedUntilItStands() throws IOException {
        tool.aws.next("launch");
        Tool.Outcome outcome = tool.run(LAUNCH);

        Golden.check("launch.txt", outcome.out());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void theCallSaysWhatWasAskedFor() {
        tool.aws.next("launch");
        tool.run(LAUNCH);

        Map<String, String> call = tool.aws.calls("CreateStack").getFirst().arguments();
        assertThat(call)
                .containsEntry("StackName", "logs")
                .containsEntry("Parameters.member.1.ParameterKey", "ShardCount")
                .containsEntry("Parameters.member.1.ParameterValue", "2")
                .containsEntry("Parameters.member.2.ParameterKey", "AlertMail")
                .containsEntry("Parameters.member.2.ParameterValue", "ops@example.com")
                .containsEntry("Tags.member.1.Key", "logstream:template")
                .containsEntry("Tags.member.1.Value", "kinesis")
                .containsEntry("RetainExceptOnCreate", "true")
                .containsKey("ClientRequestToken")
                .doesNotContainKey("Capabilities.member.1");
        assertThat(call.get("TemplateBody")).contains("AWS::Kinesis::Stream");
    }

    @Test
    void aTemplateWithRolesIsLaunchedWithThatPermission() {
        tool.aws.next("launch");
        tool.run("launch", "logs-role", "-t", "agent-role", "--param", "Logstream=logs");

        assertThat(tool.aws.calls("CreateStack").getFirst().arguments())
                .containsEntry("Capabilities.member.1", "CAPABILITY_NAMED_IAM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--logstream_alert_mail", "--logsteam_alert_mail"})
    void theOldSpellingsAreKnown(String option) {
        tool.aws.next("launch");
        tool.run("launch", "logs", "-t", "kinesis", "--shard_count", "3", option, "a@b.example");

        assertThat(tool.aws.calls("CreateStack").getFirst().arguments())
                .containsEntry("Parameters.member.1.ParameterValue", "3")
                .containsEntry("Parameters.member.2.ParameterValue", "a@b.example");
    }

    @Test
    void ofAFailureTheFirstCauseIsOnTop() throws IOException {
        tool.aws.next("launch-name-taken");
        Tool.Outcome outcome = tool.run(LAUNCH);

        Golden.check("launch-name-taken.txt", outcome.out() + "-- standard error\n" + outcome.err());
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.STACK_FAILED);

        Tool.Outcome watched = tool.run("watch", "logs");
        assertThat(watched.err()).isEqualTo(outcome.err());
        assertThat(watched.out()).startsWith("==> Stream (AWS::Kinesis::Stream) failed first: ");
        assertThat(watched.exitCode()).isEqualTo(ExitCode.STACK_FAILED);
    }

    @Test
    void aMissingPermissionIsNamed() {
        tool.aws.next("launch-no-permission");
        Tool.Outcome outcome = tool.run(LAUNCH);

        assertThat(outcome.err())
                .startsWith("logstream-deploy: logs: Stream (AWS::Kinesis::Stream) failed first: ")
                .contains("not authorized to perform: kinesis:CreateStream")
                .contains("What to do: these credentials lack the permission");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.STACK_FAILED);
    }

    @Test
    void aRefusedCallBeginsNothing() {
        tool.aws.fail(
                "CreateStack",
                1,
                403,
                "AccessDenied",
                "User: ann is not authorized to perform: cloudformation:CreateStack");
        Tool.Outcome outcome = tool.run(LAUNCH);

        assertThat(outcome.err())
                .isEqualTo("logstream-deploy: could not launch the stack logs: User: ann is not authorized to perform:"
                        + " cloudformation:CreateStack\n  What to do: these credentials lack the permission that the reason"
                        + " names: add it, or use others (--profile).\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void throttledCallsAreMadeAgain() {
        tool.aws
                .next("launch")
                .fail("CreateStack", 3, 400, "Throttling", "Rate exceeded")
                .fail("DescribeStackEvents", 2, 503, "ServiceUnavailable", "not now");
        Tool.Outcome outcome = tool.run(LAUNCH);

        assertThat(outcome.err()).isEqualTo("""
                        logstream-deploy: could not launch the stack logs: AWS takes no more calls (Rate exceeded); trying again for about a minute
                        logstream-deploy: could not read the events of the stack ARN: not now; trying again for about a minute
                        """.replace(
                "ARN",
                tool.aws.calls("DescribeStackEvents").getLast().arguments().getOrDefault("StackName", "")));
        assertThat(tool.aws.calls("CreateStack").stream().map(LaunchTest::token).distinct())
                .hasSize(1);
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    }

    private static String token(Call call) {
        return call.arguments().getOrDefault("ClientRequestToken", "none");
    }

    @Test
    void whenAwsStaysSilentTheLaunchGoesOnWithoutUs() {
        tool.aws.next("launch").fail("DescribeStackEvents", 10, 400, "Throttling", "Rate exceeded");
        Tool.Outcome outcome = tool.run(LAUNCH);

        assertThat(outcome.err().lines().toList().getLast())
                .isEqualTo(
                        "  AWS goes on with it; 'logstream-deploy watch logs --region eu-west-1 --endpoint-url URL' shows"
                                + " how.");
        assertThat(tool.aws.calls("DescribeStackEvents")).hasSize(10);
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(tool.run("watch", "logs").exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void ctrlCEndsTheWatchingOnly() {
        tool.aws.next("launch");
        Tool.Outcome left = tool.leaveInPause(2).run(LAUNCH);

        assertThat(left.err())
                .isEqualTo(
                        "logstream-deploy: stopped watching logs\n  AWS goes on with it; 'logstream-deploy watch logs"
                                + " --region eu-west-1 --endpoint-url URL' shows how.\n");
        assertThat(left.exitCode()).isEqualTo(ExitCode.INTERRUPTED);

        Tool.Outcome watched = tool.run("watch", "logs");
        assertThat(watched.out().lines().findFirst().orElse("")).contains("CREATE_IN_PROGRESS", "User Initiated");
        assertThat(watched.out()).contains("logs is CREATE_COMPLETE.");
        assertThat(watched.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void ctrlCWhileAwsDoesNotAnswerEndsAtOnce() {
        tool.aws.next("launch").fail("CreateStack", 10, 400, "Throttling", "Rate exceeded");
        Tool.Outcome left = tool.leaveInPause(3).run(LAUNCH);

        assertThat(left.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(left.err()).endsWith("logstream-deploy: stopped while trying to launch the stack logs again\n");
        assertThat(tool.aws.calls("CreateStack")).hasSize(3);
    }

    @Test
    void whenTheTimeIsOverTheLaunchGoesOn() {
        tool.aws.next("launch");
        Tool.Outcome outcome = tool.run("launch", "logs", "-t", "kinesis", "--timeout", "3s");

        assertThat(outcome.err())
                .startsWith("logstream-deploy: logs is still CREATE_IN_PROGRESS; the time to watch it is over\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.STILL_RUNNING);
    }

    @Test
    void aNameIsTakenOnce() {
        tool.aws.stack("logs", "UPDATE_COMPLETE");
        Tool.Outcome outcome = tool.run(LAUNCH);

        assertThat(outcome.err())
                .isEqualTo(
                        "logstream-deploy: there is a stack logs already (UPDATE_COMPLETE).\n  Give another name, or change"
                                + " it with 'logstream-deploy update logs --region eu-west-1 --endpoint-url URL'.\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NAME);
        assertThat(tool.aws.calls("CreateStack")).isEmpty();
    }

    @Test
    void whatAFailedLaunchLeftIsToBeDeletedFirst() {
        tool.aws.stack("logs", "ROLLBACK_COMPLETE");
        Tool.Outcome outcome = tool.run(LAUNCH);

        assertThat(outcome.err())
                .contains("'logstream-deploy delete logs --region eu-west-1 --endpoint-url URL' frees its name");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NAME);
    }

    @Test
    void parametersAreCheckedBeforeAnythingIsBegun() {
        assertThat(tool.run("launch", "logs", "-t", "kinesis", "--shard-count", "0")
                        .err())
                .isEqualTo("logstream-deploy: ShardCount=0 is less than 1\n");
        assertThat(tool.run("launch", "logs", "-t", "kinesis", "--param", "Shards=2")
                        .err())
                .startsWith(
                        "logstream-deploy: the template kinesis has no parameter Shards; it has StreamMode, ShardCount, ");
        assertThat(tool.run("launch", "logs", "-t", "kinesis", "--param", "StreamMode=ON")
                        .err())
                .isEqualTo("logstream-deploy: StreamMode=ON is none of PROVISIONED, ON_DEMAND\n");
        assertThat(tool.run("launch", "logs", "-t", "kinesis", "--alert-mail", "nobody")
                        .err())
                .contains("AlertMail=nobody does not match", "a mail address");
        Tool.Outcome missing = tool.run("launch", "mails", "-t", "alert");
        assertThat(missing.err())
                .startsWith("logstream-deploy: the template alert needs more:\n  --param AlertMail=...  ");
        assertThat(missing.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(tool.aws.calls("CreateStack")).isEmpty();
    }

    @Test
    void forProgramsEachEventIsAnObject() throws IOException {
        tool.aws.next("launch-name-taken");
        String[] arguments =
                Stream.concat(Stream.of(LAUNCH), Stream.of("--json")).toArray(String[]::new);
        Tool.Outcome outcome = tool.run(arguments);

        List<JsonNode> lines = new ArrayList<>();
        for (String line : outcome.out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines.getFirst().at("/event/status").asText()).isEqualTo("CREATE_IN_PROGRESS");
        JsonNode result = lines.getLast().path("result");
        assertThat(result.path("end").asText()).isEqualTo("failed");
        assertThat(result.path("status").asText()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(result.at("/cause/resource").asText()).isEqualTo("Stream");
        assertThat(lines).hasSize(12);
    }

    @Test
    void nobodyWatchesWhatIsNotThere() {
        Tool.Outcome outcome = tool.run("watch", "logs");

        assertThat(outcome.err())
                .isEqualTo("logstream-deploy: there is no stack logs here; 'logstream-deploy list' shows those of this"
                        + " account and region\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NAME);
    }
}
