package logstream.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFile;
import logstream.buffer.DeadLetterFiles;
import logstream.buffer.DeadLetterSelection;
import logstream.buffer.LetterReader;
import logstream.buffer.StoredFrames;

/**
 * How many dead letters are meant, before anything is done to them.
 *
 * @param bytes of the records, without their keys; of a chunk, of its file
 * @param files in which there are any
 */
record DeadLetterCount(long records, long bytes, long files) {
    /** Reads what is there, and changes nothing. */
    static DeadLetterCount of(Path folder, DeadLetterSelection selection) throws Failure {
        DeadLetterCount sum = new DeadLetterCount(0, 0, 0);
        for (DeadLetterFile file : list(folder)) {
            if (selection.wants(file)) {
                sum = sum.plus(of(file, selection));
            }
        }
        return sum;
    }

    /** The dead letters of a buffer. */
    static List<DeadLetterFile> list(Path folder) throws Failure {
        try {
            return DeadLetterFiles.list(folder);
        } catch (AccessDeniedException e) {
            throw new Failure(
                    ExitCode.USAGE,
                    "this user may not read " + e.getFile() + "; run the command as the user of the agent, or as root",
                    e);
        } catch (IOException unreadable) {
            throw FolderChoice.unreadable(unreadable);
        }
    }

    private static DeadLetterCount of(DeadLetterFile file, DeadLetterSelection selection) throws Failure {
        try {
            return switch (file) {
                case DeadLetterFile.Letters letters -> of(letters, selection);
                case DeadLetterFile.WholeChunk chunk
                when selection.wants(chunk) -> new DeadLetterCount(records(chunk), chunk.bytes(), 1);
                case DeadLetterFile.WholeChunk _, DeadLetterFile.Other _ -> new DeadLetterCount(0, 0, 0);
            };
        } catch (NoSuchFileException _) {
            // Gone meanwhile.
            return new DeadLetterCount(0, 0, 0);
        } catch (IOException unreadable) {
            throw FolderChoice.unreadable(unreadable);
        }
    }

    private static DeadLetterCount of(DeadLetterFile.Letters file, DeadLetterSelection selection) throws IOException {
        long records = 0;
        long bytes = 0;
        try (LetterReader reader = LetterReader.open(file.path())) {
            for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                if (selection.wants(letter)) {
                    records++;
                    bytes += letter.data().length;
                }
            }
        }
        return new DeadLetterCount(records, bytes, records == 0 ? 0 : 1);
    }

    /** Read from the frames when the file with the reason is missing. */
    static long records(DeadLetterFile.WholeChunk chunk) throws IOException {
        if (chunk.records().isPresent()) {
            return chunk.records().getAsLong();
        }
        long records = 0;
        try (StoredFrames frames = DeadLetterFiles.frames(chunk)) {
            while (frames.next() != null) {
                records++;
            }
        }
        return records;
    }

    private DeadLetterCount plus(DeadLetterCount other) {
        return new DeadLetterCount(records + other.records, bytes + other.bytes, files + other.files);
    }

    String text() {
        return Amounts.of(records, "record") + " (" + Amounts.size(bytes) + " in " + Amounts.of(files, "file") + ")";
    }
}
