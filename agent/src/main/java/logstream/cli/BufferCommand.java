package logstream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be looked at in a buffer, and put into one. */
@Command(
        name = "buffer",
        description = "Look into a buffer, also into that of a running agent; or import what a fluentd left.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            BufferListCommand.class,
            BufferVerifyCommand.class,
            BufferDumpCommand.class,
            BufferImportCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  What waits, whether it can be read, and what it is:",
            "    logstream buffer ls /var/lib/logstream/buffer",
            "    logstream buffer verify /var/lib/logstream/buffer",
            "    logstream buffer dump /var/lib/logstream/buffer --limit 10",
            "  What the fluentd that ran here before has not sent:",
            "    logstream buffer import /var/log/fluent",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done",
            "1:Damage was found; import: it could not, or stopped",
            "2:Wrong options, no buffer there, or not readable",
            "3:import: something was left out"
        })
final class BufferCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: ls, verify, dump or import");
    }
}
