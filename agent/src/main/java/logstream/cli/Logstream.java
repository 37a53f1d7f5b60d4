package logstream.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code logstream}. */
@Command(
        name = "logstream",
        description = "Every line a container writes reaches Kinesis.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            RunCommand.class,
            TailCommand.class,
            SendCommand.class,
            LocalCommand.class,
            CompletionCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  Try everything on this machine, without an account:",
            "    logstream run --local",
            "  and in other terminals:",
            "    logstream tail",
            "    echo hello | logstream send",
            "  Ship to the stream that the configuration names:",
            "    logstream run --config /etc/logstream/logstream.yml",
            "",
            "'logstream COMMAND --help' tells more of each."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Done", "1:Could not start, or failed", "2:Wrong options or wrong configuration"})
public final class Logstream implements Runnable {
    /** As the launcher was called, for texts that tell what to type next. */
    private static final String COMMAND_PROPERTY = "logstream.command";

    private static final int HELP_WIDTH = 100;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Logstream())
                .setUsageHelpWidth(HELP_WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, arguments) -> explain(wrong))
                .setExecutionExceptionHandler((failure, commandLine, result) -> explain(failure, commandLine));
    }

    /** What a user types to call this program. */
    static String command() {
        String command = System.getProperty(COMMAND_PROPERTY, "logstream");
        return command.matches("[\\w./-]+") ? command : "'" + command.replace("'", "'\\''") + "'";
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }

    private static int explain(ParameterException wrong) {
        CommandLine commandLine = wrong.getCommandLine();
        PrintWriter err = commandLine.getErr();
        String name = commandLine.getCommandSpec().qualifiedName();
        err.println(name + ": " + wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("'" + name + " --help' shows what there is.");
        err.flush();
        return ExitCode.USAGE;
    }

    private static int explain(Exception failure, CommandLine commandLine) throws Exception {
        if (failure instanceof Failure expected) {
            commandLine.getErr().println("logstream: " + expected.getMessage());
            commandLine.getErr().flush();
            return expected.exitCode();
        }
        throw failure;
    }
}
