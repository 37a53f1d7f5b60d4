package logstream.forward;

import java.io.IOException;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of one connection and hands on their events, one by one, as they come: no message is ever whole
 * in memory.
 *
 * <p>Format: Forward protocol v1. {@code [tag, time, record, option]} is a Message; {@code [tag, [entry...], option]} is
 * Forward; {@code [tag, bytes, option]} is PackedForward, whose bytes are entries one after the other, or the same
 * compressed ({@link PayloadDecoder}). The option may be missing or nil. The type of the second element tells the form. nil
 * between messages is a heartbeat. JSON instead of msgpack is {@link JsonMessageDecoder}'s.
 *
 * <p>Invariant: a message whose end was found is answered if it asks for that, also when events of it were dropped:
 * sending it again would not help.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class MessageDecoder {
    private final WireReader reader;
    private final Delivery delivery;
    private final Connection.Surroundings around;
    private final Faults faults;
    private final Metrics metrics;
    private final MessageBounds bounds;
    private final String peer;
    private final ValueWalker walker;
    private final EventDecoder events;
    private final PayloadDecoder payloads;
    private final OptionDecoder optionDecoder;
    private final MessageOption option = new MessageOption();

    /** The tag of the last message, kept for the next; null when it was too long to be read. */
    private @Nullable Tag tag;

    private Encoding encoding;
    private @Nullable JsonMessageDecoder json;
    private boolean insideMessage;

    /**
     * @param borrower the connection, which decompresses
     * @param encoding what the connection was found to speak before; {@link Encoding#UNKNOWN} when nothing came yet
     */
    MessageDecoder(
            WireReader reader,
            Delivery delivery,
            Connection.Surroundings around,
            LendingPool.Borrower borrower,
            String peer,
            Encoding encoding) {
        this.reader = reader;
        this.delivery = delivery;
        this.around = around;
        this.peer = peer;
        this.encoding = encoding;
        faults = around.faults();
        metrics = around.metrics();
        bounds = around.bounds();
        walker = new ValueWalker(reader, bounds);
        events = new EventDecoder(reader, delivery, around, peer);
        payloads = new PayloadDecoder(reader, events, delivery, around, borrower, peer);
        optionDecoder = new OptionDecoder(reader, walker, faults, peer, option);
    }

    /** Whether the next byte, or the end of the connection, belongs to a message that has begun. */
    boolean insideMessage() {
        return insideMessage;
    }

    /** What the connection speaks: the one thing to be kept when the decoder goes while the connection is idle. */
    Encoding encoding() {
        return encoding;
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
        if (encoding == Encoding.UNKNOWN) {
            encoding = Encoding.of(reader.peek());
        }
        if (encoding == Encoding.JSON) {
            return nextJson();
        }
        insideMessage = true;
        int first = reader.peek();
        if (first == MsgpackHeader.NIL) {
            reader.advance(1);
            metrics.heartbeatsReceived.increment();
        } else if (MsgpackHeader.isArray(first)) {
            long behindBound = reader.consumed() + bounds.messageBytes();
            message(walker.readCount(), behindBound);
        } else {
            skip(1);
            faults.malformed(MalformedCause.NOT_A_MESSAGE, peer, "a value that is no array");
        }
        return true;
    }

    private boolean nextJson() throws IOException, IntakeStoppedException, UnreadableException {
        if (json == null) {
            json = new JsonMessageDecoder(reader, delivery, around, peer);
        }
        insideMessage = json.skipToMessage();
        if (insideMessage) {
            json.decode();
        }
        return insideMessage;
    }

    private void message(long elements, long behindBound)
            throws IOException, IntakeStoppedException, UnreadableException {
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
            forward(behindBound);
        } else if (manyEntries) {
            payloads.decode(tag, behindBound);
        } else if (!events.decode(tag, EventDecoder.MESSAGE_VALUES, ValueWalker.UNBOUNDED)) {
            notMsgpack();
        }
        if (elements == elementsBeforeOption) {
            option.none();
        } else if (!optionDecoder.decode()) {
            notMsgpack();
        }
        end();
    }

    private void end() throws UnreadableException {
        delivery.end(Encoding.MSGPACK, option);
        if (option.signal() != MessageOption.LOGS) {
            faults.unsupportedSignal(peer, option.signal());
        }
    }

    private void forward(long behindBound) throws IOException, IntakeStoppedException, UnreadableException {
        long left = walker.readCount();
        for (long entry = 0; left > 0; entry++, left--) {
            if (entry == bounds.entries() || reader.consumed() >= behindBound) {
                skip(left);
                faults.skipped(MalformedCause.OVER_LIMIT, left, peer, bounds.tooMuch());
                return;
            }
            if (!events.decode(tag, EventDecoder.ENTRY_VALUES, ValueWalker.UNBOUNDED)) {
                notMsgpack();
            }
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
