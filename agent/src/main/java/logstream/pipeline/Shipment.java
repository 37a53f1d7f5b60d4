package logstream.pipeline;

import logstream.buffer.Frame;
import logstream.kinesis.OutgoingRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way out, from reading its frame to releasing it.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Shipment {
    private static final long FIRST_WAIT_NANOS = 100_000_000L;
    private static final long LONGEST_WAIT_NANOS = 2_000_000_000L;

    private final long ordinal;
    private final long sequence;
    private final long appendedNanos;
    private final int size;
    private @Nullable OutgoingRecord record;
    private long dueNanos;
    private int waits;
    private int refusals;
    private long acceptedBefore;

    Shipment(Frame frame, OutgoingRecord record) {
        this.ordinal = frame.ordinal();
        this.sequence = frame.sequence();
        this.appendedNanos = frame.appendedNanos();
        this.record = record;
        this.size = record.size();
    }

    /** Ordinal of its frame. */
    long ordinal() {
        return ordinal;
    }

    /** Sequence number of its frame's chunk. */
    long sequence() {
        return sequence;
    }

    long appendedNanos() {
        return appendedNanos;
    }

    /** Bytes of data and key, also when they are gone. */
    int size() {
        return size;
    }

    /** The record; fails when it is done with. */
    OutgoingRecord record() {
        OutgoingRecord present = record;
        if (present == null) {
            throw new IllegalStateException("the record of frame " + ordinal + " is done with");
        }
        return present;
    }

    boolean isDone() {
        return record == null;
    }

    /** Delivered, or kept as a dead letter: its bytes are needed no more. */
    void done() {
        record = null;
    }

    /** When it may be sent again. */
    long dueNanos() {
        return dueNanos;
    }

    /** Lets it rejoin after 100 ms, 200 ms, ... at most 2 s. */
    void waitLonger(long nowNanos) {
        dueNanos = nowNanos + Math.min(LONGEST_WAIT_NANOS, FIRST_WAIT_NANOS << Math.min(waits, 10));
        waits++;
    }

    /** Lets it rejoin as soon as anything is sent at all. */
    void rejoin(long nowNanos) {
        dueNanos = nowNanos;
    }

    /**
     * Counts a refusal, if any other record was accepted since the one before: what is refused while nothing passes is
     * not the record's fault.
     *
     * @param acceptedSoFar records accepted since the start
     * @return how often it was refused
     */
    int refused(long acceptedSoFar) {
        if (acceptedSoFar > acceptedBefore) {
            acceptedBefore = acceptedSoFar;
            refusals++;
        }
        return refusals;
    }
}
