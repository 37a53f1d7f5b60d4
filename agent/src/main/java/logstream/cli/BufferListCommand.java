package logstream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import logstream.buffer.LockTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the chunks of a buffer. */
@Command(
        name = "ls",
        description = "List the chunks of a buffer, and what would be read next. The buffer may be in use; nothing is"
                + " changed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  What waits to be shipped on this host:",
            "    logstream buffer ls --config /etc/logstream/logstream.yml",
            "  How many bytes that are, for a program:",
            "    logstream buffer ls --json /var/lib/logstream/buffer | jq '[.chunks[].bytes] | add'",
            "",
            "States: queued (sealed, waits), staged (the last one, still written to), torn (bytes that did not",
            "check and were set aside), foreign (not read; the reason is told).",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Listed", "2:Wrong options, no buffer there, or not readable"})
final class BufferListCommand implements Callable<Integer> {
    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure, IOException {
        BufferListing listing = new BufferListing(choice.view(), LockTable.holder(choice.folder()), Instant.now());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            listing.json(out);
        } else {
            listing.print(out);
        }
        return ExitCode.OK;
    }
}
