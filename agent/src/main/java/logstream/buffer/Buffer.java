package logstream.buffer;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * A durable queue of opaque frames in chunk files.
 *
 * <p>Invariant, in ordinals, which count frames from the birth of the buffer, without gaps, over all chunks:
 *
 * <pre>{@code released <= read <= durable <= written <= appended}</pre>
 *
 * <ul>
 *   <li>{@code appended}: taken from a caller, kept in memory, at most {@link Pending#MAX_BYTES};
 *   <li>{@code written}: given a place (chunk and index) and written to the staged chunk;
 *   <li>{@code durable}: forced to the disk; only now acknowledged, readable, and its place final;
 *   <li>{@code read}: handed to the reader;
 *   <li>{@code released}: done with; a chunk of released frames is deleted.
 * </ul>
 *
 * <p>With {@link BufferConfig.Sync#NEVER} what is written counts as durable.
 *
 * <p>The chunk files are the only state that must survive, see {@link ChunkFormat}. The last one is never deleted: it
 * carries identity and sequence. Each start begins a new chunk, so that no place, and no key, is given twice.
 *
 * <p>Threading: any thread appends and waits ({@link BufferState} holds the one lock); the commit thread writes, forces
 * and deletes ({@link CommitLoop}); one reader thread reads, releases and sets aside ({@link FrameReader}). Neither of
 * these two may ever be interrupted: an interrupt would close their files.
 */
public final class Buffer implements AutoCloseable {
    private final BufferConfig config;
    private final long identity;
    private final FolderLock folderLock;
    private final BufferState state;
    private final CommitLoop commit;
    private final FrameReader reader;
    private final DeadLetters deadLetters;
    private final Appender appender;
    private final OldestChunk oldestChunk;
    private final CommitThread commitThread;
    private final BufferGauges gauges;
    private boolean closed;

    Buffer(Parts parts, long openedEnd) {
        this.config = parts.config();
        this.identity = parts.identity();
        this.folderLock = parts.folderLock();
        this.state = parts.state();
        this.commit = parts.commit();
        this.reader = parts.reader();
        this.deadLetters = parts.deadLetters();
        this.commitThread = new CommitThread(commit);
        this.appender = new Appender(state, parts.sources(), parts.metrics());
        this.oldestChunk = new OldestChunk(state, config, parts.sources(), reader, deadLetters);
        this.gauges = new BufferGauges(state, config.directory(), parts.sources(), deadLetters, openedEnd);
    }

    /** What {@link BufferOpening} puts together. */
    record Parts(
            BufferConfig config,
            Metrics metrics,
            Sources sources,
            long identity,
            FolderLock folderLock,
            BufferState state,
            CommitLoop commit,
            FrameReader reader,
            DeadLetters deadLetters) {}

    /**
     * Opens the buffer in its folder, or makes one there.
     *
     * @throws BufferInUseException when another agent uses the folder
     * @throws IOException with a sentence for the operator when the folder cannot be used
     */
    public static Buffer open(BufferConfig config, Metrics metrics) throws IOException {
        Buffer buffer = BufferOpening.open(config, metrics, Sources.real());
        buffer.start();
        return buffer;
    }

    /** Starts the commit thread. Tests that are their own commit thread do not. */
    void start() {
        commitThread.start();
    }

    /** Random 58 bits that tell this buffer from all others; part of every partition key. */
    public long identity() {
        return identity;
    }

    /**
     * Any thread. Waits while the buffer is full, whatever {@code buffer.overflow} says. Returns the ordinal after the
     * last frame of the batch: what {@link #awaitDurable} takes.
     *
     * @throws BufferClosedException when the intake is closed, also while waiting: a part of a large batch may then be
     *     in the buffer
     */
    public long append(FrameBatch batch) throws BufferClosedException {
        return appender.append(batch, false).ordinal();
    }

    /**
     * Any thread. For frames that nobody wants an ack for: as {@link #append}, but with {@code overflow: drop_newest}
     * what finds no room is dropped at once, and counted.
     *
     * @throws BufferClosedException as {@link #append}
     */
    public Appended appendOrDrop(FrameBatch batch) throws BufferClosedException {
        return appender.append(batch, true);
    }

    /**
     * Any thread. Counts so many frames as dropped, and says so, when the buffer is full and {@code overflow} is
     * drop_newest; for a caller that has not even the memory to make them. Never waits.
     *
     * @return whether they are dropped
     */
    public boolean dropsNow(int frames) {
        return appender.dropsNow(frames);
    }

    /**
     * Any thread. Takes one frame if there is room for it at once, before those who wait; drops nothing.
     *
     * @return whether it was taken: not when the buffer is full, nor when its intake is closed
     */
    public boolean appendNow(FrameBatch oneFrame) {
        return appender.appendNow(oneFrame);
    }

    /**
     * Any thread. As {@link #append}, but all or nothing: empty when there is no room and it would have to wait for chunks
     * to go, or for the disk to be mended; nothing is dropped or counted then.
     *
     * @param batch not larger than a chunk, or a single frame
     * @throws BufferClosedException when the intake is closed
     */
    public OptionalLong appendIfRoom(FrameBatch batch) throws BufferClosedException {
        return appender.appendIfRoom(batch);
    }

    /** Any thread. Whether frames of so many bytes in all would find room, and a quarter of the chunks stay for others. */
    public boolean hasRoomToSpare(long bytes) {
        state.lock.lock();
        try {
            return state.hasRoomForAll(bytes, state.config().maxChunks() / 4);
        } finally {
            state.lock.unlock();
        }
    }

    /**
     * Any thread. As {@link #awaitDurable}, but returns false when the disk refuses again and again: they may become
     * durable later.
     *
     * @throws BufferClosedException as {@link #awaitDurable}
     */
    public boolean awaitDurableWhileDiskWorks(long ordinal) throws BufferClosedException {
        return appender.awaitDurableWhileDiskWorks(ordinal);
    }

    /**
     * Any thread. Waits until all frames below the ordinal are durable, and makes that happen at once.
     *
     * @throws BufferClosedException when the buffer was closed and could not make them durable
     */
    public void awaitDurable(long ordinal) throws BufferClosedException {
        appender.awaitDurable(ordinal);
    }

    /**
     * Any thread. From now on these bounds hold: {@code maxChunks}, {@code overflow}, {@code minFree}, {@code
     * deadLetterBytes} and {@code deadLetterAge}. What is more than a smaller one stays: the buffer is full until enough of
     * it is gone.
     *
     * @throws IllegalStateException when anything else is another one than it was opened with: a bug of the caller
     */
    public void reload(BufferConfig newer) {
        BufferConfig same = new BufferConfig(
                config.directory(),
                config.chunkBytes(),
                newer.maxChunks(),
                newer.overflow(),
                newer.minFree(),
                config.sync(),
                config.syncInterval(),
                newer.deadLetterBytes(),
                newer.deadLetterAge());
        if (!same.equals(newer)) {
            throw new IllegalStateException("only a new buffer can be " + newer);
        }
        deadLetters.reload(newer);
        state.lock.lock();
        try {
            state.reload(newer);
        } finally {
            state.lock.unlock();
        }
    }

    /** Called by the commit thread whenever frames became readable; must not block. */
    public void onReadable(Runnable listener) {
        commit.onReadable(listener);
    }

    /**
     * Reader thread. The next durable frame that was not read since open, or null when there is none now.
     *
     * @throws IOException when the disk does not give it: call again after a while; what it refuses again and again is
     *     passed over and counted as damaged
     */
    public @Nullable Frame read() throws IOException {
        return reader.read();
    }

    /**
     * Reader thread. All frames below the ordinal are done with: delivered, or kept as dead letters.
     *
     * @param ordinal not beyond the frames that were read; one that was released before is no error
     */
    public void release(long ordinal) {
        state.lock.lock();
        try {
            state.release(ordinal);
        } finally {
            state.lock.unlock();
        }
    }

    /**
     * Whether intake waits, or is about to, because {@code maxChunks} are in use. A full disk does not count: setting
     * chunks aside would make no room on it.
     */
    public boolean isFull() {
        state.lock.lock();
        try {
            return state.room.isShort();
        } finally {
            state.lock.unlock();
        }
    }

    /**
     * Reader thread. Moves the oldest sealed chunk to the dead letters; the reader goes on behind it. Call it when
     * nothing is in flight, and forget what was read of that chunk: a later {@link #release} inside it does nothing.
     *
     * @return how many unreleased frames went with it; 0 when there is no sealed chunk
     * @throws IOException when it could not be moved: nothing has changed
     */
    public long setAsideOldestChunk(String reason) throws IOException {
        return oldestChunk.setAside(reason);
    }

    /**
     * With {@code overflow: drop_oldest_chunk}: called whenever intake begins to wait for room, by its threads; must not
     * block.
     */
    public void onOverflow(Runnable listener) {
        appender.onOverflow(listener);
    }

    /**
     * Whether {@link #dropOldestChunk} is to be called: with {@code overflow: drop_oldest_chunk}, and while intake waits
     * for room that a chunk would make. When the disk is too full for that to help, intake waits instead.
     */
    public boolean isOverflowing() {
        return appender.isOverflowing();
    }

    /**
     * Reader thread. Deletes the oldest sealed chunk; the reader goes on behind it. Call it when nothing is in flight, and
     * forget what was read of that chunk: a later {@link #release} inside it does nothing. The caller counts what is
     * dropped, since it alone knows what of it was delivered and not yet released.
     *
     * @return how many unreleased frames went with it; 0 when there is no sealed chunk
     * @throws IOException when it could not be deleted: call again
     */
    public long dropOldestChunk() throws IOException {
        return oldestChunk.drop();
    }

    /** Reader thread. Keeps records aside, forced to disk before it returns. */
    public void keepDeadLetters(List<DeadLetter> letters) throws IOException {
        deadLetters.keep(letters);
    }

    /**
     * Any thread, but the reader thread. Takes dead letters out of their folder; may wait for as long as the taker does.
     *
     * @throws DeadLettersBusyException when others are being taken out
     * @throws BufferClosedException from the taker
     */
    public TakenOut takeOutDeadLetters(DeadLetterSelection selection, DeadLetterTaker taker)
            throws IOException, BufferClosedException, DeadLettersBusyException {
        return deadLetters.takeOut(selection, taker);
    }

    /** Any thread. Deletes dead letters. */
    public TakenOut purgeDeadLetters(DeadLetterSelection selection) throws IOException, DeadLettersBusyException {
        return deadLetters.purge(selection);
    }

    /** Frames appended, or recovered, that are neither released nor known to be damaged. */
    public long bufferedFrames() {
        state.lock.lock();
        try {
            return state.reading.pendingFrames(state.reading.released(), state.appended());
        } finally {
            state.lock.unlock();
        }
    }

    /** How full it is. */
    public BufferGauges gauges() {
        return gauges;
    }

    /** Appends end with {@link BufferClosedException}; what was appended is written and forced; reading goes on. */
    public void closeIntake() {
        state.lock.lock();
        try {
            state.closeIntake();
        } finally {
            state.lock.unlock();
        }
    }

    /**
     * Writes and forces what was appended, saves the checkpoint, gives back the lock. The reader thread has ended
     * before, or is the caller. A second call does nothing.
     */
    @Override
    public void close() {
        state.lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            state.close();
        } finally {
            state.lock.unlock();
        }
        commitThread.finish();
        BufferOpening.closeAll(config, reader, deadLetters, folderLock);
    }

    /** For tests that are their own commit thread: the next turn forces, as if someone waited for all that was appended. */
    void wantDurable() {
        state.lock.lock();
        try {
            state.want(state.appended());
        } finally {
            state.lock.unlock();
        }
    }

    /** For tests that must not wait: whether a frame of so many bytes finds room. */
    boolean hasRoomFor(int frameBytes) {
        state.lock.lock();
        try {
            return state.hasRoomFor(frameBytes);
        } finally {
            state.lock.unlock();
        }
    }

    /** For tests that are their own commit thread: one turn of it. */
    void step() {
        commit.step();
    }

    /** For tests: ends without writing or saving anything, as a killed process would. The commit thread must not run. */
    void abandon() {
        closed = true;
        commit.abandon();
        BufferOpening.closeAll(config, reader, deadLetters, folderLock);
    }

    /** For tests, after every step: throws when the invariant does not hold. */
    void checkInvariant() {
        state.lock.lock();
        try {
            state.checkInvariant();
        } finally {
            state.lock.unlock();
        }
    }
}
