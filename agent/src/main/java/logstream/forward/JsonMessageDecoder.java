package logstream.forward;

import java.io.IOException;
import java.util.Arrays;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;

/**
 * Decodes messages in JSON: finds where each event ends, makes msgpack of it, and has that decoded like any other.
 *
 * <p>Format: {@code [tag, time, record, option]} is a Message, {@code [tag, [entry...], option]} is Forward; the option may be
 * missing or null, what comes behind it is ignored. PackedForward cannot be said in JSON. Between messages there may be
 * space, and newlines.
 *
 * <p>Invariant: an event, with its space, is in one piece within {@link MessageBounds#eventBytes}, and its msgpack too; all
 * else is never whole in memory.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class JsonMessageDecoder {
    /** A byte of a tag is at most an escape of six, and there are quotes around it and a byte behind it. */
    private static final int LONGEST_TAG = 6 * ForwardLimits.TAG_BYTES + 3;

    /** No time that is one is longer, with the byte behind it. */
    private static final int LONGEST_TIME = 64;

    private static final int NO_TIME = -1;
    private static final byte[] NOTHING = {};

    private final WireReader reader;
    private final Delivery delivery;
    private final BufferPool conversions;
    private final Faults faults;
    private final Metrics metrics;
    private final MessageBounds bounds;
    private final String peer;
    private final JsonScanner scanner;
    private final JsonOptionDecoder optionDecoder;
    private final MessageOption option = new MessageOption();
    private final JsonConverter converter = new JsonConverter();
    private final ConvertedBytes converted = new ConvertedBytes();
    private final MsgpackCursor cursor = new MsgpackCursor();
    private final EventDecoder events;

    /** The tag of the last message, kept for the next; null when it was too long to be read. */
    private @Nullable Tag tag;

    /** The same as it came, in quotes. */
    private byte[] quotedTag = NOTHING;

    /** The time of the Message at hand, as it came. */
    private final byte[] time = new byte[LONGEST_TIME];

    JsonMessageDecoder(WireReader reader, Delivery delivery, Connection.Surroundings around, String peer) {
        this.reader = reader;
        this.delivery = delivery;
        this.peer = peer;
        conversions = around.pools().conversions();
        faults = around.faults();
        metrics = around.metrics();
        bounds = around.bounds();
        scanner = new JsonScanner(reader);
        optionDecoder = new JsonOptionDecoder(reader, scanner, faults, peer, option);
        events = new EventDecoder(converted, delivery, around, peer);
    }

    /** Consumes space up to the next message; false when the peer closed the connection instead. */
    boolean skipToMessage() throws IOException, IntakeStoppedException {
        while (reader.awaitMessage()) {
            if (!JsonScanner.isSpace(reader.peek())) {
                return true;
            }
            reader.advance(1);
        }
        return false;
    }

    /**
     * Decodes the message at hand.
     *
     * @throws UnreadableException when it cannot be said where the next message begins
     */
    void decode() throws IOException, IntakeStoppedException, UnreadableException {
        try {
            value();
        } catch (JsonScanner.NotJsonException e) {
            faults.malformed(MalformedCause.NOT_JSON, peer, "bytes that are not JSON");
        }
    }

    private void value() throws IOException, IntakeStoppedException, UnreadableException {
        if (reader.peek() != '[') {
            scanner.skip();
            refuse("a JSON value that is no array");
            return;
        }
        long behindBound = reader.consumed() + bounds.messageBytes();
        reader.advance(1);
        int first = scanner.skipSpace();
        if (first == ']') {
            reader.advance(1);
            refuse("an empty JSON array");
        } else if (first != '"') {
            skipElements();
            refuse("a JSON array whose first element is no tag");
        } else {
            readTag();
            message(behindBound);
        }
    }

    private void message(long behindBound) throws IOException, IntakeStoppedException, UnreadableException {
        if (!scanner.another(']')) {
            refuse("a JSON array of less than two elements");
            return;
        }
        int second = scanner.skipSpace();
        if (second == '"') {
            skipElements();
            refuse("a JSON array with a string for its time or its entries");
        } else if (second == '[') {
            forward(behindBound);
            end();
        } else if (event()) {
            end();
        } else {
            refuse("a JSON array of too few elements");
        }
    }

    /** Decodes time and record of a Message; false when there is no record. */
    private boolean event() throws IOException, IntakeStoppedException, UnreadableException {
        int timeLength = readTime();
        if (!scanner.another(']')) {
            return false;
        }
        scanner.skipSpace();
        if (timeLength == NO_TIME) {
            metrics.eventsReceived.increment();
            faults.dropped(DropCause.INVALID, peer, "an event without a valid time");
            scanner.skip();
        } else {
            decode(EventDecoder.MESSAGE_VALUES, timeLength);
        }
        return true;
    }

    /** Moves the time at hand into {@link #time}, as JSON; its length, or {@link #NO_TIME}. */
    private int readTime() throws IOException, IntakeStoppedException {
        if (scanner.find(time.length, bounds.nesting()) != JsonScanner.Outcome.WHOLE) {
            scanner.skip();
            return NO_TIME;
        }
        int length = scanner.length();
        System.arraycopy(reader.bytes(), reader.position(), time, 0, length);
        reader.advance(length);
        return length;
    }

    private void forward(long behindBound) throws IOException, IntakeStoppedException, UnreadableException {
        reader.advance(1);
        if (scanner.skipSpace() == ']') {
            reader.advance(1);
            return;
        }
        long entries = 0;
        long skipped = 0;
        do {
            scanner.skipSpace();
            if (entries == bounds.entries() || reader.consumed() >= behindBound) {
                scanner.skip();
                skipped++;
            } else {
                decode(EventDecoder.ENTRY_VALUES, 0);
                entries++;
            }
        } while (scanner.another(']'));
        if (skipped > 0) {
            faults.skipped(MalformedCause.OVER_LIMIT, skipped, peer, bounds.tooMuch());
        }
    }

    /** Consumes the value at hand, a record or an entry, and hands on its event or drops it. */
    private void decode(int values, int timeLength) throws IOException, IntakeStoppedException {
        if (delivery.isFull()) {
            reader.yieldTurn();
        }
        JsonScanner.Outcome outcome = scanner.find(bounds.eventBytes(), bounds.nesting());
        switch (outcome) {
            case WHOLE -> {
                int length = scanner.length();
                convert(values, timeLength, length);
                reader.advance(length);
                return;
            }
            case TOO_LARGE -> dropTooLarge();
            case TOO_DEEP -> {
                metrics.eventsReceived.increment();
                faults.dropped(DropCause.INVALID, peer, "an event nested deeper than " + bounds.nesting());
            }
            case BROKEN -> {}
        }
        scanner.skip();
    }

    private void convert(int values, int timeLength, int length) throws IOException, IntakeStoppedException {
        byte[] target = conversions.take();
        try {
            converter.begin(target);
            JsonConverter.Outcome outcome =
                    timeLength == 0 ? JsonConverter.Outcome.CONVERTED : converter.convert(time, 0, timeLength);
            if (outcome == JsonConverter.Outcome.CONVERTED) {
                outcome = converter.convert(reader.bytes(), reader.position(), length);
            }
            switch (outcome) {
                case CONVERTED -> {
                    converted.begin(target, converter.length());
                    if (!events.decode(tag, values, converter.length())) {
                        throw new IllegalStateException("what was converted is no msgpack");
                    }
                }
                case TOO_LARGE -> dropTooLarge();
                case NOT_JSON -> JsonScanner.require(false);
            }
        } finally {
            conversions.giveBack(target);
        }
    }

    private void dropTooLarge() {
        metrics.eventsReceived.increment();
        faults.dropped(DropCause.TOO_LARGE, peer, "an event of more than " + bounds.eventBytes() + " bytes");
    }

    /** Reads what follows the events, and answers. */
    private void end() throws IOException, IntakeStoppedException, UnreadableException {
        option.none();
        if (scanner.another(']')) {
            scanner.skipSpace();
            optionDecoder.decode();
            if (scanner.another(']')) {
                scanner.skipSpace();
                skipElements();
            }
        }
        delivery.end(Encoding.JSON, option);
        if (option.signal() != MessageOption.LOGS) {
            faults.unsupportedSignal(peer, option.signal());
        }
    }

    /** Reads the tag at hand into {@link #tag}, keeping the instance while the bytes are the same. */
    private void readTag() throws IOException, IntakeStoppedException {
        if (scanner.find(LONGEST_TAG, 0) != JsonScanner.Outcome.WHOLE) {
            tag = null;
            quotedTag = NOTHING;
            scanner.skip();
            return;
        }
        int length = scanner.length();
        int from = reader.position();
        if (!Arrays.equals(quotedTag, 0, quotedTag.length, reader.bytes(), from, from + length)) {
            quotedTag = Arrays.copyOfRange(reader.bytes(), from, from + length);
            tag = convertTag(length);
        }
        reader.advance(length);
    }

    private @Nullable Tag convertTag(int length) throws IOException {
        byte[] target = conversions.take();
        try {
            converter.begin(target);
            JsonConverter.Outcome outcome = converter.convert(reader.bytes(), reader.position(), length);
            JsonScanner.require(outcome != JsonConverter.Outcome.NOT_JSON);
            if (outcome == JsonConverter.Outcome.TOO_LARGE) {
                return null;
            }
            cursor.at(target, 0);
            int bytes = cursor.readBytesHeader();
            return bytes > ForwardLimits.TAG_BYTES ? null : new Tag(target, cursor.position(), bytes);
        } finally {
            conversions.giveBack(target);
        }
    }

    /** Consumes the element at hand and all behind it, to the end of the message. */
    private void skipElements() throws IOException, IntakeStoppedException {
        do {
            scanner.skipSpace();
            scanner.skip();
        } while (scanner.another(']'));
    }

    private void refuse(String what) throws UnreadableException {
        faults.malformed(MalformedCause.NOT_A_MESSAGE, peer, what);
    }
}
