package logstream.forward;

import java.io.IOException;
import java.time.InstantSource;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.jspecify.annotations.Nullable;

/**
 * Decodes events one by one: hands on the valid ones, drops the others.
 *
 * <p>Format: time and record as two values of a Message; in the other forms an entry, {@code [time, record]} or, from
 * Fluent Bit, {@code [[time, {metadata}], record]}.
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

    private final WireReader reader;
    private final ValueWalker walker;
    private final Delivery delivery;
    private final Faults faults;
    private final Metrics metrics;
    private final String peer;
    private final int maxEventBytes;
    private final EventTime time;
    private final MsgpackCursor cursor = new MsgpackCursor();

    EventDecoder(
            WireReader reader,
            ValueWalker walker,
            Delivery delivery,
            Faults faults,
            Metrics metrics,
            InstantSource clock,
            String peer,
            int maxEventBytes) {
        this.reader = reader;
        this.walker = walker;
        this.delivery = delivery;
        this.faults = faults;
        this.metrics = metrics;
        this.peer = peer;
        this.maxEventBytes = maxEventBytes;
        time = new EventTime(clock);
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
        ValueWalker.Outcome outcome = walker.walk(values, maxEventBytes, bound);
        if (outcome == ValueWalker.Outcome.BROKEN) {
            return false;
        }
        metrics.eventsReceived.increment();
        if (outcome == ValueWalker.Outcome.WHOLE) {
            String fault = handOn(tag, values);
            if (fault != null) {
                faults.dropped(DropCause.INVALID, peer, fault);
            }
            reader.advance(walker.length());
            return true;
        }
        if (outcome == ValueWalker.Outcome.TOO_LARGE) {
            faults.dropped(DropCause.TOO_LARGE, peer, "an event of more than " + maxEventBytes + " bytes");
        } else {
            faults.dropped(DropCause.INVALID, peer, "an event nested deeper than " + ForwardLimits.NESTING_DEPTH);
        }
        return walker.skip(values, bound);
    }

    /** Hands the event at the reader's position, which is whole, to the sink; what is wrong with it, or null. */
    private @Nullable String handOn(@Nullable Tag tag, int values) {
        cursor.at(reader.bytes(), reader.position());
        if (values == ENTRY_VALUES && (cursor.type() != MsgpackCursor.Type.ARRAY || cursor.readArrayHeader() != 2)) {
            return "an entry that is no array of time and record";
        }
        if (!readTime(values)) {
            return "an event without a valid time";
        }
        if (cursor.type() != MsgpackCursor.Type.MAP) {
            return "an event whose record is no map";
        }
        if (tag == null) {
            return "an event whose tag is longer than " + ForwardLimits.TAG_BYTES + " bytes";
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
