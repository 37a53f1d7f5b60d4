package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An update that would lose the stream, and how often that must be said. */
class SparedStreamTest {
    private static final List<String> MORE_SHARDS = Launched.MORE_SHARDS;
    private static final List<String> NEW_STREAM =
            List.of("Stream", "AWS::Kinesis::Stream", "Modify", "True", "Name", "old", "new");

    private final Tool tool = new Tool();

    @BeforeEach
    void launched() {
        Launched.logs(tool);
    }

    @AfterEach
    void close() {
        tool.close();
    }

    @ParameterizedTest
    @CsvSource({"Modify, True", "Modify, Conditional", "Remove, ''", "Dynamic, ''"})
    void theStreamIsSpared(String action, String replacement) {
        tool.aws.planned(List.of(List.of("Stream", "AWS::Kinesis::Stream", action, replacement)));
        Tool.Outcome outcome = tool.run("update", "logs", "--yes");

        assertThat(outcome.err())
                .isEqualTo(
                        "logstream-deploy: the update replaces or removes Stream (AWS::Kinesis::Stream), or may: agents and"
                                + " consumers would lose their stream.\n  If that is meant: --replace-stream and --confirm logs."
                                + " Nothing was done.\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(tool.aws.calls("ExecuteChangeSet")).isEmpty();
        assertThat(tool.aws.calls("DeleteChangeSet")).hasSize(1);
    }

    @Test
    void toldOnceIsNotEnough() {
        tool.aws.planned(List.of(NEW_STREAM)).planned(List.of(NEW_STREAM));

        Tool.Outcome unattended = tool.run("update", "logs", "--yes", "--replace-stream");
        assertThat(unattended.err()).contains("--confirm logs is wanted, too; nothing was done");
        assertThat(unattended.exitCode()).isEqualTo(ExitCode.NOT_DONE);

        tool.answers.add("yes");
        Tool.Outcome asked = tool.run("update", "logs", "--replace-stream");
        assertThat(asked.err()).contains("'yes' is not the stack's name, logs; nothing was done");
        assertThat(asked.exitCode()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(tool.aws.calls("ExecuteChangeSet")).isEmpty();
    }

    @Test
    void toldTwiceTheStreamIsReplaced() {
        tool.aws
                .planned(List.of(NEW_STREAM))
                .planned(List.of(NEW_STREAM))
                .next("update")
                .next("update");

        assertThat(tool.run("update", "logs", "--yes", "--replace-stream", "--confirm", "logs")
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        tool.answers.add("logs");
        Tool.Outcome asked = tool.run("update", "logs", "--replace-stream");
        assertThat(asked.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(asked.out()).contains("  -/+ Stream (AWS::Kinesis::Stream)  replaced\n      Name  old -> new\n");
        assertThat(tool.questions).containsExactly("Type the stack's name to give up its stream: ");
    }

    @Test
    void eachStepIsLookedAt() {
        tool.aws
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(MORE_SHARDS))
                .planned(List.of(NEW_STREAM))
                .next("update");
        Tool.Outcome outcome = tool.run("update", "logs", "--shard-count", "10", "--yes");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(tool.aws.calls("ExecuteChangeSet")).hasSize(1);
    }
}
