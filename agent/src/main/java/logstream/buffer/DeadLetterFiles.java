package logstream.buffer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import logstream.buffer.DeadLetterFile.Letters;
import logstream.buffer.DeadLetterFile.Other;
import logstream.buffer.DeadLetterFile.WholeChunk;

/**
 * Looks at the folder {@code dead-letters} of a buffer, also of one in use. Changes nothing.
 *
 * <p>Threading: stateless.
 */
public final class DeadLetterFiles {
    private DeadLetterFiles() {}

    /** The folder of the dead letters of a buffer. */
    public static Path folder(Path bufferFolder) {
        return bufferFolder.resolve(DeadLetters.FOLDER);
    }

    /** What the folder holds, the oldest first; empty when there is no such folder. */
    public static List<DeadLetterFile> list(Path bufferFolder) throws IOException {
        return list(bufferFolder, ChunkFiles.REAL);
    }

    static List<DeadLetterFile> list(Path bufferFolder, ChunkFiles files) throws IOException {
        List<Path> paths;
        try (Stream<Path> listing = Files.list(folder(bufferFolder))) {
            paths = listing.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
        List<DeadLetterFile> found = new ArrayList<>();
        for (Path path : paths) {
            boolean reasonOfChunk = path.getFileName().toString().endsWith(SetAside.SUFFIX)
                    && Files.exists(
                            path.resolveSibling(path.getFileName().toString().replace(SetAside.SUFFIX, "")));
            if (!reasonOfChunk) {
                look(path, files).ifPresent(found::add);
            }
        }
        found.sort(Comparator.comparing(DeadLetterFile::came).thenComparing(DeadLetterFile::name));
        return found;
    }

    /** Empty when the file went in the meantime. */
    private static Optional<DeadLetterFile> look(Path path, ChunkFiles files) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            Instant came = attributes.lastModifiedTime().toInstant();
            try {
                return Optional.of(look(path, attributes.size(), came, files));
            } catch (NoSuchFileException e) {
                throw e;
            } catch (IOException e) {
                // One that cannot be read holds up no other.
                return Optional.of(new Other(path, attributes.size(), came, "it cannot be read: " + e));
            }
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static DeadLetterFile look(Path path, long size, Instant came, ChunkFiles files) throws IOException {
        if (LetterFormat.isNameOfLetters(path)) {
            String why = LetterReader.whyNot(files, path);
            return why.isEmpty() ? new Letters(path, size, came) : new Other(path, size, came, why);
        }
        if (ChunkFormat.sequence(path).isEmpty()) {
            return new Other(path, size, came, "it is no file of ours");
        }
        try (ChunkFile file = files.open(path)) {
            return switch (ChunkHeader.look(file)) {
                case ChunkHeader.Look.Valid(ChunkHeader header) -> chunk(path, size, came, header);
                case ChunkHeader.Look.OtherVersion(int version) ->
                    new Other(path, size, came, "its format version is " + version);
                case ChunkHeader.Look.Unreadable() -> new Other(path, size, came, "it has no readable header");
            };
        }
    }

    private static WholeChunk chunk(Path path, long fileBytes, Instant came, ChunkHeader header) throws IOException {
        long bytes = fileBytes + (Files.exists(SetAside.of(path)) ? Files.size(SetAside.of(path)) : 0);
        SetAside why = SetAside.read(path)
                .orElse(new SetAside(came, "", "", fileBytes, Long.MAX_VALUE, header.firstOrdinal()));
        return new WholeChunk(
                path,
                bytes,
                came,
                why.cause(),
                why.reason(),
                header.identity(),
                header.sequence(),
                Math.max(why.releasedOrdinal(), header.firstOrdinal()),
                why.endOrdinal(),
                why.confirmedEnd());
    }

    /**
     * The frames of a chunk that were not delivered.
     *
     * @throws IOException when the file cannot be opened, or is no longer what it was
     */
    public static StoredFrames frames(WholeChunk chunk) throws IOException {
        return frames(chunk, ChunkFiles.REAL);
    }

    static StoredFrames frames(WholeChunk chunk, ChunkFiles files) throws IOException {
        ChunkHeader header;
        try (ChunkFile file = files.open(chunk.path())) {
            if (!(ChunkHeader.look(file) instanceof ChunkHeader.Look.Valid(ChunkHeader valid))) {
                throw new IOException(chunk.path() + " has no readable header any more");
            }
            header = valid;
        }
        return new StoredFrames(files, chunk.path(), header, chunk.end(), chunk.releasedOrdinal(), chunk.endOrdinal());
    }
}
