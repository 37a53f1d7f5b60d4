package logstream.pipeline;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import logstream.buffer.FrameBatch;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;

/**
 * The paragraphs of all connections that are open, and their end when nothing more comes.
 *
 * <p>Invariants: each is of another output. There are at most {@link #MOST_OPEN}, and they take at most {@link #MOST_BYTES}, and
 * one line for each connection, of the memory in which the {@link Joiner} joins their lines: so it need not cut them.
 *
 * <p>Threading: any thread. A virtual thread looks for what is overdue; it begins with the first paragraph, so that an agent that
 * joins no lines has none. {@link #endAll} ends it.
 */
final class Paragraphs {
    /** Outputs with a paragraph at once; half of what the joiner holds. Our choice, as the next. */
    static final int MOST_OPEN = Joiner.MOST_OPEN / 2;

    /** Half of what the joiner takes. */
    static final long MOST_BYTES = Joiner.MOST_BYTES / 2;

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int USUAL_BYTES = 512;

    private final Predicate<FrameBatch> appender;
    private final Metrics metrics;
    private final LongSupplier nanoTime;
    private final Map<Output, Paragraph> open = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong names = new AtomicLong();
    private final String run = UUID.randomUUID().toString();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final FrameBatch batch = new FrameBatch(USUAL_BYTES);
    private final ParagraphEnd end = new ParagraphEnd();

    /**
     * None so far.
     *
     * @param appender takes a frame into the buffer, or returns false when there is no room now: it must not wait
     * @param nanoTime as {@link System#nanoTime}
     */
    Paragraphs(Predicate<FrameBatch> appender, Metrics metrics, LongSupplier nanoTime) {
        this.appender = appender;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /** A number that no other batch has. */
    long nextBatch() {
        return batches.incrementAndGet();
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** The one that is open for an output. */
    Optional<Paragraph> of(Output output) {
        return Optional.ofNullable(open.get(output));
    }

    /** Whether there may be one more. */
    boolean hasRoom() {
        return open.size() < MOST_OPEN && hasMemory();
    }

    /** Whether one may have another line. */
    boolean hasMemory() {
        return bytes.get() < MOST_BYTES;
    }

    /** An id that no other paragraph has, of any run of any agent. */
    String nextId() {
        return Piece.PARAGRAPH + run + '-' + Long.toHexString(names.incrementAndGet());
    }

    /** It has its first line. Returns false when its output has one already, and this one must be ended at once. */
    boolean opened(Paragraph paragraph) {
        boolean alone = open.putIfAbsent(paragraph.output(), paragraph) == null;
        if (alone && looking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("paragraphs").start(this::run);
        }
        return alone;
    }

    /** One has another line, which takes so much memory. */
    void grew(int taken) {
        bytes.addAndGet(taken);
    }

    /** It has ended, and its output may have another. */
    void closed(Paragraph paragraph) {
        bytes.addAndGet(-paragraph.memory());
        open.remove(paragraph.output(), paragraph);
    }

    /** How many are open. */
    int size() {
        return open.size();
    }

    /** Memory that they take in the joiner, in bytes, roughly. */
    long bytes() {
        return bytes.get();
    }

    private void run() {
        try {
            while (!finished.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                endQuiet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends those whose time is over, as far as there is room for that in the buffer. */
    void endQuiet() {
        end(false);
    }

    /**
     * Ends all. Call it when nothing more comes in, before the buffer's intake closes. Those for whose end there is no room then
     * are parts of lines in the stream.
     */
    void endAll() {
        finished.countDown();
        end(true);
    }

    private synchronized void end(boolean any) {
        long now = now();
        for (Paragraph paragraph : open.values()) {
            if (paragraph.endElsewhere(now, any, this::append)) {
                metrics.created(CreateCause.PARAGRAPH_END).increment();
                closed(paragraph);
            }
        }
    }

    private boolean append(byte[] id, int ordinal, long seconds, byte[] tag) {
        batch.clear();
        return end.write(batch, id, ordinal, seconds, tag) && appender.test(batch);
    }
}
