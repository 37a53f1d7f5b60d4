package logstream.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import logstream.buffer.FrameBatch;

/**
 * One who watches the lines that the agent takes. See {@link LiveTail}.
 *
 * <p>Invariants: at most {@link #MOST_WAITING_BYTES} wait for it; it is given at most {@link #BYTES_PER_SECOND}, so that
 * looking at them costs other threads little; every line is either given by {@link #next} or counted by
 * {@link #takeMissed}.
 *
 * <p>Threading: connections add, one thread takes; guarded by a lock that is held for no longer than a queue needs.
 */
public final class Viewer implements AutoCloseable {
    /** Two batches of connections at full speed. */
    static final int MOST_WAITING_BYTES = 512 << 10;

    /** More than anybody can read; to parse and filter it takes a few percent of a core. Our choice. */
    static final long BYTES_PER_SECOND = 2 << 20;

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;
    private final Consumer<Viewer> onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final LineJson lines = new LineJson();
    private long waitingBytes;
    private long missed;
    private long allowance = BYTES_PER_SECOND;
    private long allowanceAt;

    Viewer(LongSupplier nanoTime, Consumer<Viewer> onClose) {
        this.nanoTime = nanoTime;
        this.onClose = onClose;
        this.allowanceAt = nanoTime.getAsLong();
    }

    /** Whether it takes a batch, which is then to be added; else the lines are missed. */
    boolean admits(int bytes, int lines) {
        lock.lock();
        try {
            refill();
            boolean room = waiting.isEmpty() || waitingBytes + bytes <= MOST_WAITING_BYTES;
            if (!room || allowance <= 0) {
                missed += lines;
                return false;
            }
            // A batch may be larger than what is left: the next ones wait for that.
            allowance -= bytes;
            waitingBytes += bytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void add(byte[] frames) {
        lock.lock();
        try {
            waiting.add(frames);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private void refill() {
        long now = nanoTime.getAsLong();
        long nanos = Math.min(now - allowanceAt, NANOS_PER_SECOND);
        long more = nanos * BYTES_PER_SECOND / NANOS_PER_SECOND;
        if (more > 0) {
            allowance = Math.min(BYTES_PER_SECOND, allowance + more);
            allowanceAt = now;
        }
    }

    /**
     * Waits for lines, at most so long. Each is a record as it will be shipped, one JSON object; of a line that comes in
     * pieces, each piece.
     */
    public List<byte[]> next(Duration longest) throws InterruptedException {
        byte[] frames;
        lock.lockInterruptibly();
        try {
            long left = longest.toNanos();
            while (waiting.isEmpty() && left > 0) {
                left = arrived.awaitNanos(left);
            }
            if (waiting.isEmpty()) {
                return List.of();
            }
            frames = waiting.remove();
            waitingBytes -= frames.length;
        } finally {
            lock.unlock();
        }
        return records(frames);
    }

    /** Lines that it could not take since the last time. */
    public long takeMissed() {
        lock.lock();
        try {
            long lines = missed;
            missed = 0;
            return lines;
        } finally {
            lock.unlock();
        }
    }

    private List<byte[]> records(byte[] frames) {
        List<byte[]> records = new ArrayList<>();
        FrameBatch.visit(frames, (kind, from, to) -> {
            byte[] payload = Arrays.copyOfRange(frames, from, to);
            switch (kind) {
                case RECORD -> records.add(payload);
                case PIECE -> {
                    Piece piece = Piece.read(payload);
                    if (!piece.isParagraphEnd()) {
                        records.add(whole(piece));
                    }
                }
                case KEYED -> throw new IllegalStateException("senders send no frames with keys");
            }
        });
        return records;
    }

    private byte[] whole(Piece piece) {
        byte[] payload = piece.payload();
        int from = piece.logAt() + (piece.isBehindLineFeed() ? 1 : 0);
        return lines.whole(piece, Arrays.copyOfRange(payload, from, piece.logAt() + piece.logLength()));
    }

    /** Ends watching. */
    @Override
    public void close() {
        onClose.accept(this);
        lock.lock();
        try {
            waiting.clear();
            waitingBytes = 0;
        } finally {
            lock.unlock();
        }
    }
}
