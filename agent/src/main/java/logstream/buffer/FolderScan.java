package logstream.buffer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import logstream.buffer.FolderView.ChunkView;
import logstream.buffer.FolderView.OtherFile;

/**
 * Makes a {@link FolderView}: what a start would see, and the files beside it that a start passes over. What goes while it
 * looks is left out.
 *
 * <p>Threading: stateless.
 */
final class FolderScan {
    /** Files of ours that are no chunks; the last is the agent's control socket. */
    private static final Set<String> OURS =
            Set.of(FolderLock.FILE, Checkpoint.FILE, Checkpoint.TEMP_FILE, "control.sock");

    private FolderScan() {}

    static FolderView scan(Path folder, ChunkFiles files) throws IOException {
        List<Path> listed;
        try (Stream<Path> listing = Files.list(folder)) {
            listed = listing.sorted().toList();
        }
        Recovery found = Recovery.scan(folder, files);
        List<ChunkView> chunks = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        for (Chunk chunk : found.chunks()) {
            known.add(chunk.path());
            view(chunk, chunk == found.chunks().getLast()).ifPresent(chunks::add);
        }
        List<OtherFile> others = new ArrayList<>();
        for (Recovery.Untouched untouched : found.untouched()) {
            known.add(untouched.file());
            other(untouched.file(), false, untouched.reason()).ifPresent(others::add);
        }
        for (Path unreadable : found.unreadable()) {
            known.add(unreadable);
            other(unreadable, true, "it has no readable header").ifPresent(others::add);
        }
        for (Path empty : found.empty()) {
            known.add(empty);
            other(empty, true, "it has no byte").ifPresent(others::add);
        }
        for (Path path : listed) {
            boolean chunkThatCameOrWent = ChunkFormat.sequence(path).isPresent();
            if (!known.contains(path)
                    && !chunkThatCameOrWent
                    && !OURS.contains(path.getFileName().toString())) {
                unknown(path).ifPresent(others::add);
            }
        }
        others.sort(Comparator.comparing(OtherFile::path));
        return new FolderView(folder, found.identity(), chunks, others, found.releasedOrdinal());
    }

    private static Optional<OtherFile> unknown(Path path) throws IOException {
        if (path.getFileName().toString().equals(DeadLetters.FOLDER) && Files.isDirectory(path)) {
            return Optional.empty();
        }
        boolean torn = path.getFileName().toString().endsWith(ChunkFormat.CHUNK_SUFFIX + TornFiles.SUFFIX);
        return other(path, torn, torn ? "its bytes do not check; they were set aside" : "it is no file of ours");
    }

    private static Optional<ChunkView> view(Chunk chunk, boolean last) throws IOException {
        try {
            ChunkHeader header = chunk.header();
            return Optional.of(new ChunkView(
                    chunk.path(),
                    header.sequence(),
                    header.identity(),
                    Instant.ofEpochMilli(header.createdMillis()),
                    Files.getLastModifiedTime(chunk.path()).toInstant(),
                    header.firstOrdinal(),
                    chunk.endOrdinal(),
                    chunk.end(),
                    header.predecessor(),
                    header.predecessorEnd(),
                    last));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static Optional<OtherFile> other(Path path, boolean torn, String why) throws IOException {
        try {
            long bytes = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.size(path) : 0;
            Instant written =
                    Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
            return Optional.of(new OtherFile(path, torn, why, bytes, written));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }
}
