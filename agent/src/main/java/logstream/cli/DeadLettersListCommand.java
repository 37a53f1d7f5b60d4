package logstream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists dead letters. */
@Command(
        name = "ls",
        description =
                "List the files of records that were given up on: single records, and whole chunks that made room.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  What was given up on, and why:",
            "    logstream dead-letters ls /var/lib/logstream/buffer",
            "",
            "Causes: refused (one record, again and again, while others passed; or never acceptable), too_large,",
            "retries_exhausted (a whole chunk: nothing was accepted for long, and the buffer was full).",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Listed, also when there are none", "2:Wrong options, no buffer there, or not readable"})
final class DeadLettersListCommand implements Callable<Integer> {
    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure, IOException {
        DeadLetterListing listing = DeadLetterListing.of(choice.bufferFolder());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            listing.json(out);
        } else {
            listing.print(out);
        }
        return ExitCode.OK;
    }
}
