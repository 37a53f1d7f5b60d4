package logstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.BufferInUseException;
import logstream.config.ConfigException;
import logstream.config.ConfigFile;
import logstream.control.NoAgentException;
import logstream.metrics.Metrics;
import logstream.migration.Destination;
import logstream.migration.FluentdImport;
import logstream.migration.ImportReport;
import logstream.migration.IntoBuffer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads what a fluentd left into the buffer: through the agent that runs on it, or alone where none does. */
@Command(
        name = "import",
        description = "Read the records that a fluentd 0.12 with the Kinesis plugin left in its file buffer into the"
                + " buffer of the agent, under the partition keys that they have. Stop fluentd first. Imported files"
                + " are called NAME.imported from then on, and are not imported again.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  How much that would be, then for good:",
            "    logstream buffer import --dry-run /var/log/fluent",
            "    logstream buffer import /var/log/fluent --config /etc/logstream/logstream.yml",
            "",
            "Where an agent runs, it does the work: it must be able to read and write DIR. Where none runs, run",
            "this as the agent's user. A quarter of the buffer stays free for senders: what finds no room is",
            "imported by the next run. After a crash, or a stop in a file, the records of that file come again,",
            "under the same keys.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:All of it is in the buffer (--dry-run: could be), or there is nothing",
            "1:It could not, or stopped before the end: run it again",
            "2:Wrong options, or DIR is no folder",
            "3:All of it but what was damaged, no record, or not readable: see what was printed",
            "130:Ended by Ctrl-C"
        })
final class BufferImportCommand implements Callable<Integer> {
    /** The agent says how far it is with each mebibyte, and ten times a second while it waits. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "Folder in which fluentd kept its buffer.")
    private @Nullable Path from;

    @Option(
            names = "--into",
            paramLabel = "BUFFER_DIR",
            description = "Folder of the buffer. Default: /var/lib/logstream/buffer.")
    private @Nullable Path into;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The agent's configuration, which names the buffer, instead of --into.")
    private @Nullable Path config;

    @Option(names = "--dry-run", description = "Only read DIR and tell what would be imported.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        if (from == null) {
            throw new ParameterException(
                    spec.commandLine(), "DIR is missing: the folder in which fluentd kept its buffer");
        }
        if (into != null && config != null) {
            throw new ParameterException(spec.commandLine(), "--into and --config exclude each other");
        }
        Path folder = from.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new Failure(ExitCode.USAGE, folder + " is no folder; name the one in which fluentd kept its buffer");
        }
        PrintWriter out = spec.commandLine().getOut();
        ProgressLine line = new ProgressLine(out, TerminalText.onTerminal() && !json, System::nanoTime);
        ObjectNode done;
        try {
            done = dryRun ? run(Destination.NOWHERE, folder, line) : importInto(buffer(), folder, line);
        } finally {
            line.clear();
        }
        if (json) {
            out.println(done);
        } else {
            ImportText.print(done, dryRun, folder, out);
        }
        out.flush();
        JsonNode stopped = done.path("stopped");
        if (!stopped.isMissingNode()) {
            throw new Failure(ExitCode.FAILED, "the import stopped: " + TerminalText.safe(stopped.asText()));
        }
        return done.path("problems").isEmpty() ? ExitCode.OK : ExitCode.LEFT;
    }

    private BufferConfig buffer() throws Failure {
        if (config == null) {
            Path folder = into == null ? BufferConfig.DEFAULT.directory() : into;
            return BufferConfig.DEFAULT.withDirectory(folder.toAbsolutePath());
        }
        try {
            BufferConfig read = ConfigFile.read(config).buffer();
            return read.withDirectory(read.directory().toAbsolutePath());
        } catch (ConfigException wrong) {
            throw new Failure(ExitCode.USAGE, String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static ObjectNode importInto(BufferConfig buffer, Path folder, ProgressLine line) throws Failure {
        RunningAgent agent = new RunningAgent(buffer.directory());
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("dir", folder.toString());
        try {
            return agent.tell("buffer import", request, LONGEST_SILENCE, soFar -> show(soFar, line));
        } catch (NoAgentException none) {
            return importAlone(buffer, agent, folder, line, none);
        }
    }

    private static ObjectNode importAlone(
            BufferConfig config, RunningAgent agent, Path folder, ProgressLine line, NoAgentException none)
            throws Failure {
        BufferOwner.check(config.directory());
        Metrics metrics = new Metrics();
        try (Buffer buffer = Buffer.open(config, metrics)) {
            return run(new IntoBuffer(buffer, metrics), folder, line);
        } catch (BufferInUseException _) {
            throw agent.missing(none, "It has just started; try again.");
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "nothing was imported: " + e.getMessage(), e);
        }
    }

    private static ObjectNode run(Destination destination, Path folder, ProgressLine line) throws Failure {
        FluentdImport.Course alone = new FluentdImport.Course() {
            @Override
            public boolean goOn(ImportReport soFar) {
                show(soFar.progress(), line);
                return true;
            }

            @Override
            public boolean awaitRoom(int before) {
                // Nobody ships.
                return false;
            }
        };
        try {
            return new FluentdImport(destination, alone).run(folder).json();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "nothing was imported: " + e.getMessage(), e);
        }
    }

    private static void show(ObjectNode soFar, ProgressLine line) {
        long read = soFar.path("read").asLong();
        long total = soFar.path("total").asLong();
        line.show(() -> ProgressLine.bar(read, total) + " of " + Amounts.size(total));
    }
}
