package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one chunk file from its first to a limit, over damaged stretches if need be; for those who look at files
 * and change nothing. A file that is deleted while it is read can be read to its end.
 *
 * <p>Threading: confined to one thread. Memory: a block, or the largest frame while that is read.
 */
public final class StoredFrames implements Closeable {
    private final ChunkReader reader;
    private final ChunkHeader header;
    private final long limit;
    private final long fromOrdinal;
    private final long endOrdinal;

    /**
     * @param limit bytes from there on are not read
     * @param fromOrdinal frames below are not given out
     * @param endOrdinal frames from there on are not given out: they were written again elsewhere
     * @throws java.nio.file.NoSuchFileException when the file is gone
     */
    StoredFrames(ChunkFiles files, Path path, ChunkHeader header, long limit, long fromOrdinal, long endOrdinal)
            throws IOException {
        this.reader = new ChunkReader(files.open(path), header);
        this.header = header;
        this.limit = limit;
        this.fromOrdinal = fromOrdinal;
        this.endOrdinal = endOrdinal;
    }

    /** The next frame that checks; null when there is none. What the disk does not give counts as damaged. */
    public @Nullable StoredFrame next() {
        while (true) {
            ChunkReader.Found frame = nextFound();
            if (frame == null) {
                return null;
            }
            long ordinal = header.firstOrdinal() + frame.index();
            if (ordinal >= fromOrdinal && ordinal < endOrdinal) {
                return new StoredFrame(
                        header.identity(), header.sequence(), frame.index(), ordinal, frame.kind(), frame.payload());
            }
        }
    }

    private ChunkReader.@Nullable Found nextFound() {
        while (true) {
            try {
                return reader.next(limit);
            } catch (IOException _) {
                // Tried again: after three failures at a place the reader goes on behind it.
            }
        }
    }

    /** How far it has come, in bytes of the file. */
    public long position() {
        return Math.min(reader.position(), limit);
    }

    /** What was passed over because it does not check; of very many stretches, the first. */
    List<TornFiles.Stretch> damaged() {
        return reader.damaged();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
