package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read side: from chunk to chunk, up to what is durable.
 *
 * <p>Invariant: frames are given out in the order of their ordinals; each ordinal below {@code nextOrdinal} was given
 * out, was released before the start, or was counted as damaged. Frames behind the ordinal at which the chunk ends are
 * not read: they were written again elsewhere.
 *
 * <p>Threading: confined to the reader thread, which takes the buffer's lock only to learn how far it may read.
 */
final class FrameReader implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(FrameReader.class);

    private final BufferState state;
    private final ChunkFiles files;
    private final Metrics metrics;
    private final TornFiles torn;
    private final Seldom seldom;

    private @Nullable Chunk chunk;
    private @Nullable ChunkReader reader;
    private long sequence = -1;
    private long nextOrdinal;

    /** How far the chunk may be read, as far as this thread knows. */
    private long limit;

    private long limitOrdinal;
    private boolean hasSuccessor;

    /** As of the chunk, and as of when the reader opened it. */
    private int replacements;

    private int openedReplacements;

    private long marksUntil;
    private long markNanos;

    FrameReader(BufferState state, Sources sources, TornFiles torn, Metrics metrics) {
        this.state = state;
        this.files = sources.files();
        this.torn = torn;
        this.metrics = metrics;
        this.seldom = new Seldom(sources.nanoTime());
        this.nextOrdinal = state.reading.read();
    }

    @Nullable
    Frame read() throws IOException {
        while (true) {
            Chunk current = chunk;
            if (current == null) {
                if (!enterNext()) {
                    return null;
                }
                continue;
            }
            ChunkReader.Found found = nextFound(current);
            if (found != null) {
                long ordinal = current.firstOrdinal() + found.index();
                if (isWhole()) {
                    state.reading.walked(Math.min(ordinal + 1, limitOrdinal));
                }
                if (ordinal >= nextOrdinal && ordinal < limitOrdinal) {
                    return frame(current, found, ordinal);
                }
                continue;
            }
            if (refresh(current)) {
                continue;
            }
            passDamaged(current, limitOrdinal);
            if (!hasSuccessor) {
                return null;
            }
            setAsideDamaged(current);
            state.reading.walked(limitOrdinal);
            leave();
        }
    }

    /** The next frame up to the limit; null when there is none, or no such file any more. */
    private ChunkReader.@Nullable Found nextFound(Chunk current) throws IOException {
        try {
            ChunkReader open = reader;
            if (open == null) {
                if (limit <= ChunkFormat.FIRST_FRAME_AT || current.isNameTaken()) {
                    return null;
                }
                open = new ChunkReader(files.open(current.path()), current.header());
                reader = open;
            } else if (replacements != openedReplacements) {
                open.continueIn(files.open(current.path()));
            }
            openedReplacements = replacements;
            return open.position() < limit ? open.next(limit) : null;
        } catch (NoSuchFileException e) {
            refresh(current);
            if (!hasSuccessor) {
                throw new IOException("the chunk that is written to is missing, and will be put back: " + e, e);
            }
            return null;
        }
    }

    private Frame frame(Chunk current, ChunkReader.Found found, long ordinal) {
        passDamaged(current, ordinal);
        nextOrdinal = ordinal + 1;
        state.reading.read(nextOrdinal);
        return new Frame(
                ordinal, current.sequence(), found.index(), found.kind(), found.payload(), appendedNanos(ordinal));
    }

    /** Counts what should lie before the ordinal, was not found, and was not counted before. */
    private void passDamaged(Chunk current, long ordinal) {
        if (ordinal <= nextOrdinal) {
            return;
        }
        long from = nextOrdinal;
        long lost;
        nextOrdinal = ordinal;
        state.reading.read(ordinal);
        state.lock.lock();
        try {
            lost = state.reading.notGone(from, ordinal);
            state.framesGone(from, ordinal);
        } finally {
            state.lock.unlock();
        }
        metrics.dropped(DropCause.DAMAGED).add(lost);
        if (lost > 0 && seldom.due()) {
            LOG.error(
                    "Frames are damaged or missing and cannot be delivered: frames={} from_ordinal={} chunk={}. Check the disk.",
                    lost,
                    from,
                    current.path());
        }
    }

    /** A chunk with damage counts as walked through only when what is damaged was set aside: then it may be deleted. */
    private boolean isWhole() {
        ChunkReader open = reader;
        return open != null && open.damaged().isEmpty();
    }

    /** Before the chunk can be deleted. What was set aside at the start was counted then. */
    private void setAsideDamaged(Chunk current) {
        ChunkReader open = reader;
        if (open == null || open.damaged().isEmpty() || TornFiles.isSetAside(current.path())) {
            return;
        }
        for (TornFiles.Stretch stretch : open.damaged()) {
            metrics.bytesTorn.add(stretch.to() - stretch.from());
        }
        torn.copy(current.path(), open.damaged());
    }

    private long appendedNanos(long ordinal) {
        if (ordinal >= marksUntil) {
            state.lock.lock();
            try {
                markNanos = state.marks.nanosOf(ordinal);
                marksUntil = state.marks.sameUntil(ordinal, state.durable());
            } finally {
                state.lock.unlock();
            }
        }
        return markNanos;
    }

    /** Learns how far the chunk may be read; true when that is further than before. */
    private boolean refresh(Chunk current) {
        state.lock.lock();
        try {
            boolean grew = current.end() > limit;
            limit = current.end();
            limitOrdinal = current.endOrdinal();
            replacements = current.replacements();
            hasSuccessor = !state.chunks.isLast(current);
            return grew;
        } finally {
            state.lock.unlock();
        }
    }

    private boolean enterNext() {
        state.lock.lock();
        try {
            chunk = state.enterBehind(sequence);
        } finally {
            state.lock.unlock();
        }
        if (chunk == null) {
            return false;
        }
        sequence = chunk.sequence();
        limit = ChunkFormat.FIRST_FRAME_AT;
        limitOrdinal = chunk.firstOrdinal();
        refresh(chunk);
        passDamaged(chunk, chunk.firstOrdinal());
        return true;
    }

    private void leave() throws IOException {
        ChunkReader open = reader;
        chunk = null;
        reader = null;
        if (open != null) {
            open.close();
        }
    }

    /** The chunk is no longer in the folder: goes on behind it, unless it is already there. */
    void goBehind(Chunk gone) throws IOException {
        if (sequence <= gone.sequence()) {
            if (chunk == gone) {
                leave();
            }
            nextOrdinal = Math.max(nextOrdinal, gone.endOrdinal());
        }
    }

    @Override
    public void close() throws IOException {
        leave();
    }
}
