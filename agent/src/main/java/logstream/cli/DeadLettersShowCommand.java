package logstream.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFile;
import logstream.buffer.DeadLetterFiles;
import logstream.buffer.DeadLetterSelection;
import logstream.buffer.LetterReader;
import logstream.buffer.StoredFrame;
import logstream.buffer.StoredFrames;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints dead letters with their reasons. */
@Command(
        name = "show",
        description = "Print the records that were given up on, with cause, reason and key, the oldest first.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  What was refused since yesterday:",
            "    logstream dead-letters show --match refused --newer 1d /var/lib/logstream/buffer",
            "  The lines themselves:",
            "    logstream dead-letters show --json | jq -r '.data | fromjson | .log'",
            "",
            "With --json each line has file, time, cause, reason, key, kind, bytes, and data (data_base64 when it",
            "is no UTF-8); a piece of a longer line also has line_id, ordinal and last, and its data are the line's.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Printed, also when there are none, or nobody reads the output any more",
            "2:Wrong options, no buffer there, or not readable"
        })
final class DeadLettersShowCommand implements Callable<Integer> {
    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Mixin
    private DeadLetterChoice letters = new DeadLetterChoice();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many records.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print one JSON object for each record.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private long left;

    @Override
    public Integer call() throws Failure {
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit " + limit + " is less than 1");
        }
        left = limit;
        Path folder = choice.bufferFolder();
        DeadLetterSelection selection = letters.selection(Instant.now());
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
            RecordDump dump = new RecordDump(out, json, TerminalText.onTerminal());
            for (DeadLetterFile file : DeadLetterCount.list(folder)) {
                if (selection.wants(file)) {
                    show(file, selection, dump);
                }
            }
        } catch (IOException nobodyReads) {
            // As with `| head`: whoever closed the pipe has what they wanted.
            return ExitCode.OK;
        }
        return ExitCode.OK;
    }

    private void show(DeadLetterFile file, DeadLetterSelection selection, RecordDump dump) throws IOException, Failure {
        switch (file) {
            case DeadLetterFile.Letters one -> {
                try (LetterReader reader = open(() -> LetterReader.open(one.path()))) {
                    if (reader != null) {
                        show(reader, one, selection, dump);
                    }
                }
            }
            case DeadLetterFile.WholeChunk chunk
            when selection.wants(chunk) -> {
                try (StoredFrames frames = open(() -> DeadLetterFiles.frames(chunk))) {
                    if (frames != null) {
                        show(frames, chunk, dump);
                    }
                }
            }
            case DeadLetterFile.WholeChunk _, DeadLetterFile.Other _ -> {}
        }
    }

    private interface Opener<T> {
        T open() throws IOException;
    }

    /** Null when the file is gone meanwhile. */
    private static <T> @Nullable T open(Opener<T> opener) throws Failure {
        try {
            return opener.open();
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException unreadable) {
            throw FolderChoice.unreadable(unreadable);
        }
    }

    private void show(LetterReader reader, DeadLetterFile.Letters file, DeadLetterSelection selection, RecordDump dump)
            throws IOException {
        while (left > 0) {
            DeadLetter letter = reader.next();
            if (letter == null) {
                return;
            }
            if (selection.wants(letter)) {
                dump.letter(file, letter);
                left--;
            }
        }
    }

    private void show(StoredFrames frames, DeadLetterFile.WholeChunk chunk, RecordDump dump) throws IOException {
        while (left > 0) {
            StoredFrame frame = frames.next();
            if (frame == null) {
                return;
            }
            dump.frame(chunk, frame);
            left--;
        }
    }
}
