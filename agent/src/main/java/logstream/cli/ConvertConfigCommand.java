package logstream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import logstream.migration.ConfigConversion;
import logstream.migration.ConversionNote;
import logstream.migration.ConvertedConfig;
import logstream.migration.FluentdSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a configuration out of a fluentd's. */
@Command(
        name = "convert-config",
        description = "Make a configuration out of that of a fluentd or td-agent that ships to Kinesis. Each line that"
                + " has no counterpart is named, with the reason and what to do.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Look at what it becomes:",
            "    logstream convert-config /etc/td-agent/td-agent.conf",
            "  Write it, and see that it is right:",
            "    logstream convert-config /etc/td-agent/td-agent.conf --output /etc/logstream/logstream.yml",
            "    logstream check /etc/logstream/logstream.yml",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Everything is carried over, or is so by itself",
            "1:The new file could not be written",
            "2:Wrong options, not readable, or no fluentd configuration",
            "3:Converted, and something is left to decide; it is named on standard error and in the new file"
        })
final class ConvertConfigCommand implements Callable<Integer> {
    /** A configuration of this size is none. */
    private static final long MAX_BYTES = 1 << 20;

    @Parameters(paramLabel = "FILE", description = "Configuration of fluentd, such as /etc/td-agent/td-agent.conf.")
    private Path file = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "NEW_FILE",
            description = "Where to write ours, instead of standard output; a file that is there stays as it is.")
    private @Nullable Path output;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        ConvertedConfig converted = convert();
        PrintWriter out = spec.commandLine().getOut();
        if (output == null) {
            out.print(converted.yaml());
        } else {
            write(output, converted.yaml());
            out.println(output + " is written; 'logstream check " + output + "' tells whether an agent takes it");
        }
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        for (ConversionNote note : converted.notes()) {
            if (!note.todo().isEmpty()) {
                err.println("logstream: " + TerminalText.safe(note.toString()));
            }
        }
        err.flush();
        return converted.needsWork() ? ExitCode.LEFT : ExitCode.OK;
    }

    private ConvertedConfig convert() throws Failure {
        try {
            if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
                throw new Failure(ExitCode.USAGE, file + " is larger than 1 MiB, so it is no configuration");
            }
            return ConfigConversion.of(Files.readString(file));
        } catch (FluentdSyntaxException wrong) {
            throw new Failure(
                    ExitCode.USAGE,
                    file + " is no fluentd configuration: " + TerminalText.safe(String.valueOf(wrong.getMessage()))
                            + ". Nothing was written.",
                    wrong);
        } catch (NoSuchFileException missing) {
            throw new Failure(ExitCode.USAGE, file + " does not exist; check the path", missing);
        } catch (MalformedInputException binary) {
            throw new Failure(ExitCode.USAGE, file + " is not UTF-8; is it a configuration?", binary);
        } catch (IOException unreadable) {
            throw new Failure(ExitCode.USAGE, file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private static void write(Path to, String yaml) throws Failure {
        try {
            Files.writeString(to, yaml, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException there) {
            throw new Failure(ExitCode.FAILED, to + " is there already; name another, or move it away", there);
        } catch (IOException cannot) {
            throw new Failure(ExitCode.FAILED, to + " cannot be written: " + cannot.getMessage(), cannot);
        }
    }
}
