package logstream.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records out of files of dead letters.
 *
 * <p>Invariant: a record leaves its file only after whoever takes it has said that it is safe. What is left of a file of
 * letters is written beside it, forced and renamed over it, with the time of the old one; of a chunk, the file with its
 * reason says from which frame on it is still dead. Damaged bytes stay where they are.
 *
 * <p>Threading: one thread at a time; no file is one that is still written to.
 */
final class TakingOut {
    static final String TEMP_SUFFIX = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger(TakingOut.class);

    private final ChunkFiles files;

    TakingOut(ChunkFiles files) {
        this.files = files;
    }

    /** Takes out those that are meant, file by file. */
    TakenOut takeOut(List<DeadLetterFile> from, DeadLetterSelection selection, DeadLetterTaker taker)
            throws IOException, BufferClosedException {
        deleteHalfWritten(from);
        TakenOut taken = TakenOut.NOTHING;
        for (DeadLetterFile file : from) {
            if (selection.wants(file)) {
                taken = taken.plus(
                        switch (file) {
                            case DeadLetterFile.Letters letters -> letters(letters, selection, taker);
                            case DeadLetterFile.WholeChunk chunk when selection.wants(chunk) -> chunk(chunk, taker);
                            case DeadLetterFile.WholeChunk _, DeadLetterFile.Other _ -> TakenOut.NOTHING;
                        });
            }
        }
        return taken;
    }

    /** Deletes those that are meant. */
    TakenOut purge(List<DeadLetterFile> from, DeadLetterSelection selection) throws IOException {
        deleteHalfWritten(from);
        TakenOut deleted = TakenOut.NOTHING;
        for (DeadLetterFile file : from) {
            if (selection.wants(file)) {
                deleted = deleted.plus(
                        switch (file) {
                            case DeadLetterFile.Letters letters
                            when !selection.isWholeFiles() -> letters(letters, selection);
                            case DeadLetterFile.Letters letters -> deleteAll(letters);
                            case DeadLetterFile.WholeChunk chunk when selection.wants(chunk) -> deleteAll(chunk);
                            case DeadLetterFile.WholeChunk _, DeadLetterFile.Other _ -> TakenOut.NOTHING;
                        });
            }
        }
        return deleted;
    }

    /** What a crash left behind. */
    private void deleteHalfWritten(List<DeadLetterFile> from) throws IOException {
        for (DeadLetterFile file : from) {
            if (file.name().endsWith(TEMP_SUFFIX)) {
                files.delete(file.path());
            }
        }
    }

    private TakenOut letters(DeadLetterFile.Letters file, DeadLetterSelection selection) throws IOException {
        try {
            return letters(file, selection, NOWHERE);
        } catch (BufferClosedException e) {
            throw new IllegalStateException("nothing was appended to a buffer", e);
        }
    }

    /** Takes everything; it is to be deleted. */
    private static final DeadLetterTaker NOWHERE = new DeadLetterTaker() {
        @Override
        public boolean take(DeadLetter letter) {
            return true;
        }

        @Override
        public boolean take(StoredFrame frame) {
            return true;
        }

        @Override
        public void settle() {
            // Nothing is kept anywhere.
        }
    };

