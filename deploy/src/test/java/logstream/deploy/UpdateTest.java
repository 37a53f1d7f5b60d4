package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import logstream.deploy.fake.FakeAws.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates: what is shown, what is asked, what is done, and what is not. */
class UpdateTest {
    private static final List<String> MORE_SHARDS = Launched.MORE_SHARDS;

    private final Tool tool = new Tool();

    @BeforeEach
    void launched() {
        Launched.logs(tool);
    }

    @AfterEach
    void close() {
        tool.close();
    }

    private void openShards(int count, String mode) {
        tool.aws.answer("DescribeStreamSummary", Streams.summary(count, mode));
    }

    private List<String> plannedShards() {
        return tool.aws.calls("CreateChangeSet").stream()
                .map(UpdateTest::shards)
                .toList();
    }

    private static String shards(Call call) {
        Map<String, String> form = call.arguments();
        return form.entrySet().stream()
                .filter(one -> one.getValue().equals("ShardCount"))
                .map(one -> form.getOrDefault(one.getKey().replace("ParameterKey", "ParameterValue"), "as before"))
                .findFirst()
                .orElse("not told");
    }

    @Test
    void whatIsTooFarIsReachedInSteps() throws IOException {
        List<String> alarm = List.of(
                "WriteBytesAlarm",
                "AWS::CloudWatch::Alarm",
                "Modify",
                "False",
                "Metrics",
                "[{\"Expression\":\"100 * bytes / (PERIOD(bytes) * 2 * 1048576)\"}]",
                "[{\"Expression\":\"100 * bytes / (PERIOD(bytes) * 10 * 1048576)\"}]");
        tool.aws
                .planned(List.of(
                        MORE_SHARDS,
                        alarm,
                        List.of("FanOutAlarm", "AWS::CloudWatch::Alarm", "Add", ""),
                        List.of("OldAlarm", "AWS::CloudWatch::Alarm", "Remove", "")))
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(MORE_SHARDS))
                .next("update")
                .next("update")
                .next("update");
        tool.answers.add("y");
        Tool.Outcome outcome = tool.run("update", "logs", "--shard_count", "10");

