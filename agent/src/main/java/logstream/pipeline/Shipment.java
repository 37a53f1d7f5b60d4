package logstream.pipeline;

import java.util.ArrayList;
import java.util.List;
import logstream.buffer.Frame;
import logstream.kinesis.Aggregate;
import logstream.kinesis.OutgoingRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way out, from the reading of its frames until it is done; or an aggregate, which is one for the stream,
 * of several such.
 *
 * <p>Threading: confined to the shipper thread, but for {@link #record}, which a request in flight may call, too.
 */
final class Shipment {
    static final long NO_SLOT = -1;

    private static final long[] ONLY_FIRST = {};

    private static final long FIRST_WAIT_NANOS = 100_000_000L;
    private static final long LONGEST_WAIT_NANOS = 2_000_000_000L;

    private final String id;
    private final boolean hasId;
    private final List<Shipment> members;
    private final long firstSlot;

    /** All of them; empty when there is only the first. */
    private final long[] slots;

    private final long heldSlot;
    private final long sequence;
    private final long appendedNanos;
    private final int size;
    private @Nullable OutgoingRecord record;
    private long dueNanos;
    private int waits;
    private int refusals;
    private long acceptedBefore;

    /**
     * @param slots of its frames, see {@link Outstanding}
     * @param heldSlot a slot that is held until this record is done, or {@link #NO_SLOT}
     * @param sequence number of the chunk that its last frame is in
     * @param appendedNanos of its newest frame
     */
    Shipment(Packed packed, long[] slots, long heldSlot, long sequence, long appendedNanos) {
        this.id = packed.id();
        this.hasId = packed.hasId();
        this.members = List.of();
        this.record = packed.record();
        this.size = packed.record().size();
        this.firstSlot = slots[0];
        this.slots = slots.length == 1 ? ONLY_FIRST : slots;
        this.heldSlot = heldSlot;
        this.sequence = sequence;
        this.appendedNanos = appendedNanos;
    }

    /** Of one frame: a million of them need no array. */
    private Shipment(Packed packed, long slot, long sequence, long appendedNanos) {
        this.id = packed.id();
        this.hasId = packed.hasId();
        this.members = List.of();
        this.record = packed.record();
        this.size = packed.record().size();
        this.firstSlot = slot;
        this.slots = ONLY_FIRST;
        this.heldSlot = NO_SLOT;
        this.sequence = sequence;
        this.appendedNanos = appendedNanos;
    }

    private Shipment(String key, List<Shipment> members) {
        Shipment first = members.getFirst();
        this.id = key;
        this.hasId = false;
        this.members = members;
        this.size = Aggregation.bytes(members);
        this.firstSlot = first.firstSlot;
        this.slots = ONLY_FIRST;
        this.heldSlot = NO_SLOT;
        this.sequence = first.sequence;
        this.appendedNanos = first.appendedNanos;
    }

    /** The record of a single frame. */
    static Shipment of(Frame frame, long slot, Packed packed) {
        return new Shipment(packed, slot, frame.sequence(), frame.appendedNanos());
    }

    /**
     * Several records as one.
     *
     * @param key of the aggregate, and the only one in it: however often it is sent
     * @param members two or more, of one chunk, that have their ids; each of them is done for itself
     */
    static Shipment aggregate(String key, List<Shipment> members) {
        return new Shipment(key, members);
    }

    /** The key made from its place, or that it came with; an aggregate's is its key. */
    String id() {
        return id;
    }

    /** Whether the record says its id itself. */
    boolean hasId() {
        return hasId;
    }

    /** The records in an aggregate; none in any other. */
    List<Shipment> members() {
        return members;
    }

    boolean isAggregate() {
        return !members.isEmpty();
    }

    /** How many records it is for those who count lines. */
    int count() {
        return isAggregate() ? members.size() : 1;
    }

    /** Bytes of data, without the key. */
    int dataBytes() {
        return isAggregate() ? size - RecordKey.CHARACTERS : record().data().length;
    }

    /** How many frames it is of. */
    int frames() {
        return Math.max(1, slots.length);
    }

    /** The slot of one of its frames. */
    long slot(int index) {
        return index == 0 ? firstSlot : slots[index];
    }

    /** The slot that is held until this record is done, or {@link #NO_SLOT}. */
    long heldSlot() {
        return heldSlot;
    }

    /** For the order among records. */
    long firstSlot() {
        return firstSlot;
    }

    /** Sequence number of its last frame's chunk. */
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

    /** The record; fails when it is done with. An aggregate's is made anew by each call, of the same bytes. */
    OutgoingRecord record() {
        if (isAggregate()) {
            List<byte[]> parts = new ArrayList<>(members.size());
            for (Shipment member : members) {
                parts.add(member.record().data());
            }
            return new OutgoingRecord(id, Aggregate.of(id, parts));
        }
        OutgoingRecord present = record;
        if (present == null) {
            throw new IllegalStateException("the record of slot " + firstSlot + " is done with");
        }
        return present;
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