    private TakenOut letters(DeadLetterFile.Letters file, DeadLetterSelection selection, DeadLetterTaker taker)
            throws IOException, BufferClosedException {
        try (LetterReader reader = LetterReader.open(files, file.path());
                RemainingLetters rest = new RemainingLetters(files, file)) {
            TakenOut taken = TakenOut.NOTHING;
            for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                rest.keep(reader, reader.passed());
                boolean wanted = selection.wants(letter);
                if (wanted && taker.take(letter)) {
                    taken = taken.plus(new TakenOut(1, letter.data().length, 0, 0));
                } else {
                    rest.keep(letter);
                    taken = taken.plus(new TakenOut(0, 0, 0, wanted ? 1 : 0));
                }
            }
            rest.keep(reader, reader.passed());
            taker.settle();
            if (taken.records() == 0) {
                return taken;
            }
            boolean gone = rest.replace();
            return taken.plus(new TakenOut(0, 0, gone ? 1 : 0, 0));
        } catch (NoSuchFileException _) {
            // Deleted in the meantime to keep the bounds: counted and logged there.
            return TakenOut.NOTHING;
        }
    }

    private TakenOut chunk(DeadLetterFile.WholeChunk chunk, DeadLetterTaker taker)
            throws IOException, BufferClosedException {
        long records = 0;
        long bytes = 0;
        long stoppedAt = -1;
        try (StoredFrames frames = DeadLetterFiles.frames(chunk, files)) {
            for (StoredFrame frame = frames.next(); frame != null; frame = frames.next()) {
                if (!taker.take(frame)) {
                    stoppedAt = frame.ordinal();
                    break;
                }
                records++;
                bytes += frame.payload().length;
            }
            taker.settle();
            long known = chunk.records().orElse(records);
            boolean whole = stoppedAt < 0 && frames.damaged().isEmpty() && records == known;
            if (whole) {
                delete(chunk);
            } else if (records > 0) {
                releaseUpTo(chunk, stoppedAt < 0 ? chunk.endOrdinal() : stoppedAt);
            }
            return new TakenOut(records, bytes, whole ? 1 : 0, Math.max(0, known - records));
        } catch (NoSuchFileException _) {
            return TakenOut.NOTHING;
        }
    }

    /** Deletes a file that is meant as a whole, whatever is in them, and counts what can be read. */
    private TakenOut deleteAll(DeadLetterFile file) throws IOException {
        long records = 0;
        long bytes = 0;
        switch (file) {
            case DeadLetterFile.Letters letters -> {
                try (LetterReader reader = LetterReader.open(files, letters.path())) {
                    for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                        records++;
                        bytes += letter.data().length;
                    }
                } catch (NoSuchFileException _) {
                    return TakenOut.NOTHING;
                }
            }
            case DeadLetterFile.WholeChunk chunk -> {
                records = chunk.records().orElse(0);
                bytes = chunk.bytes();
            }
            case DeadLetterFile.Other _ -> {
                return TakenOut.NOTHING;
            }
        }
        delete(file);
        return new TakenOut(records, bytes, 1, 0);
    }

    /** Deletes a file, whatever it is, and returns how many records were in it, as far as that can be told. */
    long deleteCounting(DeadLetterFile file) throws IOException {
        long records = switch (file) {
            case DeadLetterFile.Letters letters -> count(letters);
            case DeadLetterFile.WholeChunk chunk -> chunk.records().orElse(0);
            case DeadLetterFile.Other _ -> 0;
        };
        delete(file);
        return records;
    }

    /** One that cannot be read must go all the same. */
    private long count(DeadLetterFile.Letters file) {
        long records = 0;
        try (LetterReader reader = LetterReader.open(files, file.path())) {
            while (reader.next() != null) {
                records++;
            }
        } catch (IOException e) {
            LOG.warn("Dead letters cannot be counted to their end: file={} error=\"{}\"", file.path(), e.toString());
        }
        return records;
    }

    private void delete(DeadLetterFile file) throws IOException {
        files.delete(file.path());
        if (file instanceof DeadLetterFile.WholeChunk) {
            files.delete(SetAside.of(file.path()));
        }
        files.syncFolder(folder(file.path()));
    }

    private void releaseUpTo(DeadLetterFile.WholeChunk chunk, long ordinal) throws IOException {
        SetAside before = SetAside.read(chunk.path())
                .orElse(new SetAside(chunk.came(), "", "", chunk.end(), chunk.endOrdinal(), ordinal));
        Path reason = SetAside.of(chunk.path());
        Path temp = temp(reason);
        byte[] text = before.releasedUpTo(ordinal).text().getBytes(StandardCharsets.UTF_8);
        files.delete(temp);
        try (ChunkFile written = files.create(temp)) {
            written.writeFully(ByteBuffer.wrap(text), 0);
            written.force();
        }
        files.move(temp, reason);
        files.syncFolder(folder(reason));
    }

    /** Where what replaces a file is written first; a crash may leave it behind. */
    static Path temp(Path file) {
        return file.resolveSibling(file.getFileName() + TEMP_SUFFIX);
    }

    static Path folder(Path file) {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IllegalStateException("a dead letter outside of any folder: " + file);
        }
        return folder;
    }
}
