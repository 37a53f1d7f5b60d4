package logstream.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import logstream.metrics.Metrics;

/**
 * The frames that were read and are not yet released, in their order; and how far they can be released.
 *
 * <p>Each frame has a number here, its <em>slot</em>, counted from the first frame read. A slot is done when its frame
 * is: delivered, kept as a dead letter, or merged into what is.
 *
 * <p>Invariants: no slot is released before it, and all before it, are done. Slots that are tied to each other are
 * released together, so that a restart does not find the rest of a line whose beginning is gone. Where the ties of many
 * lines overlap without end this gives way: from {@link #MOST_TIED_BYTES} on only the first rule holds.
 *
 * <p>Threading: confined to the shipper thread, but for {@link #doneCount}. Each call costs constant time for each slot
 * that comes or goes.
 */
final class Outstanding {
    /** Beyond it, a crash may bring the end of a delivered line once more, as a part. */
    static final long MOST_TIED_BYTES = 8 << 20;

    /** The record that the frame belongs to is not done. */
    private static final byte OWNED = 1;

    /** The part behind it has bytes of it, and is not done. */
    private static final byte HELD = 2;

    /** A chunk that slots are of. */
    private static final class ReadChunk {
        private final long sequence;
        /** One past its last slot. */
        private long end;

        private ReadChunk(long sequence) {
            this.sequence = sequence;
        }
    }

    private final Metrics metrics;
    private final AtomicLong doneCount = new AtomicLong();
    private final Deque<ReadChunk> chunks = new ArrayDeque<>();

    // A ring: slot s is at s modulo the capacity, a power of two.
    private byte[] needs = new byte[1024];
    private int[] sizes = new int[1024];
    private long[] ordinals = new long[1024];
    /** How far behind its slot lies the last one it is tied to. */
    private int[] reaches = new int[1024];

    /** The oldest that is not released. */
    private long first;

    /** The oldest that is not done. */
    private long firstUndone;

    private long end;

    /** All slots before it that are done are tied to none behind it. */
    private long lastCut;

    /** One past the last slot that one before {@link #firstUndone} is tied to. */
    private long tiedEnd;

    private long bytes;

    Outstanding(Metrics metrics) {
        this.metrics = metrics;
    }

    /**
     * A frame was read.
     *
     * @param size bytes that count for the span: see {@link #bytes}
     * @return its slot
     */
    long add(long sequence, long ordinal, int size) {
        if (end - first == needs.length) {
            grow();
        }
        if (chunks.isEmpty() || chunks.getLast().sequence != sequence) {
            chunks.add(new ReadChunk(sequence));
        }
        int at = at(end);
        needs[at] = OWNED;
        sizes[at] = size;
        ordinals[at] = ordinal;
        reaches[at] = 0;
        bytes += size;
        long slot = end++;
        chunks.getLast().end = end;
        return slot;
    }

    boolean isEmpty() {
        return first == end;
    }

    /** Frames that were read and are not released. */
    long count() {
        return end - first;
    }

    /** Bytes from the oldest frame that is not released to the newest that was read: what a crash may send again. */
    long bytes() {
        return bytes;
    }

    /** The oldest slot that is not done, as {@link #takeDone} last found it. */
    long firstUndone() {
        return firstUndone;
    }

    /** Releases slots only together with all up to another one. Neither is done. */
    void tie(long slot, long to) {
        if (slot >= first) {
            reaches[at(slot)] = Math.toIntExact(to - slot);
        }
    }

    /** Keeps a slot until {@link #letGo}, whatever becomes of its record. */
    void hold(long slot) {
        if (slot >= first) {
            needs[at(slot)] |= HELD;
        }
    }

    void letGo(long slot) {
        if (slot >= first) {
            needs[at(slot)] &= ~HELD;
        }
    }

    /** Delivered, or kept as a dead letter. All of its pieces but one count as merged. */
    void done(Shipment shipment) {
        shipment.done();
        int frames = 0;
        for (int index = 0; index < shipment.frames(); index++) {
            long slot = shipment.slot(index);
            // The others went with their chunk, and were counted there.
            if (slot >= first) {
                needs[at(slot)] &= ~OWNED;
                frames++;
            }
        }
        if (shipment.heldSlot() >= 0) {
            letGo(shipment.heldSlot());
        }
        doneCount.addAndGet(frames);
        if (frames != 1) {
            metrics.eventsMerged.add(frames - 1L);
        }
    }

    /** The frame repeats one whose line has it. */
    void merged(long slot) {
        needs[at(slot)] &= ~OWNED;
        doneCount.incrementAndGet();
        metrics.eventsMerged.increment();
    }

    /** Frames that are done and not released: they are still in the buffer. Any thread. */
    long doneCount() {
        return doneCount.get();
    }

    /** Forgets what is done at the front. Returns the ordinal up to which frames can be released, or -1 for none. */
    long takeDone() {
        while (firstUndone < end && needs[at(firstUndone)] == 0) {
            tiedEnd = Math.max(tiedEnd, firstUndone + reaches[at(firstUndone)] + 1);
            firstUndone++;
            if (firstUndone >= tiedEnd) {
                lastCut = firstUndone;
            }
        }
        long to = bytes > MOST_TIED_BYTES ? firstUndone : lastCut;
        if (to <= first) {
            return -1;
        }
        long releasable = ordinals[at(to - 1)] + 1;
        doneCount.addAndGet(first - to);
        forgetTo(to);
        return releasable;
    }

    /** Chunk of the oldest frame; -1 when there is none. */
    long oldestSequence() {
        return chunks.isEmpty() ? -1 : chunks.getFirst().sequence;
    }

    /** Forgets all frames of the oldest chunk, if it is this one. Returns how many of them were done. */
    long forget(long sequence) {
        if (chunks.isEmpty() || oldestSequence() != sequence) {
            return 0;
        }
        long to = chunks.getFirst().end;
        long done = 0;
        for (long slot = first; slot < to; slot++) {
            if ((needs[at(slot)] & OWNED) == 0) {
                done++;
            }
        }
        doneCount.addAndGet(-done);
        forgetTo(to);
        firstUndone = Math.max(firstUndone, first);
        lastCut = Math.max(lastCut, first);
        return done;
    }

    private void forgetTo(long to) {
        while (first < to) {
            bytes -= sizes[at(first)];
            first++;
        }
        while (!chunks.isEmpty() && chunks.getFirst().end <= first) {
            chunks.remove();
        }
    }

    private int at(long slot) {
        return (int) slot & (needs.length - 1);
    }

    private void grow() {
        int capacity = 2 * needs.length;
        byte[] newNeeds = new byte[capacity];
        int[] newSizes = new int[capacity];
        long[] newOrdinals = new long[capacity];
        int[] newReaches = new int[capacity];
        for (long slot = first; slot < end; slot++) {
            int from = at(slot);
            int to = (int) slot & (capacity - 1);
            newNeeds[to] = needs[from];
            newSizes[to] = sizes[from];
            newOrdinals[to] = ordinals[from];
            newReaches[to] = reaches[from];
        }
        needs = newNeeds;
        sizes = newSizes;
        ordinals = newOrdinals;
        reaches = newReaches;
    }
}
