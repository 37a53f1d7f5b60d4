package logstream.buffer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the reader is: what it read, walked through and released, and which frames are gone.
 *
 * <p>Invariant: {@code released <= read}; whatever lies below {@code released} was released by the reader, or is gone.
 *
 * <p>Threading: guarded by the buffer's lock, but for {@link #read} and {@link #walked}, which the reader thread moves and
 * anyone may look at.
 */
final class Reading {
    private final ChunkList chunks;
    private final Gaps gaps = new Gaps();
    private long released;
    private volatile long read;

    /** Up to here the reader walked through the files since open; behind {@link #read} only before its first turn. */
    private volatile long walked;

    private boolean checkpointDue;

    /** The chunk that the reader went into last, by its sequence. */
    private long entered = -1;

    /**
     * @param released where reading begins
     * @param walked where the first chunk begins
     */
    Reading(ChunkList chunks, long released, long walked) {
        this.chunks = chunks;
        this.released = released;
        this.read = released;
        this.walked = walked;
    }

    long released() {
        return released;
    }

    long read() {
        return read;
    }

    /** Reader thread, without the lock: the frames below were handed out, or cannot be. */
    void read(long ordinal) {
        read = Math.max(read, ordinal);
    }

    /** Reader thread, without the lock. */
    void walked(long ordinal) {
        walked = Math.max(walked, ordinal);
    }

    /** The reader goes into the first chunk behind a sequence number; null when there is none. */
    @Nullable
    Chunk enterBehind(long sequence) {
        Chunk next = chunks.behind(sequence);
        if (next != null) {
            entered = next.sequence();
        }
        return next;
    }

    void release(long ordinal) {
        if (ordinal > read) {
            throw new IllegalStateException("release of " + ordinal + " when only " + read + " were read");
        }
        released = Math.min(read, gaps.after(Math.max(released, ordinal)));
        gaps.forgetBelow(released);
        checkpointDue = true;
    }

    /** Whether something may have been released since {@link #takeReleased}. */
    boolean isCheckpointDue() {
        return checkpointDue;
    }

    /** The checkpoint could not be saved. */
    void checkpointIsDue() {
        checkpointDue = true;
    }

    /** The released position, for the checkpoint. */
    long takeReleased() {
        checkpointDue = false;
        return released;
    }

    /** Frames that are not to be had any more: they count as released as soon as those before them are, and are passed. */
    void gone(long from, long to) {
        gaps.add(from, to);
        release(released);
    }

    /** How many of the frames in a range of ordinals are not known to be gone. */
    long notGone(long from, long to) {
        return to - from - gaps.within(from, to);
    }

    /** Unreleased frames in a range of ordinals, without those known to be gone. */
    long pendingFrames(long from, long to) {
        long first = Math.max(from, released);
        return first >= to ? 0 : notGone(first, to);
    }

    private long pendingFrames(Chunk chunk) {
        return pendingFrames(chunk.firstOrdinal(), chunk.endOrdinal());
    }

    /** A sealed chunk with nothing in it that is still to be read or released; or null. */
    @Nullable
    Chunk deletable() {
        return chunks.sealedBelow(Math.min(released, walked));
    }

    /** The oldest sealed chunk with unreleased frames; or null. */
    @Nullable
    Chunk oldestPending() {
        return chunks.sealedWith(released);
    }

    /** Sealed chunks with frames that the reader has not come to. */
    List<Chunk> unread() {
        return chunks.all().stream().filter(this::isUnread).toList();
    }

    /** Whether the chunk is sealed, the reader has not come to it, and nobody takes its file away. */
    boolean isUnread(Chunk chunk) {
        return chunk.sequence() > entered
                && !chunks.isLast(chunk)
                && !chunk.isLeaving()
                && chunks.contains(chunk)
                && pendingFrames(chunk) > 0;
    }
}
