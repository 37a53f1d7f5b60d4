package logstream.forward;

import java.io.IOException;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.jspecify.annotations.Nullable;

/**
 * Decodes events one by one: hands on the valid ones, drops the others.
 *
 * <p>Format: time and record as two values of a Message; in the other forms an entry, {@code [time, record]} or, from
 * Fluent Bit, {@code [[time, {metadata}], record]}. Fluent Bit's marks between groups of events look like entries, and are
 * counted by themselves.
 *
 * <p>Invariant: every event that was walked over counts as received, and as dropped if it is not handed on.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class EventDecoder {
    /** How many values one event is in a Message. */
    static final int MESSAGE_VALUES = 2;

    /** How many values one event is in the other forms. */
    static final int ENTRY_VALUES = 1;

    /** What is wrong with an event. */
    private enum Fault {
        NO_ENTRY("an entry that is no array of time and record"),
        NO_TIME("an event without a valid time"),
        NO_RECORD("an event whose record is no map"),
        LONG_TAG("an event whose tag is longer than " + ForwardLimits.TAG_BYTES + " bytes"),
        /** Nobody's fault: Fluent Bit sends these between its groups of events. */
        GROUP_MARK("");

        private final String what;

        Fault(String what) {
            this.what = what;
        }
    }

    private final ByteSource reader;
    private final ValueWalker walker;
    private final Delivery delivery;
    private final Faults faults;
    private final Metrics metrics;
    private final String peer;
    private final MessageBounds bounds;
    private final EventTime time;
    private final MsgpackCursor cursor = new MsgpackCursor();

    EventDecoder(ByteSource reader, Delivery delivery, Connection.Surroundings around, String peer) {
        this.reader = reader;
        this.delivery = delivery;
        this.peer = peer;
        faults = around.faults();
        metrics = around.metrics();
        bounds = around.bounds();
        walker = new ValueWalker(reader, bounds);
        time = new EventTime(around.clock());
    }

    /**
     * Consumes one event and hands it on or drops it.
     *
     * @param tag null when the message's tag was too long to be read: then the event is dropped
     * @param values {@link #MESSAGE_VALUES} or {@link #ENTRY_VALUES}
     * @param bound bytes left in what contains the event
     * @return false when the bytes are not msgpack, or end behind the bound
     */
    boolean decode(@Nullable Tag tag, int values, long bound) throws IOException, IntakeStoppedException {
        if (delivery.isFull()) {
            reader.yieldTurn();
        }
        ValueWalker.Outcome outcome = walker.walk(values, bounds.eventBytes(), bound);
        if (outcome == ValueWalker.Outcome.BROKEN) {
            return false;
        }
        metrics.eventsReceived.increment();
        if (outcome == ValueWalker.Outcome.WHOLE) {
            Fault fault = handOn(tag, values);
            if (fault != null) {
                drop(fault);
            }
            reader.advance(walker.length());
            return true;
        }
        drop(outcome);
        return walker.skip(values, bound);
    }

    private void drop(Fault fault) {
        if (fault == Fault.GROUP_MARK) {
            metrics.dropped(DropCause.GROUP_MARK).increment();
        } else {
            faults.dropped(DropCause.INVALID, peer, fault.what);
        }
    }

    private void drop(ValueWalker.Outcome outcome) {
        switch (outcome) {
            case WHOLE, BROKEN -> throw new IllegalStateException("nothing to drop: " + outcome);
            case TOO_LARGE ->
                faults.dropped(DropCause.TOO_LARGE, peer, "an event of more than " + bounds.eventBytes() + " bytes");
            case LONG_STRING ->
                faults.dropped(
                        DropCause.TOO_LARGE,
                        peer,
                        "an event with a string of more than " + bounds.stringBytes() + " bytes");
            case TOO_DEEP -> faults.dropped(DropCause.INVALID, peer, "an event nested deeper than " + bounds.nesting());
        }
    }

    /** Hands the event at the reader's position, which is whole, to the sink; what is wrong with it, or null. */
    private @Nullable Fault handOn(@Nullable Tag tag, int values) {
        cursor.at(walker.bytes(), walker.start());
        if (values == ENTRY_VALUES && (cursor.type() != MsgpackCursor.Type.ARRAY || cursor.readArrayHeader() != 2)) {
            return Fault.NO_ENTRY;
        }
        if (!readTime(values)) {
            return Fault.NO_TIME;
        }
        if (time.isGroupMark()) {
            return Fault.GROUP_MARK;
        }
        if (cursor.type() != MsgpackCursor.Type.MAP) {
            return Fault.NO_RECORD;
        }
        if (tag == null) {
            return Fault.LONG_TAG;
        }
        delivery.take(tag, time.seconds(), time.nanos(), cursor);
        return null;
    }

    private boolean readTime(int values) {
        if (values == MESSAGE_VALUES || cursor.type() != MsgpackCursor.Type.ARRAY) {
            return time.read(cursor);
        }
        int metadata = cursor.readArrayHeader() - 1;
        boolean valid = metadata >= 0 && time.read(cursor);
        for (int left = metadata; valid && left > 0; left--) {
            cursor.skip();
        }
        return valid;
    }
}
