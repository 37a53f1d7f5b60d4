package logstream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be looked at in a buffer. */
@Command(
        name = "buffer",
        description = "Look into a buffer, also into that of a running agent: nothing is changed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {BufferListCommand.class, BufferVerifyCommand.class, BufferDumpCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  What waits, whether it can be read, and what it is:",
            "    logstream buffer ls /var/lib/logstream/buffer",
            "    logstream buffer verify /var/lib/logstream/buffer",
            "    logstream buffer dump /var/lib/logstream/buffer --limit 10",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Done", "1:Damage was found", "2:Wrong options, no buffer there, or not readable"})
final class BufferCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: ls, verify or dump");
    }
}
