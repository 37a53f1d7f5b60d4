package logstream.buffer;

import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of a buffer share: the positions, the chunks, the frames that are not forced yet.
 *
 * <p>Invariants: those at the top of {@link Buffer}, of {@link ChunkList} and of {@link Reading}.
 *
 * <p>Threading: the lock is taken by the methods that say so, and by their callers for all others. No file is touched
 * under it.
 */
final class BufferState {
    final ReentrantLock lock = new ReentrantLock();

    /** The commit thread waits here. */
    final Condition work = lock.newCondition();

    /** Those who wait for their frames to be durable. */
    private final Condition durableGrew = lock.newCondition();

    final Turns turns = new Turns(lock);
    final Pending pending = new Pending();
    final Room room;
    final AppendMarks marks;
    final ChunkList chunks;
    final Reading reading;

    private volatile BufferConfig config;
    private volatile long durable;
    private long written;
    private long appended;

    /** The highest ordinal that someone waits for. */
    private long awaited;

    /** The disk refuses again and again. */
    private boolean stuck;

    private boolean diskToBeLookedAt;
    private boolean intakeClosed;
    private boolean closing;
    private boolean ended;

    /**
     * @param released where reading begins
     * @param end the ordinal after the last recovered frame
     */
    BufferState(BufferConfig config, long startNanos, List<Chunk> recovered, long released, long end) {
        this.config = config;
        this.room = new Room(config.chunkBytes(), config.maxChunks());
        this.marks = new AppendMarks(startNanos);
        this.chunks = new ChunkList(recovered);
        this.reading = new Reading(
                chunks,
                released,
                recovered.isEmpty() ? released : recovered.getFirst().firstOrdinal());
        this.durable = end;
        this.written = end;
        this.appended = end;
        // The last one is sealed when it gets a successor.
        recovered.stream().limit(Math.max(0, recovered.size() - 1)).forEach(chunk -> room.sealed(chunk.end()));
        checkInvariant();
    }

    /** What holds now. Without the lock, too. */
    BufferConfig config() {
        return config;
    }

    /** From now on other bounds hold: {@code maxChunks}, {@code overflow}, {@code minFree}. */
    void reload(BufferConfig newer) {
        config = newer;
        room.limit(newer.maxChunks());
        lookAtDisk();
        turns.wakeAll();
    }

    // Positions.

    /** Without the lock, too. */
    long durable() {
        return durable;
    }

    long written() {
        return written;
    }

    long appended() {
        return appended;
    }

    long awaited() {
        return awaited;
    }

    boolean intakeClosed() {
        return intakeClosed;
    }

    boolean closing() {
        return closing;
    }

    boolean ended() {
        return ended;
    }

    // Appending.

    boolean hasRoomFor(int frameBytes) {
        return pending.fits(frameBytes) && room.fits(frameBytes);
    }

    boolean hasRoomForAll(long bytes, long chunksBesides) {
        return room.fitsAll(bytes, chunksBesides);
    }

    /** So many more frames are in memory. */
    void appended(int frames, long now) {
        marks.appended(appended, now);
        appended += frames;
    }

    /** Whether a frame would have to wait until chunks go, or the disk is mended: not only for its turn. */
    boolean isFullFor(int frameBytes) {
        return !room.fits(frameBytes) || (stuck && !pending.fits(frameBytes));
    }

    /** Whether intake waits for chunks to go, and sealed ones are there that would do. */
    boolean waitsForChunks() {
        int first = turns.firstWants();
        boolean roomWanted = first > 0 && !hasRoomFor(first);
        boolean acksWanted = stuck && awaited > durable;
        if (!(roomWanted || acksWanted) || reading.oldestPending() == null) {
            return false;
        }
        if (roomWanted && !room.fitsLimit(first)) {
            return true;
        }
        return room.missingBytes() > 0 && room.missingBytes() <= chunks.sealedBytes();
    }

    /** Waits until the ordinal is durable, or the commit thread has ended. */
    void awaitDurable(long ordinal) {
        want(ordinal);
        while (durable < ordinal && !ended) {
            durableGrew.awaitUninterruptibly();
        }
    }

    /** As {@link #awaitDurable}, but ends also when the disk refuses again and again. */
    void awaitDurableOrStuck(long ordinal) {
        want(ordinal);
        while (durable < ordinal && !ended && !stuck) {
            durableGrew.awaitUninterruptibly();
        }
    }

