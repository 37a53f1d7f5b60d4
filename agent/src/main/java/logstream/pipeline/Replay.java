package logstream.pipeline;

import java.util.function.LongPredicate;
import logstream.buffer.Buffer;
import logstream.buffer.BufferClosedException;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterTaker;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.buffer.StoredFrame;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;

/**
 * Puts dead letters into the buffer again, to be shipped under the keys that they had.
 *
 * <p>Each counts as created: as a dead letter it was counted when it became one, and that count stays. Waits as any sender
 * does while the buffer is full.
 *
 * <p>Threading: confined to the thread that replays.
 */
public final class Replay implements DeadLetterTaker {
    private static final int BATCH_BYTES = 256 << 10;
    private static final int BATCH_FULL_BYTES = 192 << 10;

    private final Buffer buffer;
    private final Metrics metrics;
    private final LongPredicate goOn;
    private final FrameBatch batch = new FrameBatch(BATCH_BYTES);
    private boolean stopped;
    private long appended;
    private long count;

    /** @param goOn told from time to time how many are in the buffer again; false ends it with those */
    public Replay(Buffer buffer, Metrics metrics, LongPredicate goOn) {
        this.buffer = buffer;
        this.metrics = metrics;
        this.goOn = goOn;
    }

    /** False also for one that with its key would be larger than the buffer takes. */
    @Override
    public boolean take(DeadLetter letter) throws BufferClosedException {
        return take(new KeyedFrame(letter.key(), FrameKind.RECORD, letter.data()));
    }

    @Override
    public boolean take(StoredFrame frame) throws BufferClosedException {
        return take(KeyedFrame.of(frame));
    }

    private boolean take(KeyedFrame frame) throws BufferClosedException {
        if (stopped || !frame.addTo(batch)) {
            return false;
        }
        if (batch.length() >= BATCH_FULL_BYTES) {
            append();
            stopped = !goOn.test(count);
        }
        return true;
    }

    private void append() throws BufferClosedException {
        metrics.created(CreateCause.REPLAYED).add(batch.count());
        appended = buffer.append(batch);
        count += batch.count();
        batch.clear();
    }

    @Override
    public void settle() throws BufferClosedException {
        if (batch.count() > 0) {
            append();
        }
        buffer.awaitDurable(appended);
    }
}
