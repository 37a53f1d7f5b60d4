package logstream.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What did not check at a start, or when it was read, set aside for whoever wants to know what happened: {@code <chunk>.torn}, either the
 * damaged bytes of a chunk one after the other, or a whole file without a readable header. Nothing reads them.
 *
 * <p>Bounded: {@link #TOTAL_BYTES} in all; the oldest go first.
 */
final class TornFiles {
    static final String SUFFIX = ".torn";
    static final long TOTAL_BYTES = 64 << 20;

    private static final int COPY_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(TornFiles.class);

    private final Path folder;
    private final ChunkFiles files;

    /** Bytes of a chunk that do not check. */
    record Stretch(long from, long to) {}

    TornFiles(Path folder, ChunkFiles files) {
        this.folder = folder;
        this.files = files;
    }

    static Path of(Path chunk) {
        return chunk.resolveSibling(chunk.getFileName() + SUFFIX);
    }

    /** Whether bytes of the chunk were set aside before, and counted then. */
    static boolean isSetAside(Path chunk) {
        return Files.exists(of(chunk));
    }

    /** Copies damaged stretches. Only a help for people: a failure is logged, and the start goes on. */
    void copy(Path chunk, List<Stretch> stretches) {
        try (ChunkFile from = files.open(chunk)) {
            Files.deleteIfExists(of(chunk));
            try (ChunkFile to = files.create(of(chunk))) {
                long written = 0;
                for (Stretch stretch : stretches) {
                    for (long at = stretch.from(); at < stretch.to(); at += COPY_BYTES) {
                        ByteBuffer copy = ByteBuffer.allocate((int) Math.min(COPY_BYTES, stretch.to() - at));
                        from.readFully(copy, at);
                        to.writeFully(copy.flip(), written);
                        written += copy.limit();
                    }
                }
            }
            prune();
        } catch (IOException e) {
            LOG.warn("Damaged bytes could not be set aside: chunk={} error=\"{}\"", chunk, e.toString());
        }
    }

    /** Takes a whole file out of the way. */
    void move(Path chunk) throws IOException {
        files.move(chunk, of(chunk));
    }

    /** Deletes the oldest while all together are too large. */
    void prune() throws IOException {
        List<Path> torn = new ArrayList<>();
        try (Stream<Path> listing = Files.list(folder)) {
            listing.filter(path -> path.getFileName().toString().endsWith(ChunkFormat.CHUNK_SUFFIX + SUFFIX))
                    .sorted(Comparator.reverseOrder())
                    .forEach(torn::add);
        }
        long total = 0;
        for (Path path : torn) {
            total += Files.size(path);
            if (total > TOTAL_BYTES) {
                LOG.warn("The oldest set-aside bytes are deleted, there are too many: file={}", path);
                files.delete(path);
            }
        }
    }
}