        Golden.check("update-in-steps.txt", outcome.out());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(tool.questions).containsExactly("Go on? [y/N] ");
        assertThat(plannedShards()).containsExactly("10", "4", "8", "10");
        assertThat(tool.aws.calls("ExecuteChangeSet")).hasSize(3);
        assertThat(tool.aws.calls("DeleteChangeSet")).hasSize(1);
    }

    @Test
    void oneStepIsWhatWasShown() {
        tool.aws.planned(List.of(MORE_SHARDS)).next("update");
        Tool.Outcome outcome = tool.run("update", "logs", "--shard-count", "4", "--yes");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(outcome.out()).doesNotContain("Step").contains("logs is UPDATE_COMPLETE.");
        assertThat(plannedShards()).containsExactly("4");
        assertThat(tool.questions).isEmpty();
    }

    @Test
    void parametersThatAreNotGivenStay() {
        tool.aws.planned(List.of(MORE_SHARDS)).next("update");
        tool.run("update", "logs", "-t", "kinesis", "--shard-count", "4", "--yes");

        assertThat(tool.aws.calls("CreateChangeSet").getFirst().arguments())
                .containsEntry("Parameters.member.2.ParameterKey", "AlertMail")
                .containsEntry("Parameters.member.2.UsePreviousValue", "true")
                .doesNotContainValue("RetentionHours")
                .containsEntry("ChangeSetType", "UPDATE");
    }

    /** CloudFormation takes away tags that an update does not name. */
    @Test
    void tagsOfOthersStay() {
        tool.aws.planned(List.of(MORE_SHARDS)).next("update");
        tool.run("update", "logs", "--shard-count", "4", "--yes");

        assertThat(tool.aws.calls("CreateChangeSet").getFirst().arguments())
                .containsEntry("Tags.member.1.Key", "cost-centre")
                .containsEntry("Tags.member.1.Value", "search")
                .containsEntry("Tags.member.2.Value", "kinesis");
    }

    @Test
    void alarmsCanBeTurnedOff() {
        tool.aws.planned(List.of(MORE_SHARDS)).next("update");
        Tool.Outcome outcome = tool.run("update", "logs", "--param", "AlertMail=", "--yes");

        assertThat(outcome.out())
                .contains("  parameter AlertMail  ops@example.com -> (none)\n")
                .doesNotContain("AWS sends a mail");
        assertThat(tool.aws.calls("CreateChangeSet").getFirst().arguments())
                .containsEntry("Parameters.member.1.ParameterKey", "AlertMail")
                .containsEntry("Parameters.member.1.ParameterValue", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "", "yep"})
    void withoutAYesNothingIsDone(String answer) {
        tool.aws.planned(List.of(MORE_SHARDS));
        tool.answers.add(answer);
        Tool.Outcome outcome = tool.run("update", "logs", "--shard-count", "4");

        assertThat(outcome.err()).isEqualTo("logstream-deploy: nothing was done\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(tool.aws.calls("ExecuteChangeSet")).isEmpty();
        assertThat(tool.aws.calls("DeleteChangeSet")).hasSize(1);
    }

    @Test
    void nothingToChangeIsWell() {
        tool.aws.planned(List.of());
        Tool.Outcome outcome = tool.run("update", "logs");

        assertThat(outcome.out()).isEqualTo("Nothing to change: logs is as told already.\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(tool.aws.calls("DeleteChangeSet")).hasSize(1);
    }

    @Test
    void aStepThatFailsIsTheLast() {
        tool.aws
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(MORE_SHARDS))
                .next("update")
                .next("update-limit");
        Tool.Outcome outcome = tool.run("update", "logs", "--shard-count", "10", "--yes");

        assertThat(outcome.err())
                .startsWith("logstream-deploy: logs: Stream (AWS::Kinesis::Stream) failed first: ")
                .contains("This request would exceed the shard limit")
                .contains("What to do: a limit of the account is reached")
                .contains("it is as it was before the update")
                .endsWith(
                        "The steps after 8 shards are not begun; 'logstream-deploy update logs --shard-count 10 --region"
                                + " eu-west-1 --endpoint-url URL' does them.\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.STACK_FAILED);
        assertThat(plannedShards()).containsExactly("10", "4", "8");
    }

    @Test
    void ctrlCBetweenStepsSaysWhatIsLeft() {
        tool.aws.planned(List.of(MORE_SHARDS)).planned(List.of(MORE_SHARDS)).next("update");
        // The first two pauses are for the change sets.
        Tool.Outcome outcome = tool.leaveInPause(4).run("update", "logs", "--shard-count", "10", "--yes");

        assertThat(outcome.err())
                .isEqualTo(
                        "logstream-deploy: stopped watching logs\n  AWS goes on with it; 'logstream-deploy watch logs"
                                + " --region eu-west-1 --endpoint-url URL' shows how.\n  The steps after 4 shards are not begun;"
                                + " 'logstream-deploy update logs --shard-count 10 --region eu-west-1 --endpoint-url URL' does"
                                + " them.\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(tool.run("watch", "logs").exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void theEventsOfEarlierOperationsAreNotShownAgain() {
        tool.aws
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(MORE_SHARDS))
                .next("update-limit")
                .next("update");
        assertThat(tool.run("update", "logs", "--shard-count", "4", "--yes").exitCode())
                .isEqualTo(ExitCode.STACK_FAILED);
        Tool.Outcome second = tool.run("update", "logs", "--shard-count", "4", "--yes");

        assertThat(second.out()).doesNotContain("UPDATE_FAILED");
        assertThat(second.exitCode()).isEqualTo(ExitCode.OK);
    }

    /** For a moment after it was begun, AWS knows of no event of it, and the stack has its status of before. */
    @Test
    void theEndOfTheOperationBeforeIsNotTakenForOurs() {
        tool.aws
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(MORE_SHARDS))
                .next("update-limit")
                .next("update-late");
        tool.run("update", "logs", "--shard-count", "4", "--yes");
        Tool.Outcome second = tool.run("update", "logs", "--shard-count", "4", "--yes");

        assertThat(second.out()).contains("UPDATE_COMPLETE").doesNotContain("UPDATE_FAILED");
        assertThat(second.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void stepsGoFromTheShardsThatAreOpen() {
        openShards(8, "PROVISIONED");
        tool.aws.planned(List.of(MORE_SHARDS)).next("update");
        tool.run("update", "logs", "--shard-count", "10", "--yes");

        assertThat(plannedShards()).containsExactly("10");
    }

    @Test
    void whatTakesLongerThanADayIsNotBegun() {
        Tool.Outcome outcome = tool.run("update", "logs", "--shard-count", "5000", "--yes");

        assertThat(outcome.err())
                .isEqualTo(
                        "logstream-deploy: from 2 to 5000 shards are 12 steps, and Kinesis allows 10 in 24 hours; go to"
                                + " 2048 today\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void onDemandThereIsNoNumberToSet() {
        openShards(4, "ON_DEMAND");
        Tool.Outcome outcome = tool.run("update", "logs", "--shard-count", "10", "--yes");

        assertThat(outcome.err()).contains("the stream of logs is on demand", "--param StreamMode=PROVISIONED");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aStackKeepsItsTemplate() {
        Tool.Outcome outcome = tool.run("update", "logs", "-t", "alert", "--yes");

        assertThat(outcome.err()).contains("logs was launched from the template kinesis");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void ofAForeignStackTheTemplateMustBeSaid() {
        tool.aws.stack("other", "CREATE_COMPLETE");

        assertThat(tool.run("update", "other", "--yes").err())
                .isEqualTo("logstream-deploy: this program did not launch other: say from which template, with -t\n");
    }

    @ParameterizedTest
    @CsvSource({
        "UPDATE_IN_PROGRESS, wait until that is over",
        "ROLLBACK_COMPLETE, cannot be updated",
        "UPDATE_ROLLBACK_FAILED, continue-update-rollback"
    })
    void onlyAStackThatStandsIsUpdated(String status, String sentence) {
        tool.aws.stack("busy", status).launchedFrom("kinesis");
        Tool.Outcome outcome = tool.run("update", "busy", "--yes");

        assertThat(outcome.err()).contains(sentence);
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(tool.aws.calls("CreateChangeSet")).isEmpty();
    }

    @Test
    void programsCannotBeAsked() {
        assertThat(tool.run("update", "logs", "--json").err())
                .isEqualTo("logstream-deploy: --json goes with --yes: nobody is asked then\n");
    }
}
