package logstream.buffer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the folder of a buffer holds, as the next start would see it. Looking takes no lock and writes nothing: it may be
 * done beside a running agent, which deletes and begins chunks meanwhile.
 *
 * <p>Costs what a start costs: the headers of all chunks, and the frames of the last one.
 *
 * @param identity of the buffer; empty when there is no chunk
 * @param chunks that can be read, in order
 * @param others files that are not read, by name
 * @param releasedOrdinal frames below were delivered: what would be read next
 */
public record FolderView(
        Path folder, OptionalLong identity, List<ChunkView> chunks, List<OtherFile> others, long releasedOrdinal) {
    /** Chunks go while one looks; not so often in a row. */
    private static final int ATTEMPTS = 10;

    /**
     * A chunk.
     *
     * @param created when it was begun
     * @param written when it was last written to
     * @param firstOrdinal ordinal of its first frame
     * @param endOrdinal the ordinal after its last, damaged ones included
     * @param end bytes from there on are not read
     * @param predecessor sequence number of the chunk before, or -1
     * @param predecessorEnd up to where that is confirmed
     * @param staged whether it is the last one
     */
    public record ChunkView(
            Path path,
            long sequence,
            long identity,
            Instant created,
            Instant written,
            long firstOrdinal,
            long endOrdinal,
            long end,
            long predecessor,
            long predecessorEnd,
            boolean staged) {
        public long frames() {
            return endOrdinal - firstOrdinal;
        }

        /** Bytes of its frames. */
        public long bytes() {
            return end - ChunkFormat.FIRST_FRAME_AT;
        }

        /** As files are named. */
        public String name() {
            return sequenceName(sequence);
        }
    }

    /**
     * A file that is not read.
     *
     * @param torn whether it holds bytes of ours that do not check; else it is foreign
     * @param why it is not read
     */
    public record OtherFile(Path path, boolean torn, String why, long bytes, Instant written) {}

    /** The 16 hex digits that name a chunk. */
    public static String sequenceName(long sequence) {
        return ChunkFormat.name(sequence).replace(ChunkFormat.CHUNK_SUFFIX, "");
    }

    /**
     * Looks at a folder.
     *
     * @throws IOException with a sentence for the operator when it cannot be read, or is no folder
     */
    public static FolderView look(Path folder) throws IOException {
        return look(folder, ChunkFiles.REAL);
    }

    static FolderView look(Path folder, ChunkFiles files) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return FolderScan.scan(folder, files);
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS || !Files.isDirectory(folder)) {
                    throw said(folder, e);
                }
            } catch (IOException e) {
                throw said(folder, e);
            }
        }
    }

    private static IOException said(Path folder, IOException e) {
        return switch (e) {
            case NoSuchFileException missing ->
                new IOException("there is no folder " + folder + "; name the one of buffer.directory", missing);
            case NotDirectoryException file ->
                new IOException(folder + " is a file; name the folder of buffer.directory", file);
            case AccessDeniedException denied ->
                new IOException(
                        "this user may not read " + denied.getFile()
                                + "; run the command as the user of the agent, or as root",
                        denied);
            default -> e.getCause() instanceof AccessDeniedException denied ? said(folder, denied) : e;
        };
    }

    /** Whether nothing says that this is the folder of a buffer. */
    public boolean isNoBuffer() {
        return chunks.isEmpty()
                && others.stream().noneMatch(OtherFile::torn)
                && !Files.exists(folder.resolve(FolderLock.FILE));
    }

    /**
     * Whether a folder is that of a buffer, without a look at its chunks.
     *
     * @throws IOException with a sentence for the operator when it cannot be read, or is no folder
     */
    public static boolean isBuffer(Path folder) throws IOException {
        try (Stream<Path> listing = Files.list(folder)) {
            return listing.map(path -> path.getFileName().toString())
                    .anyMatch(name -> name.equals(FolderLock.FILE)
                            || name.equals(DeadLetters.FOLDER)
                            || name.endsWith(ChunkFormat.CHUNK_SUFFIX));
        } catch (IOException e) {
            throw said(folder, e);
        }
    }

    /** The chunk in which the next frame lies that would be read; empty when all are delivered. */
    public Optional<ChunkView> next() {
        return chunks.stream()
                .filter(chunk -> chunk.endOrdinal > releasedOrdinal)
                .findFirst();
    }

    /** Frames that are not delivered. */
    public long pendingFrames() {
        return chunks.stream()
                .mapToLong(chunk -> Math.max(0, chunk.endOrdinal - Math.max(chunk.firstOrdinal, releasedOrdinal)))
                .sum();
    }

    /**
     * The frames of a chunk.
     *
     * @param fromOrdinal frames below are not given out
     * @throws NoSuchFileException when the chunk is gone
     */
    public static StoredFrames frames(ChunkView chunk, long fromOrdinal) throws IOException {
        return frames(ChunkFiles.REAL, chunk, fromOrdinal, chunk.end, chunk.endOrdinal);
    }

    static StoredFrames frames(ChunkFiles files, ChunkView chunk, long fromOrdinal, long end, long endOrdinal)
            throws IOException {
        ChunkHeader header;
        try (ChunkFile file = files.open(chunk.path)) {
            if (!(ChunkHeader.look(file) instanceof ChunkHeader.Look.Valid(ChunkHeader valid))) {
                throw new NoSuchFileException(chunk.path.toString(), null, "it is no longer a chunk");
            }
            header = valid;
        }
        return new StoredFrames(files, chunk.path, header, end, fromOrdinal, endOrdinal);
    }
}
