package logstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import logstream.buffer.DeadLetterSelection;
import logstream.control.NoAgentException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has the running agent send dead letters again. */
@Command(
        name = "replay",
        description = "Have the running agent send dead letters again, under the partition keys that they had. Each"
                + " leaves the dead letters when it is durable in the buffer again.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  How many that would be, then for good:",
            "    logstream dead-letters replay --dry-run /var/lib/logstream/buffer",
            "    logstream dead-letters replay /var/lib/logstream/buffer",
            "  Only what an outage of the last day took away:",
            "    logstream dead-letters replay --match retries_exhausted --newer 1d",
            "",
            "What is refused again becomes a dead letter again. While the buffer is full, the replay waits for",
            "room. Ctrl-C ends it; what is in the buffer by then is sent.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:All that were meant are in the buffer again (--dry-run: were counted)",
            "1:No agent runs, or it could not do it",
            "2:Wrong options, no buffer there, or not readable",
            "3:Some are still dead letters: damaged, or too large with their key",
            "130:Ended by Ctrl-C"
        })
final class DeadLettersReplayCommand implements Callable<Integer> {
    /** A full buffer makes it wait for Kinesis. */
    private static final Duration LONGEST_SILENCE = Duration.ofDays(7);

    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Mixin
    private DeadLetterChoice letters = new DeadLetterChoice();

    @Option(names = "--dry-run", description = "Only tell how many would be sent again; needs no agent.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure, IOException {
        Path folder = choice.bufferFolder();
        DeadLetterSelection selection = letters.selection(Instant.now());
        PrintWriter out = spec.commandLine().getOut();
        if (dryRun) {
            DeadLetterCount count = DeadLetterCount.of(folder, selection);
            if (json) {
                JsonOutput.line(out, object -> {
                    object.writeNumberField("records", count.records());
                    object.writeNumberField("bytes", count.bytes());
                    object.writeNumberField("files", count.files());
                });
            } else {
                out.println(count.text() + " would be replayed");
                out.flush();
            }
            return ExitCode.OK;
        }
        ObjectNode done = replay(folder, selection, out);
        long stayed = done.path("left").asLong();
        if (json) {
            out.println(done);
        } else {
            out.println(Amounts.of(done.path("records").asLong(), "record") + " ("
                    + Amounts.size(done.path("bytes").asLong()) + ") are in the buffer again, under their keys"
                    + (stayed == 0 ? "" : "; " + Amounts.of(stayed, "record") + " stayed dead letters"));
        }
        out.flush();
        return stayed == 0 ? ExitCode.OK : ExitCode.LEFT;
    }

    private static ObjectNode replay(Path folder, DeadLetterSelection selection, PrintWriter out) throws Failure {
        ProgressLine progress = new ProgressLine(out, TerminalText.onTerminal(), System::nanoTime);
        RunningAgent agent = new RunningAgent(folder);
        try {
            return agent.tell(
                    "dead-letters replay",
                    DeadLetterChoice.request(selection),
                    LONGEST_SILENCE,
                    soFar ->
                            progress.show(() -> Amounts.of(soFar.path("records").asLong(), "record") + " replayed"));
        } catch (NoAgentException none) {
            throw agent.missing(
                    none,
                    "Dead letters are replayed through a running agent: start it with '" + Logstream.command()
                            + " run --config FILE', and try again.");
        } finally {
            progress.clear();
        }
    }
}
