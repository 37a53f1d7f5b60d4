package logstream.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import logstream.buffer.FolderView;
import logstream.buffer.FolderView.ChunkView;
import logstream.buffer.StoredFrame;
import logstream.buffer.StoredFrames;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints the records of a buffer. */
@Command(
        name = "dump",
        description = "Print the records that wait in a buffer, the oldest first: partition key and record. The buffer"
                + " may be in use; nothing is changed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  What would be sent next:",
            "    logstream buffer dump --limit 10 --config /etc/logstream/logstream.yml",
            "  The lines of one chunk, as its containers wrote them:",
            "    logstream buffer dump --chunk 1f --json | jq -r '.data | fromjson | .log'",
            "",
            "With --json each line has chunk, index, key, kind, delivered, bytes, and data (data_base64 when it is no",
            "UTF-8). Of a piece of a longer line the data are the bytes of the line; it also has line_id, ordinal",
            "and last.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Printed, or nobody reads the output any more",
            "2:Wrong options, no buffer or no such chunk there, or not readable"
        })
final class BufferDumpCommand implements Callable<Integer> {
    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Option(
            names = "--chunk",
            paramLabel = "N",
            description = "Only this chunk, by its name in 'buffer ls' (zeros in front may be left out), with what was"
                    + " delivered of it.")
    private @Nullable String chunk;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many records.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print one JSON object for each record.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit " + limit + " is less than 1");
        }
        FolderView view = choice.view();
        List<ChunkView> chunks = chunks(view);
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
            dump(view, chunks, new RecordDump(out, json, TerminalText.onTerminal()));
        } catch (IOException nobodyReads) {
            // As with `| head`: whoever closed the pipe has what they wanted.
            return ExitCode.OK;
        }
        return ExitCode.OK;
    }

    private List<ChunkView> chunks(FolderView view) throws Failure {
        if (chunk == null) {
            return view.chunks();
        }
        String digits = chunk.replaceFirst("\\.chunk$", "");
        String name = "0".repeat(Math.max(0, 16 - digits.length())) + digits;
        List<ChunkView> named =
                view.chunks().stream().filter(one -> one.name().equals(name)).toList();
        if (named.isEmpty()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "there is no chunk " + name + " in " + view.folder() + "; 'buffer ls' tells which are");
        }
        return named;
    }

    private void dump(FolderView view, List<ChunkView> chunks, RecordDump dump) throws Failure, IOException {
        long left = limit;
        for (ChunkView one : chunks) {
            long from = chunk == null ? view.releasedOrdinal() : one.firstOrdinal();
            Optional<StoredFrames> opened = one.endOrdinal() > from ? open(one, from) : Optional.empty();
            if (opened.isEmpty()) {
                continue;
            }
            try (StoredFrames frames = opened.get()) {
                while (left > 0) {
                    StoredFrame frame = frames.next();
                    if (frame == null) {
                        break;
                    }
                    dump.frame(frame, frame.ordinal() < view.releasedOrdinal());
                    left--;
                }
            }
        }
    }

    /** Empty when it was delivered meanwhile: nothing of it waits any more. */
    private static Optional<StoredFrames> open(ChunkView chunk, long from) throws Failure {
        try {
            return Optional.of(FolderView.frames(chunk, from));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw FolderChoice.unreadable(unreadable);
        }
    }
}
