package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import logstream.deploy.fake.FakeStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deletions, and the stream that outlives them. */
class DeleteTest {
    private static final String KEEPS = """
            Resources:
              Stream: {Type: 'AWS::Kinesis::Stream', DeletionPolicy: RetainExceptOnCreate, Properties: {ShardCount: !Ref N}}
            """;

    private final Tool tool = new Tool();

    @BeforeEach
    void launched() {
        stack().template(KEEPS);
        tool.aws.answer("DescribeStreamSummary", Streams.summary(2, "PROVISIONED"));
        tool.aws.answer("DeleteStream", Map.of());
    }

    private FakeStack stack() {
        return tool.aws
                .stack("logs", "CREATE_COMPLETE")
                .launchedFrom("kinesis")
                .resource("Stream", "AWS::Kinesis::Stream", "logs-Stream-1A2B")
                .resource("WriteBytesAlarm", "AWS::CloudWatch::Alarm", "logs-WriteBytesAlarm");
    }

    @AfterEach
    void close() {
        tool.close();
    }

    @Test
    void theStreamStays() throws Exception {
        tool.aws.next("delete");
        tool.answers.add("y");
        Tool.Outcome outcome = tool.run("delete", "logs");

        Golden.check("delete.txt", outcome.out());
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(tool.questions).containsExactly("Delete it? [y/N] ");
        assertThat(tool.aws.calls("DeleteStream")).isEmpty();
        assertThat(tool.run("list").out()).isEqualTo("There is no stack of ours in eu-west-1.\n");
    }

    @Test
    void withoutAYesNothingIsDone() {
        assertThat(tool.run("delete", "logs").exitCode()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(tool.aws.calls("DeleteStack")).isEmpty();
    }

    @Test
    void theStreamGoesOnlyWhenToldTwice() {
        assertThat(tool.run("delete", "logs", "--yes", "--delete-stream").err())
                .contains("to delete its stream, --confirm logs is wanted, too; nothing was done");
        tool.answers.add("log");
        assertThat(tool.run("delete", "logs", "--delete-stream").exitCode()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(tool.aws.calls("DeleteStack")).isEmpty();

        tool.aws.next("delete");
        Tool.Outcome outcome = tool.run("delete", "logs", "--yes", "--delete-stream", "--confirm", "logs");
        assertThat(outcome.out()).endsWith("The stream logs-Stream-1A2B is deleted.\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(tool.aws.calls("DeleteStream").getFirst().arguments())
                .containsEntry("StreamName", "logs-Stream-1A2B");
    }

    @Test
    void aStackThatWouldTakeItsStreamWithItIsNotDeleted() {
        tool.aws
                .stack("old", "CREATE_COMPLETE")
                .resource("Stream", "AWS::Kinesis::Stream", "old-Stream")
                .template("{\"Resources\": {\"Stream\": {\"Type\": \"AWS::Kinesis::Stream\"}}}");
        Tool.Outcome outcome = tool.run("delete", "old", "--yes");

        assertThat(outcome.err())
                .startsWith("logstream-deploy: the stack old would delete its stream old-Stream (no DeletionPolicy).")
                .contains("Nothing was done.");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(tool.aws.calls("DeleteStack")).isEmpty();
    }

    @Test
    void anExportInUseIsTheCause() {
        tool.aws.next("delete-in-use");
        Tool.Outcome outcome = tool.run("delete", "logs", "--yes");

        assertThat(outcome.err())
                .startsWith(
                        "logstream-deploy: logs: the stack failed first: Export logs-StreamName cannot be deleted as it is"
                                + " in use by hosts and logs-agents\n  What to do: other stacks import what this one exports")
                .contains("The stack is DELETE_FAILED");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.STACK_FAILED);
    }

    @Test
    void whatIsNotThereCannotBeDeleted() {
        assertThat(tool.run("delete", "other", "--yes").exitCode()).isEqualTo(ExitCode.NAME);
    }

    @Test
    void whatIsChangingIsNotDeleted() {
        tool.aws.stack("busy", "UPDATE_IN_PROGRESS");
        assertThat(tool.run("delete", "busy", "--yes").err()).contains("wait until that is over");
    }
}
