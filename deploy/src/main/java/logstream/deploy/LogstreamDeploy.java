package logstream.deploy;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import logstream.deploy.stacks.Advice;
import logstream.deploy.stacks.CallFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code logstream-deploy}. */
@Command(
        name = "logstream-deploy",
        description = "The stream, its alarms and its permissions, launched with one command.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  A stream with two shards, and alarms that are mailed:",
            "    logstream-deploy launch logs -t kinesis --shard-count 2 --alert-mail ops@example.com",
            "  How it does, and more shards:",
            "    logstream-deploy status logs",
            "    logstream-deploy update logs --shard-count 10",
            "  What a container needs, for its lines to get there:",
            "    logstream-deploy docker-options --manifest prod/www/shop --app prod/www/shop",
            "",
            "'logstream-deploy COMMAND --help' tells more of each.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done",
            "1:AWS refused, or does not answer",
            "2:Wrong options",
            "3:Nothing was done: you said no, or the stream would be lost",
            "4:There is no such stack, or, for launch, there is one already",
            "5:The stack failed",
            "6:Still going on when the time to watch was over",
            "7:status: something needs attention",
            "130:Ended by Ctrl-C; AWS goes on with what was begun"
        })
public final class LogstreamDeploy implements Callable<Integer> {
    private static final int HELP_WIDTH = 100;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.take();
        World world = new World(terminal, InstantSource.system(), terminal, System.getenv());
        System.exit(commandLine(world).execute(arguments));
    }

    static CommandLine commandLine(World world) {
        CommandLine program = new CommandLine(new LogstreamDeploy());
        List<Object> commands = List.of(
                new LaunchCommand(world),
                new UpdateCommand(world),
                new WatchCommand(world),
                new StatusCommand(world),
                new ListCommand(world),
                new DeleteCommand(world),
                new TemplateCommand(),
                new DockerOptionsCommand(world),
                new CompletionCommand());
        commands.forEach(command -> {
            CommandLine one = new CommandLine(command);
            one.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
            program.addSubcommand(one);
        });
        return program.setUsageHelpWidth(HELP_WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, arguments) -> explain(wrong))
                .setExecutionExceptionHandler((failure, commandLine, result) -> explain(failure, commandLine));
    }

    @Override
    public Integer call() {
        CommandLine commandLine = spec.commandLine();
        commandLine.getErr().println("logstream-deploy: a command is missing\n");
        commandLine.usage(commandLine.getErr());
        return ExitCode.USAGE;
    }

    private static int explain(ParameterException wrong) {
        CommandLine commandLine = wrong.getCommandLine();
        String name = commandLine.getCommandSpec().qualifiedName();
        commandLine.getErr().println(name + ": " + sentence(wrong) + "\n'" + name + " --help' shows what there is.");
        commandLine.getErr().flush();
        return ExitCode.USAGE;
    }

    private static String sentence(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(wrong.getMessage());
        }
        String argument = unmatched.getUnmatched().getFirst();
        List<String> near = unmatched.getSuggestions();
        String perhaps = near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?";
        if (unmatched.isUnknownOption()) {
            return "there is no option " + argument + perhaps;
        }
        return wrong.getCommandLine().getSubcommands().isEmpty()
                ? "'" + argument + "' is one argument too many"
                : "there is no command '" + argument + "'" + perhaps;
    }

    private static int explain(Exception failure, CommandLine commandLine) throws Exception {
        return switch (failure) {
            case Failure expected -> say(commandLine, String.valueOf(expected.getMessage()), expected.exitCode());
            case CallFailure refused -> say(commandLine, sentence(refused), exitCode(refused));
            default -> throw failure;
        };
    }

    private static int say(CommandLine commandLine, String sentence, int exitCode) {
        commandLine.getErr().println("logstream-deploy: " + sentence);
        commandLine.getErr().flush();
        return exitCode;
    }

    private static String sentence(CallFailure refused) {
        String said = String.valueOf(refused.getMessage());
        return Advice.on(said)
                .map(advice -> said + "\n  What to do: " + advice + ".")
                .orElse(said);
    }

    private static int exitCode(CallFailure refused) {
        return switch (refused.kind()) {
            case NO_STACK, NAME_TAKEN -> ExitCode.NAME;
            case LEFT -> ExitCode.INTERRUPTED;
            case NO_REGION -> ExitCode.USAGE;
            case NO_PERMISSION, NO_CREDENTIALS, BUSY, UNREACHABLE, REFUSED -> ExitCode.FAILED;
        };
    }
}
