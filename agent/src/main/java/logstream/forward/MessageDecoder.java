package logstream.forward;

import java.io.IOException;
import java.time.InstantSource;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of one connection and hands on their events, one by one, as they come: no message is ever whole
 * in memory.
 *
 * <p>Format: Forward protocol v1. {@code [tag, time, record, option]} is a Message; {@code [tag, [entry...], option]} is
 * Forward; {@code [tag, bytes, option]} is PackedForward, whose bytes are entries one after the other. The option may be missing
 * or nil. The type of the second element tells the form. nil between messages is a heartbeat.
 *
 * <p>Invariant: a message whose end was found is answered if it asks for that, also when events of it were dropped:
 * sending it again would not help.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class MessageDecoder {
    private final WireReader reader;
    private final Delivery delivery;
    private final Faults faults;
    private final Metrics metrics;
    private final String peer;
    private final ValueWalker walker;
    private final EventDecoder events;
    private final OptionDecoder option;

    /** The tag of the last message, kept for the next; null when it was too long to be read. */
    private @Nullable Tag tag;

    private boolean insideMessage;

    MessageDecoder(
            WireReader reader,
            Delivery delivery,
            Faults faults,
            Metrics metrics,
            InstantSource clock,
            String peer,
            int maxEventBytes) {
        this.reader = reader;
        this.delivery = delivery;
        this.faults = faults;
        this.metrics = metrics;
        this.peer = peer;
        walker = new ValueWalker(reader);
        events = new EventDecoder(reader, walker, delivery, faults, metrics, clock, peer, maxEventBytes);
        option = new OptionDecoder(reader, walker, faults, peer);
    }

    /** Whether the next byte, or the end of the connection, belongs to a message that has begun. */
    boolean insideMessage() {
        return insideMessage;
    }

    /**
     * Decodes the next message, heartbeat or stray value.
     *
     * @return false when the peer closed the connection instead
     * @throws java.io.EOFException when the connection ended inside
     * @throws UnreadableException when it cannot be said where the next message begins
     */
    boolean next() throws IOException, IntakeStoppedException, UnreadableException {
        insideMessage = false;
        if (!reader.awaitMessage()) {
            return false;
        }
        insideMessage = true;
        int first = reader.peek();
        if (first == MsgpackHeader.NIL) {
            reader.advance(1);
            metrics.heartbeatsReceived.increment();
        } else if (MsgpackHeader.isArray(first)) {
            message(walker.readCount());
        } else {
            skip(1);
            faults.malformed(MalformedCause.NOT_A_MESSAGE, peer, "a value that is no array");
        }
        return true;
    }

    private void message(long elements) throws IOException, IntakeStoppedException, UnreadableException {
        if (elements < 2) {
            refuse(elements, "an array of less than two elements");
            return;
        }
        reader.ensure(1);
        if (!MsgpackHeader.isString(reader.peek())) {
            refuse(elements, "an array whose first element is no tag");
            return;
        }
        readTag();
        reader.ensure(1);
        int second = reader.peek();
        boolean manyEntries =
                MsgpackHeader.isArray(second) || MsgpackHeader.isString(second) || MsgpackHeader.isBinary(second);
        int elementsBeforeOption = manyEntries ? 2 : 3;
        if (elements < elementsBeforeOption || elements > elementsBeforeOption + 1) {
            refuse(elements - 1, "an array of too few or too many elements");
            return;
        }
        if (MsgpackHeader.isArray(second)) {
            forward();
        } else if (manyEntries) {
            packedForward(second);
        } else if (!events.decode(tag, EventDecoder.MESSAGE_VALUES, ValueWalker.UNBOUNDED)) {
            notMsgpack();
        }
        if (elements == elementsBeforeOption) {
            option.none();
        } else if (!option.decode()) {
            notMsgpack();
        }
        metrics.messagesReceived.increment();
        if (option.tokenLength() > 0) {
            delivery.answer(option.token(), option.tokenLength());
        } else {
            delivery.leaveUnanswered();
        }
    }

    private void forward() throws IOException, IntakeStoppedException, UnreadableException {
        for (long left = walker.readCount(); left > 0; left--) {
            if (!events.decode(tag, EventDecoder.ENTRY_VALUES, ValueWalker.UNBOUNDED)) {
                notMsgpack();
            }
        }
    }

    /**
     * The entries before a broken one are kept. For it and all behind it, whose number nobody knows, one event is counted
     * as dropped, and the message is answered: the same bytes again would break at the same place.
     */
    private void packedForward(int first) throws IOException, IntakeStoppedException, UnreadableException {
        int header = MsgpackHeader.length(first);
        reader.ensure(header);
        long length = MsgpackHeader.bodyLength(reader.bytes(), reader.position(), first);
        reader.advance(header);
        long end = reader.consumed() + length;
        refuseCompressed(length);
        while (reader.consumed() < end) {
            if (!events.decode(tag, EventDecoder.ENTRY_VALUES, end - reader.consumed())) {
                metrics.eventsReceived.increment();
                faults.dropped(DropCause.INVALID, peer, "entries of a PackedForward message are not msgpack");
                reader.skip(end - reader.consumed());
                faults.malformed(MalformedCause.BROKEN_PAYLOAD, peer, "a PackedForward payload that is not msgpack");
            }
        }
    }

    /** The option that says so comes behind the payload; but no entry begins with what gzip and zstd begin with. */
    private void refuseCompressed(long length) throws IOException, IntakeStoppedException, UnreadableException {
        int look = (int) Math.min(length, 4);
        reader.ensure(look);
        byte[] bytes = reader.bytes();
        int at = reader.position();
        boolean gzip = look >= 2 && bytes[at] == 0x1f && bytes[at + 1] == (byte) 0x8b;
        boolean zstd = look == 4
                && bytes[at] == 0x28
                && bytes[at + 1] == (byte) 0xb5
                && bytes[at + 2] == 0x2f
                && bytes[at + 3] == (byte) 0xfd;
        if (gzip || zstd) {
            faults.malformed(
                    MalformedCause.UNSUPPORTED,
                    peer,
                    "a payload compressed with " + (gzip ? "gzip" : "zstd") + "; switch compression off in the sender");
        }
    }

    /** Reads the tag at hand into {@link #tag}, keeping the instance while the bytes are the same. */
    private void readTag() throws IOException, IntakeStoppedException {
        int first = reader.peek();
        int header = MsgpackHeader.length(first);
        reader.ensure(header);
        long length = MsgpackHeader.bodyLength(reader.bytes(), reader.position(), first);
        if (length > ForwardLimits.TAG_BYTES) {
            tag = null;
            reader.skip(header + length);
            return;
        }
        int whole = header + (int) length;
        reader.ensure(whole);
        int from = reader.position() + header;
        if (tag == null || !tag.sameAs(reader.bytes(), from, (int) length)) {
            tag = new Tag(reader.bytes(), from, (int) length);
        }
        reader.advance(whole);
    }

    private void refuse(long elements, String what) throws IOException, IntakeStoppedException, UnreadableException {
        skip(elements);
        faults.malformed(MalformedCause.NOT_A_MESSAGE, peer, what);
    }

    private void skip(long values) throws IOException, IntakeStoppedException, UnreadableException {
        if (!walker.skip(values, ValueWalker.UNBOUNDED)) {
            notMsgpack();
        }
    }

    private void notMsgpack() throws UnreadableException {
        faults.malformed(MalformedCause.NOT_MSGPACK, peer, "bytes that are not msgpack");
    }
}
