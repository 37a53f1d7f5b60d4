package logstream.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import logstream.config.Quantity;
import logstream.control.NoAgentException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Has the running agent ship everything and end. */
@Command(
        name = "drain",
        description = "Have the running agent take no more lines, ship all that it has, and end: for a host that is"
                + " about to go. Returns when the agent has ended.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Before a host is shut down:",
            "    logstream drain --timeout 2m --config /etc/logstream/logstream.yml && shutdown -h now",
            "",
            "The agent ends with exit code 0, empty or not; see that nothing starts it again. Ctrl-C ends only",
            "this command: the drain goes on. A second 'drain' watches the one that is under way, and its",
            "--timeout holds from then on. SIGTERM ends the agent before the time.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Everything is shipped",
            "1:No agent runs, or it ended in disorder",
            "2:Wrong options or wrong configuration",
            "3:Something is left in the buffer; it is told how much, and where",
            "130:Ended by Ctrl-C"
        })
final class DrainCommand implements Callable<Integer> {
    /** The agent tells how far it is twice a second. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(30);

    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = SendCommand.DurationConverter.class,
            description = "Longest time for it; then the agent ends with what is left in its buffer. Default: 5m.")
    private Duration timeout = Duration.ofMinutes(5);

    @Option(names = "--json", description = "Print one JSON object: records, bytes and folder of what is left.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        if (timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new ParameterException(
                    spec.commandLine(), "--timeout is longer than " + Quantity.showDuration(LONGEST_TIMEOUT));
        }
        Path folder = choice.folder();
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode left = drain(folder, out);
        long records = left.path("records").asLong();
        if (json) {
            out.println(left);
        } else if (records == 0) {
            out.println("drained: everything is shipped, and the agent has ended");
        } else {
            out.println("not drained: " + Amounts.of(records, "record") + " ("
                    + Amounts.size(left.path("bytes").asLong()) + ") are left in "
                    + left.path("folder").asText() + ", and the agent has ended; the next agent on this folder ships"
                    + " them");
        }
        out.flush();
        return records == 0 ? ExitCode.OK : ExitCode.LEFT;
    }

    private ObjectNode drain(Path folder, PrintWriter out) throws Failure {
        DrainProgress progress =
                new DrainProgress(new ProgressLine(out, TerminalText.onTerminal() && !json, System::nanoTime));
        AtomicBoolean done = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!done.get()) {
                System.err.println("\nlogstream: the drain goes on without you; 'logstream drain' watches it again");
            }
        }));
        RunningAgent agent = new RunningAgent(folder);
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("timeout_ms", timeout.toMillis());
        try {
            return agent.tell("drain", request, LONGEST_SILENCE, progress::soFar);
        } catch (NoAgentException none) {
            throw agent.missing(
                    none,
                    "What is in its buffer is shipped when one runs: start it with '" + Logstream.command()
                            + " run --config FILE', or see with '" + Logstream.command()
                            + " buffer ls DIR' whether anything is.");
        } finally {
            done.set(true);
            progress.end();
        }
    }
}
