package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What is to stay of a file of letters when others are taken out: a new file, which then takes its place.
 *
 * <p>Threading: confined to one thread.
 */
final class RemainingLetters implements Closeable {
    private final ChunkFiles files;
    private final DeadLetterFile.Letters old;
    private final Path temp;
    private @Nullable ChunkFile file;
    private long end;

    RemainingLetters(ChunkFiles files, DeadLetterFile.Letters old) {
        this.files = files;
        this.old = old;
        this.temp = TakingOut.temp(old.path());
    }

    void keep(DeadLetter letter) throws IOException {
        ChunkFile open = begun();
        var bytes = LetterFormat.toBytes(letter);
        int length = bytes.remaining();
        open.writeFully(bytes, end);
        end += length;
    }

    /** Bytes that make no sense stay, too: they were letters once. */
    void keep(LetterReader reader, TornFiles.Stretch damaged) throws IOException {
        if (damaged.from() < damaged.to()) {
            end = reader.copy(damaged, begun(), end);
        }
    }

    private ChunkFile begun() throws IOException {
        ChunkFile open = file;
        if (open == null) {
            files.delete(temp);
            open = files.create(temp);
            file = open;
            open.writeFully(LetterFormat.fileHeader(), 0);
            end = LetterFormat.FILE_HEADER_BYTES;
        }
        return open;
    }

    /** Puts what is to stay in the place of the old file. Returns whether nothing is, and the old file is gone. */
    boolean replace() throws IOException {
        ChunkFile open = file;
        if (open == null) {
            files.delete(old.path());
        } else {
            open.force();
            // It is as old as the letters in it.
            Files.setLastModifiedTime(temp, FileTime.from(old.came()));
            files.move(temp, old.path());
        }
        files.syncFolder(TakingOut.folder(old.path()));
        return open == null;
    }

    @Override
    public void close() throws IOException {
        ChunkFile open = file;
        if (open != null) {
            open.close();
            files.delete(temp);
        }
    }
}
