package logstream.buffer;

import java.io.IOException;
import java.util.List;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;

/** Stub: the signatures that the other packages build on. */
@SuppressWarnings("DoNotCallSuggester")
public final class Buffer implements AutoCloseable {
    public static Buffer open(BufferConfig config, Metrics metrics) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Random 58 bits that tell this buffer from all others; part of every partition key. */
    public long identity() {
        throw new UnsupportedOperationException();
    }

    /** Any thread. Waits while full. Returns the ordinal after the last frame of the batch: what {@link #awaitDurable} takes. */
    public long append(FrameBatch batch) throws BufferClosedException {
        throw new UnsupportedOperationException();
    }

    /** Any thread. Waits until all frames below the ordinal are durable, and makes that happen at once. */
    public void awaitDurable(long ordinal) throws BufferClosedException {
        throw new UnsupportedOperationException();
    }

    /** Called by the commit thread whenever frames became readable; must not block. */
    public void onReadable(Runnable listener) {
        throw new UnsupportedOperationException();
    }

    /** Reader thread. The next durable frame that was not read since open, or null when there is none now. */
    public @Nullable Frame read() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Reader thread. All frames below the ordinal are done with: delivered, or kept as dead letters. */
    public void release(long ordinal) {
        throw new UnsupportedOperationException();
    }

    /** Whether intake waits, or is about to, for room. */
    public boolean isFull() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reader thread. Moves the oldest sealed chunk to the dead letters; the reader goes on behind it.
     *
     * @return how many unreleased frames went with it; 0 when there is no sealed chunk
     */
    public long setAsideOldestChunk(String reason) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Reader thread. Keeps records aside, forced to disk before it returns. */
    public void keepDeadLetters(List<DeadLetter> letters) throws IOException {
        throw new UnsupportedOperationException();
    }

    public long bufferedFrames() {
        throw new UnsupportedOperationException();
    }

    public long bufferedBytes() {
        throw new UnsupportedOperationException();
    }

    public long chunks() {
        throw new UnsupportedOperationException();
    }

    /** Age of the oldest unreleased frame, about; 0 when there is none. */
    public long oldestPendingMillis() {
        throw new UnsupportedOperationException();
    }

    public long deadLetterBytes() {
        throw new UnsupportedOperationException();
    }

    /** Appends end with {@link BufferClosedException}; what was appended is written and forced; reading goes on. */
    public void closeIntake() {
        throw new UnsupportedOperationException();
    }

    /** Writes and forces what was appended, saves the checkpoint, gives back the lock. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
