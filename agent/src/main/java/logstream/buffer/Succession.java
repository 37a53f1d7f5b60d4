package logstream.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Begins one chunk after the other.
 *
 * <p>Invariant: a sequence number is never used twice, also not after a failure: a file that was left behind cannot pass
 * for a new one. The new chunk's header says up to where its predecessor is confirmed.
 *
 * <p>Threading: confined to the commit thread.
 */
final class Succession {
    private final BufferState state;
    private final BufferConfig config;
    private final Sources sources;
    private final Sweeper sweeper;
    private final FolderWatch folder;
    private final long identity;
    private final ByteBuffer out = StagedChunk.writeMemory();
    private long nextSequence;

    /**
     * @param sequence of the first chunk it begins
     */
    Succession(
            BufferState state,
            BufferConfig config,
            Sources sources,
            Sweeper sweeper,
            FolderWatch folder,
            long identity,
            long sequence) {
        this.state = state;
        this.config = config;
        this.sources = sources;
        this.sweeper = sweeper;
        this.folder = folder;
        this.identity = identity;
        this.nextSequence = sequence;
    }

    /** Creates the file behind the last chunk. A last chunk in which nothing is confirmed is deleted. */
    StagedChunk next() throws IOException {
        if (nextSequence >>> ChunkFormat.SEQUENCE_BITS != 0) {
            throw new IOException("the sequence numbers of " + config.directory()
                    + " are used up; set buffer.directory to a new folder");
        }
        folder.ensureFolder();
        Chunk previous = previous();
        long sequence = nextSequence++;
        Path path = config.directory().resolve(ChunkFormat.name(sequence));
        ChunkHeader header = header(sequence, previous);
        StagedChunk next = StagedChunk.create(sources.files(), path, header, out, config.chunkBytes());
        state.lock.lock();
        try {
            state.begun(new Chunk(path, header, ChunkFormat.FIRST_FRAME_AT, header.firstOrdinal()));
        } finally {
            state.lock.unlock();
        }
        if (previous != null && previous.frames() == 0) {
            sweeper.delete(previous);
        }
        return next;
    }

    private @Nullable Chunk previous() {
        state.lock.lock();
        try {
            return state.chunks.last();
        } finally {
            state.lock.unlock();
        }
    }

    /** A predecessor without frames is about to be deleted: what it says of its own predecessor is passed on. */
    private ChunkHeader header(long sequence, @Nullable Chunk previous) {
        long predecessor = ChunkFormat.NO_PREDECESSOR;
        long predecessorEnd = 0;
        long firstOrdinal = 0;
        if (previous != null) {
            boolean empty = previous.frames() == 0;
            predecessor = empty ? previous.header().predecessor() : previous.sequence();
            predecessorEnd = empty ? previous.header().predecessorEnd() : previous.end();
            firstOrdinal = previous.endOrdinal();
        }
        return new ChunkHeader(
                sequence,
                identity,
                sources.clock().millis(),
                firstOrdinal,
                sources.random().getAsLong(),
                predecessor,
                predecessorEnd);
    }
}
