package logstream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be asked of a configuration. */
@Command(
        name = "config",
        description = "Show what a configuration means.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {ConfigShowCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  Every setting, and where its value is from:",
            "    logstream config show /etc/logstream/logstream.yml",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Done", "2:Wrong options or wrong configuration"})
final class ConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: show");
    }
}
