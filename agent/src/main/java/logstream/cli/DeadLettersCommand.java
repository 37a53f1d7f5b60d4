package logstream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with records that were given up on. */
@Command(
        name = "dead-letters",
        description = "List, show, send again or delete the records that were given up on and kept aside.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DeadLettersListCommand.class,
            DeadLettersShowCommand.class,
            DeadLettersReplayCommand.class,
            DeadLettersPurgeCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  What was given up on and why; then send it again:",
            "    logstream dead-letters ls /var/lib/logstream/buffer",
            "    logstream dead-letters show --limit 3 /var/lib/logstream/buffer",
            "    logstream dead-letters replay /var/lib/logstream/buffer",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done",
            "1:No agent runs, or it failed",
            "2:Wrong options, no buffer there, or not readable",
            "3:Some records are still dead letters"
        })
final class DeadLettersCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: ls, show, replay or purge");
    }
}
