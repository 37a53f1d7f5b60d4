package logstream.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import logstream.buffer.BufferInUseException;
import logstream.buffer.DeadLetterPurge;
import logstream.buffer.DeadLetterSelection;
import logstream.buffer.TakenOut;
import logstream.control.NoAgentException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Deletes dead letters. */
@Command(
        name = "purge",
        description = "Delete dead letters for good. Asks before it does.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  What is older than a week:",
            "    logstream dead-letters purge --older 7d /var/lib/logstream/buffer",
            "  Everything, without being asked:",
            "    logstream dead-letters purge --all --yes /var/lib/logstream/buffer",
            "",
            "A running agent deletes them itself, so that it goes on counting right.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Deleted",
            "1:Not wanted after all, or not possible",
            "2:Wrong options, no buffer there, or not readable"
        })
final class DeadLettersPurgeCommand implements Callable<Integer> {
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Mixin
    private DeadLetterChoice letters = new DeadLetterChoice();

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(names = "--json", description = "Print one JSON object; goes with --yes.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure, IOException {
        if (all != letters.isEverything()) {
            throw new ParameterException(
                    spec.commandLine(),
                    all
                            ? "--all excludes --file, --match, --older and --newer"
                            : "say which: --file, --match, --older, --newer, or --all");
        }
        if (json && !yes) {
            throw new ParameterException(spec.commandLine(), "--json goes with --yes: nobody is asked then");
        }
        Path folder = choice.bufferFolder();
        DeadLetterSelection selection = letters.selection(Instant.now());
        PrintWriter out = spec.commandLine().getOut();
        if (!yes) {
            DeadLetterCount count = DeadLetterCount.of(folder, selection);
            out.print("Delete " + count.text() + " for good? [y/N] ");
            out.flush();
            if (!isYes()) {
                out.println("Nothing was deleted.");
                out.flush();
                return ExitCode.FAILED;
            }
        }
        ObjectNode done = purge(folder, selection);
        out.println(
                json
                        ? done.toString()
                        : Amounts.of(done.path("records").asLong(), "record") + " deleted ("
                                + Amounts.size(done.path("bytes").asLong()) + ", "
                                + Amounts.of(done.path("files").asLong(), "whole file") + ")");
        out.flush();
        return ExitCode.OK;
    }

    private static boolean isYes() throws IOException {
        String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    private static ObjectNode purge(Path folder, DeadLetterSelection selection) throws Failure {
        RunningAgent agent = new RunningAgent(folder);
        try {
            return agent.tell("dead-letters purge", DeadLetterChoice.request(selection), LONGEST_SILENCE, soFar -> {});
        } catch (NoAgentException none) {
            return purgeOffline(agent, selection, none);
        }
    }

    private static ObjectNode purgeOffline(RunningAgent agent, DeadLetterSelection selection, NoAgentException none)
            throws Failure {
        try {
            TakenOut deleted = DeadLetterPurge.offline(agent.folder(), selection);
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("records", deleted.records())
                    .put("bytes", deleted.bytes())
                    .put("files", deleted.files())
                    .put("left", deleted.left());
        } catch (BufferInUseException _) {
            throw agent.missing(none, "It has just started; try again.");
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "dead letters cannot be deleted: " + e.getMessage(), e);
        }
    }
}
