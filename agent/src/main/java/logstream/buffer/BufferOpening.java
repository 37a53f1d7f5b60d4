package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens once, at the start: lock, look, tidy up, begin a new chunk.
 *
 * <p>Chunks that can be read are left as they are, damaged or not: what is confirmed of the last one is written into the
 * header of the new one. Nothing is deleted but files without a byte and a last chunk without a frame; what has bytes and
 * makes no sense is renamed.
 */
final class BufferOpening {
    private static final Logger LOG = LoggerFactory.getLogger(BufferOpening.class);

    private BufferOpening() {}

    /** The buffer, its commit thread not yet started. */
    static Buffer open(BufferConfig config, Metrics metrics, Sources sources) throws IOException {
        if (config.maxChunks() < 2 || config.chunkBytes() <= ChunkFormat.FIRST_FRAME_AT) {
            throw new IllegalStateException(
                    "a buffer of " + config.maxChunks() + " chunks of " + config.chunkBytes() + " bytes");
        }
        if (config.sync() == BufferConfig.Sync.NEVER) {
            LOG.warn("buffer.sync is never: a power cut may lose acknowledged events. Set it to ack to keep them.");
        }
        FolderLock lock = FolderLock.take(config.directory(), sources.files());
        try {
            return open(config, metrics, sources, lock);
        } catch (IOException | RuntimeException | Error e) {
            closeAll(config, lock);
            throw e;
        }
    }

    private static Buffer open(BufferConfig config, Metrics metrics, Sources sources, FolderLock lock)
            throws IOException {
        Recovery found = Recovery.scan(config.directory(), sources.files());
        long sequence = firstSequence(config.directory(), found);
        TornFiles torn = new TornFiles(config.directory(), sources.files());
        tidyUp(found, sources.files(), torn, metrics);
        long identity = identity(found, sources);
        BufferState state = new BufferState(
                config, sources.nanoTime().getAsLong(), found.chunks(), found.releasedOrdinal(), found.endOrdinal());
        DeadLetters deadLetters = new DeadLetters(config, sources, metrics);
        Sweeper sweeper = new Sweeper(state, config, sources, deadLetters);
        FolderWatch folder = new FolderWatch(state, config, sources, lock, metrics);
        Succession succession = new Succession(state, config, sources, sweeper, folder, identity, sequence);
        Reserve reserve = new Reserve(state, config, sources, metrics);
        FrameWriter writer = new FrameWriter(state, config, sources, metrics, succession, reserve, folder);
        CommitLoop commit = new CommitLoop(state, config, sources, writer, sweeper);
        commit.begin();
        FrameReader reader = new FrameReader(state, sources, torn, metrics);
        long frames = found.endOrdinal() - found.releasedOrdinal();
        metrics.framesRecovered.add(frames);
        LOG.info(
                "The buffer is open: folder={} chunks={} frames_recovered={}",
                config.directory(),
                found.chunks().size(),
                frames);
        return new Buffer(
                new Buffer.Parts(config, metrics, sources, identity, lock, state, commit, reader, deadLetters),
                found.endOrdinal());
    }

    private static void tidyUp(Recovery found, ChunkFiles files, TornFiles torn, Metrics metrics) throws IOException {
        for (Recovery.Untouched untouched : found.untouched()) {
            LOG.warn(
                    "A file in the buffer folder is left untouched, {}: file={}. Move it away if it is not needed.",
                    untouched.reason(),
                    untouched.file());
        }
        for (Path empty : found.empty()) {
            files.delete(empty);
        }
        for (Path unreadable : found.unreadable()) {
            long size = Files.size(unreadable);
            metrics.bytesTorn.add(size);
            torn.move(unreadable);
            LOG.error(
                    "A chunk has no readable header and is set aside: bytes={} file={}",
                    size,
                    TornFiles.of(unreadable));
        }
        if (!found.chunks().isEmpty()) {
            Chunk last = found.chunks().getLast();
            force(last.path(), files);
            if (!found.lastTorn().isEmpty()) {
                long bytes = found.lastTorn().stream()
                        .mapToLong(stretch -> stretch.to() - stretch.from())
                        .sum();
                metrics.bytesTorn.add(bytes);
                torn.copy(last.path(), found.lastTorn());
                LOG.warn(
                        "The end of the last run left bytes that do not check; they are set aside: bytes={} chunk={} copy={}",
                        bytes,
                        last.path(),
                        TornFiles.of(last.path()));
            }
        }
    }

    /**
     * A killed process left bytes in the page cache: frames that are to be read are to be durable. What was acknowledged
     * is on the disk anyway, so a failure is no reason not to start.
     */
    private static void force(Path chunk, ChunkFiles files) {
        try {
            files.force(chunk);
        } catch (IOException e) {
            LOG.warn("The last chunk of the run before cannot be forced: file={} error=\"{}\"", chunk, e.toString());
        }
    }

    private static long identity(Recovery found, Sources sources) {
        OptionalLong known = found.identity();
        return known.isPresent()
                ? known.getAsLong()
                : sources.random().getAsLong() >>> (Long.SIZE - ChunkFormat.IDENTITY_BITS);
    }

    /** Behind all chunks that may have given keys, whatever became of their files. */
    private static long firstSequence(Path folder, Recovery found) {
        long sequence = found.highestSequence() + 1;
        while (isTaken(folder, sequence)) {
            sequence++;
        }
        return sequence;
    }

    private static boolean isTaken(Path folder, long sequence) {
        Path chunk = folder.resolve(ChunkFormat.name(sequence));
        return Files.exists(chunk)
                || Files.exists(TornFiles.of(chunk))
                || Files.exists(folder.resolve(DeadLetters.FOLDER).resolve(ChunkFormat.name(sequence)));
    }

    static void closeAll(BufferConfig config, Closeable... parts) {
        for (Closeable part : parts) {
            try {
                part.close();
            } catch (IOException e) {
                LOG.warn(
                        "A file of the buffer did not close: folder={} error=\"{}\"", config.directory(), e.toString());
            }
        }
    }
}
