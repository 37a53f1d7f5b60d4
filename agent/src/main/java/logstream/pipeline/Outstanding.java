package logstream.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The records that were read and are not yet released, in the order of their frames.
 *
 * <p>Invariant: whatever lies before the first record is done; so a frame is released only when it and all before it are
 * done.
 *
 * <p>Threading: confined to the shipper thread, but for {@link #doneCount}.
 */
final class Outstanding {
    private final Deque<Shipment> shipments = new ArrayDeque<>();
    private final AtomicLong doneCount = new AtomicLong();
    private long bytes;

    void add(Shipment shipment) {
        shipments.add(shipment);
        bytes += shipment.size();
    }

    boolean isEmpty() {
        return shipments.isEmpty();
    }

    /** Bytes from the oldest record that is not done to the newest that was read: what a crash may send again. */
    long bytes() {
        return bytes;
    }

    /** Delivered, or kept as a dead letter. */
    void done(Shipment shipment) {
        shipment.done();
        doneCount.incrementAndGet();
    }

    /** Records that are done while an older one is not: their frames are still in the buffer. Any thread. */
    long doneCount() {
        return doneCount.get();
    }

    /** Forgets what is done at the front. Returns the ordinal up to which frames can be released, or -1 for none. */
    long takeDone() {
        long releasable = -1;
        Shipment first = shipments.peek();
        while (first != null && first.isDone()) {
            releasable = first.ordinal() + 1;
            doneCount.decrementAndGet();
            bytes -= first.size();
            shipments.remove();
            first = shipments.peek();
        }
        return releasable;
    }

    /** Chunk of the oldest record; -1 when there is none. */
    long oldestSequence() {
        Shipment first = shipments.peek();
        return first == null ? -1 : first.sequence();
    }

    /** Forgets all records of a chunk. Returns how many of them were done. */
    long forget(long sequence) {
        long done = 0;
        Shipment first = shipments.peek();
        while (first != null && first.sequence() == sequence) {
            if (first.isDone()) {
                done++;
                doneCount.decrementAndGet();
            }
            bytes -= first.size();
            shipments.remove();
            first = shipments.peek();
        }
        return done;
    }
}
