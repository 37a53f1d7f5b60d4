package logstream.cli;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import logstream.config.NearestKey;
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
            "'logstream COMMAND --help' tells more of each.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Done", "1:Could not start, or failed", "2:Wrong options or wrong configuration"})
public final class Logstream implements Callable<Integer> {
    /** As the launcher was called, for texts that tell what to type next. */
    private static final String COMMAND_PROPERTY = "logstream.command";

    /** Java reads it once, before the first virtual thread. */
    private static final String CARRIERS_PROPERTY = "jdk.virtualThreadScheduler.parallelism";

    private static final int HELP_WIDTH = 100;

    /** In the order of the help. */
    private static final List<Map.Entry<String, Class<?>>> COMMANDS = List.of(
            Map.entry("run", RunCommand.class),
            Map.entry("tail", TailCommand.class),
            Map.entry("send", SendCommand.class),
            Map.entry("local", LocalCommand.class),
            Map.entry("buffer", BufferCommand.class),
            Map.entry("dead-letters", DeadLettersCommand.class),
            Map.entry("drain", DrainCommand.class),
            Map.entry("check", CheckCommand.class),
            Map.entry("config", ConfigCommand.class),
            Map.entry("convert-config", ConvertConfigCommand.class),
            Map.entry("completion", CompletionCommand.class),
            Map.entry("train", TrainCommand.class));

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        provideCarriers();
        boolean starts = arguments.length > 0 && arguments[0].equals("run");
        System.exit((starts ? commandLine(Set.of("run")) : commandLine()).execute(arguments));
    }

    /**
     * One carrier of virtual threads more than cores: a sender that fills its turn must not keep the quiet ones waiting.
     * Here and not in a launcher, because Java alone knows the share of the cores that a container may use.
     */
    private static void provideCarriers() {
        if (System.getProperty(CARRIERS_PROPERTY) == null) {
            int cores = Runtime.getRuntime().availableProcessors();
            System.setProperty(CARRIERS_PROPERTY, Integer.toString(cores + 1));
        }
    }

    static CommandLine commandLine() {
        return commandLine(COMMANDS.stream().map(Map.Entry::getKey).collect(Collectors.toSet()));
    }

    /** With only these commands: picocli reads each by reflection, which all together is a third of the agent's start. */
    static CommandLine commandLine(Set<String> names) {
        CommandLine program = new CommandLine(new Logstream());
        for (Map.Entry<String, Class<?>> command : COMMANDS) {
            if (names.contains(command.getKey())) {
                program.addSubcommand(command.getKey(), command.getValue());
            }
        }
        return program.setUsageHelpWidth(HELP_WIDTH)
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
    public Integer call() {
        CommandLine commandLine = spec.commandLine();
        commandLine.getErr().println("logstream: a command is missing\n");
        commandLine.usage(commandLine.getErr());
        return ExitCode.USAGE;
    }

    private static int explain(ParameterException wrong) {
        CommandLine commandLine = wrong.getCommandLine();
        String name = commandLine.getCommandSpec().qualifiedName();
        String sentence = wrong instanceof UnmatchedArgumentException unmatched
                ? unmatched(unmatched, commandLine)
                : String.valueOf(wrong.getMessage());
        commandLine.getErr().println(name + ": " + sentence + "\n'" + name + " --help' shows what there is.");
        commandLine.getErr().flush();
        return ExitCode.USAGE;
    }

    private static String unmatched(UnmatchedArgumentException wrong, CommandLine commandLine) {
        String argument = wrong.getUnmatched().getFirst();
        Set<String> commands = commandLine.getSubcommands().keySet();
        if (wrong.isUnknownOption()) {
            Set<String> options = commandLine.getCommandSpec().optionsMap().keySet();
            return "there is no option " + argument + didYouMean(argument, options);
        }
        return commands.isEmpty()
                ? "'" + argument + "' is one argument too many"
                : "there is no command '" + argument + "'" + didYouMean(argument, commands);
    }

    private static String didYouMean(String typed, Collection<String> known) {
        return NearestKey.to(typed, typed, known)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
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
