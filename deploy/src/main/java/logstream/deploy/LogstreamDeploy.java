package logstream.deploy;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program {@code logstream-deploy}. */
@Command(
        name = "logstream-deploy",
        description = "The stream, its alarms and its permissions, launched with one command.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class LogstreamDeploy implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LogstreamDeploy()).execute(arguments));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