    /** The commit thread is to force up to here in its next turn. */
    void want(long ordinal) {
        awaited = Math.max(awaited, ordinal);
    }

    void closeIntake() {
        intakeClosed = true;
        turns.wakeAll();
        work.signal();
    }

    void close() {
        closing = true;
        closeIntake();
    }

    // What the commit thread did.

    void wrote(long endOrdinal) {
        written = endOrdinal;
    }

    /** Everything written is durable: up to this end of the last chunk. */
    void confirmed(long end, long endOrdinal) {
        lastChunk().confirm(end, endOrdinal);
        written = endOrdinal;
        durable = endOrdinal;
        pending.forced();
        durableGrew.signalAll();
        turns.wakeFirst();
    }

    /** Frames behind the confirmed end of the last chunk are to be written again, into the next one. */
    void unconfirmed() {
        written = durable;
        pending.rewind();
        room.ended();
        pending.eachUnwritten(room::plan);
    }

    /** Whether the disk refuses again and again to be written to. */
    void stuck(boolean isStuck) {
        if (isStuck && !stuck) {
            turns.wakeAll();
            durableGrew.signalAll();
        }
        stuck = isStuck;
    }

    /** As {@link Room#disk}. */
    void diskLookedAt(long spareChunks, long missingBytes) {
        diskToBeLookedAt = false;
        room.disk(spareChunks, missingBytes);
        if (spareChunks == 0) {
            turns.wakeAll();
        } else {
            turns.wakeFirst();
        }
    }

    /** Something was deleted to make room on the disk: the commit thread is to look at it again. */
    void lookAtDisk() {
        diskToBeLookedAt = true;
        room.diskChanged();
        work.signal();
    }

    boolean isDiskToBeLookedAt() {
        return diskToBeLookedAt;
    }

    void begun(Chunk next) {
        Chunk previous = chunks.last();
        if (previous != null) {
            room.sealed(previous.end());
        }
        chunks.add(next);
        room.staged(next.end());
        pending.eachUnwritten(room::plan);
        turns.wakeFirst();
    }

    void end() {
        ended = true;
        closing = true;
        intakeClosed = true;
        durableGrew.signalAll();
        turns.wakeAll();
    }

    // Chunks.

    private Chunk lastChunk() {
        Chunk last = chunks.last();
        if (last == null) {
            throw new IllegalStateException("there is no chunk");
        }
        return last;
    }

    /** The file is no longer in the folder. */
    void gone(Chunk chunk) {
        if (chunks.remove(chunk)) {
            room.gone(chunk.end());
            turns.wakeFirst();
        }
    }

    /** The file of an unread chunk is gone; returns how many frames with it: none when it is not unread any more. */
    long removed(Chunk chunk) {
        if (!reading.isUnread(chunk)) {
            return 0;
        }
        long frames = reading.pendingFrames(chunk.firstOrdinal(), chunk.endOrdinal());
        gone(chunk);
        framesGone(chunk.firstOrdinal(), chunk.endOrdinal());
        return frames;
    }

    // Reading and releasing.

    /** As {@link Reading#enterBehind}. */
    @Nullable
    Chunk enterBehind(long sequence) {
        Chunk next = reading.enterBehind(sequence);
        wakeToDelete();
        return next;
    }

    /** As {@link Reading#gone}. */
    void framesGone(long from, long to) {
        reading.gone(from, to);
        wakeToDelete();
    }

    /** As {@link Reading#release}. */
    void release(long ordinal) {
        if (!reading.isCheckpointDue()) {
            work.signal();
        }
        reading.release(ordinal);
        wakeToDelete();
    }

    /** The commit thread deletes what is done with. */
    private void wakeToDelete() {
        if (reading.deletable() != null) {
            work.signal();
        }
    }

    void checkInvariant() {
        long released = reading.released();
        long read = reading.read();
        boolean ordered = released <= read && read <= durable && durable <= written && written <= appended;
        if (!ordered) {
            throw new IllegalStateException("released " + released + ", read " + read + ", durable " + durable
                    + ", written " + written + ", appended " + appended + " are not in order");
        }
        chunks.checkInvariant();
    }
}
