package logstream.buffer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a folder holds, into a value; changes nothing.
 *
 * <p>Only the header of each chunk is read, and the frames of the last one: where the others end, and how many frames
 * they hold, is in the header of their successor. So a large backlog costs no more than a small one.
 *
 * @param identity of the buffer, or empty when there is no chunk yet
 * @param chunks that can be read, in order
 * @param lastTorn stretches of the last of them that do not check
 * @param empty files without a byte, which a crash left before their header was written
 * @param unreadable files with the name of a chunk whose headers do not check
 * @param untouched files with the name of a chunk that are not for us, and why
 * @param highestSequence of all chunks that may have given keys; -1 when there is none
 * @param releasedOrdinal where reading begins
 */
record Recovery(
        OptionalLong identity,
        List<Chunk> chunks,
        List<TornFiles.Stretch> lastTorn,
        List<Path> empty,
        List<Path> unreadable,
        List<Untouched> untouched,
        long highestSequence,
        long releasedOrdinal) {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    record Untouched(Path file, String reason) {}

    /** The ordinal after the last frame. */
    long endOrdinal() {
        return chunks.isEmpty() ? 0 : chunks.getLast().endOrdinal();
    }

    static Recovery scan(Path folder, ChunkFiles files) throws IOException {
        Scan scan = new Scan(files);
        for (Path path : listChunks(folder)) {
            scan.look(path);
        }
        return scan.result(Checkpoint.load(folder));
    }

    private static List<Path> listChunks(Path folder) throws IOException {
        try (Stream<Path> listing = Files.list(folder)) {
            return listing.filter(path -> ChunkFormat.sequence(path).isPresent() && Files.isRegularFile(path))
                    .sorted()
                    .toList();
        }
    }

    /** One pass over the folder. */
    private static final class Scan {
        private record Candidate(Path path, ChunkHeader header, long size) {}

        private final ChunkFiles files;
        private final List<Candidate> candidates = new ArrayList<>();
        private final List<TornFiles.Stretch> lastTorn = new ArrayList<>();
        private final List<Path> empty = new ArrayList<>();
        private final List<Path> unreadable = new ArrayList<>();
        private final List<Untouched> untouched = new ArrayList<>();
        private long highestSequence = -1;

        Scan(ChunkFiles files) {
            this.files = files;
        }

        void look(Path path) throws IOException {
            long named = ChunkFormat.sequence(path).orElseThrow();
            try (ChunkFile file = files.open(path)) {
                look(path, named, file);
            } catch (AccessDeniedException e) {
                throw new IOException(
                        "the chunk file " + path
                                + " cannot be opened by this user; give it to the user that the agent runs as",
                        e);
            } catch (IOException e) {
                untouched.add(new Untouched(path, "the disk does not give it: " + e));
                highestSequence = Math.max(highestSequence, named);
            }
        }

        private void look(Path path, long named, ChunkFile file) throws IOException {
            long size = file.size();
            if (size == 0) {
                empty.add(path);
                return;
            }
            switch (ChunkHeader.look(file)) {
                case ChunkHeader.Look.Valid(ChunkHeader header) -> {
                    if (header.sequence() == named) {
                        candidates.add(new Candidate(path, header, size));
                    } else {
                        untouched.add(new Untouched(path, "by its header it is chunk " + header.sequence()));
                    }
                }
                case ChunkHeader.Look.OtherVersion(int version) -> {
                    untouched.add(new Untouched(path, "its format version is " + version));
                    highestSequence = Math.max(highestSequence, named);
                }
                case ChunkHeader.Look.Unreadable() -> unreadable.add(path);
            }
        }

        Recovery result(Optional<Checkpoint> checkpoint) throws IOException {
            List<Candidate> ours = ours();
            List<Chunk> chunks = new ArrayList<>();
            for (int at = 0; at < ours.size(); at++) {
                Candidate candidate = ours.get(at);
                Candidate next = at + 1 < ours.size() ? ours.get(at + 1) : null;
                chunks.add(next == null ? scanned(candidate) : sealed(candidate, next.header));
            }
            OptionalLong identity = ours.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(ours.getLast().header.identity());
            return new Recovery(
                    identity,
                    chunks,
                    lastTorn,
                    empty,
                    unreadable,
                    untouched,
                    highestSequence,
                    released(chunks, checkpoint));
        }

        /** The chunks of the buffer that the last one belongs to. */
        private List<Candidate> ours() {
            List<Candidate> ours = new ArrayList<>();
            for (Candidate candidate : candidates.reversed()) {
                ChunkHeader next = ours.isEmpty() ? null : ours.getFirst().header;
                if (next != null && next.identity() != candidate.header.identity()) {
                    untouched.add(new Untouched(candidate.path, "it belongs to another buffer"));
                } else if (next != null && next.firstOrdinal() < candidate.header.firstOrdinal()) {
                    untouched.add(new Untouched(candidate.path, "its frames are counted higher than those behind it"));
                } else {
                    ours.addFirst(candidate);
                    highestSequence = Math.max(highestSequence, candidate.header.sequence());
                }
            }
            return ours;
        }

        private Chunk sealed(Candidate candidate, ChunkHeader next) {
            boolean told = next.predecessor() == candidate.header.sequence();
            long end = told ? next.predecessorEnd() : candidate.size;
            return new Chunk(
                    candidate.path, candidate.header, Math.max(end, ChunkFormat.FIRST_FRAME_AT), next.firstOrdinal());
        }

        private Chunk scanned(Candidate candidate) throws IOException {
            ChunkHeader header = candidate.header;
            long end = ChunkFormat.FIRST_FRAME_AT;
            long endOrdinal = header.firstOrdinal();
            try (ChunkReader reader = new ChunkReader(files.open(candidate.path), header)) {
                ChunkReader.@Nullable Found found = nextDespiteErrors(reader, candidate.size);
                while (found != null) {
                    torn(end, found.at());
                    end = found.end();
                    endOrdinal = header.firstOrdinal() + found.index() + 1;
                    found = nextDespiteErrors(reader, candidate.size);
                }
            }
            torn(end, candidate.size);
            return new Chunk(candidate.path, header, end, endOrdinal);
        }

        /** The reader itself gives up on a place after a few errors and goes on behind it. */
        private static ChunkReader.@Nullable Found nextDespiteErrors(ChunkReader reader, long limit) {
            while (true) {
                try {
                    return reader.next(limit);
                } catch (IOException e) {
                    LOG.warn("The disk does not give what is in the last chunk, trying again: {}", e.toString());
                }
            }
        }

        private void torn(long from, long to) {
            if (from < to) {
                lastTorn.add(new TornFiles.Stretch(from, to));
            }
        }

        /**
         * What the checkpoint says of its chunk is believed only when there are no frames in older chunks: those were
         * not released by its word, and frames are released in order.
         */
        private static long released(List<Chunk> chunks, Optional<Checkpoint> checkpoint) {
            for (Chunk oldest : chunks) {
                if (oldest.frames() > 0) {
                    boolean applies = checkpoint.isPresent()
                            && checkpoint.get().sequence() == oldest.sequence()
                            && checkpoint.get().seed() == oldest.header().seed()
                            && checkpoint.get().index() <= oldest.frames();
                    return oldest.firstOrdinal() + (applies ? checkpoint.get().index() : 0);
                }
            }
            return chunks.isEmpty() ? 0 : chunks.getFirst().firstOrdinal();
        }
    }
}
