package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.forward.MsgpackCursor;
import logstream.kinesis.OutgoingRecord;
import logstream.pipeline.RecordConfig.TimePrecision;

/**
 * Makes a record's bytes out of an event: one compact JSON object, UTF-8, no newline at the end; or, of a piece of a line,
 * a {@link Piece}. An event whose line makes it too large for a record is cut into pieces of its own, with an id that is
 * given here.
 *
 * <p>Format: the sender's fields in the order they came, then the {@link AddedFields} and the {@link SourceField} that are
 * wanted, then {@code time} (ISO 8601, UTC, whole seconds unless more is wanted), then {@code tag}. A sender's fields with
 * the names of these give way to ours. {@link JsonValues} has the values. In a record made of pieces {@code log} stands behind
 * the other fields of the sender.
 *
 * <p>When lines of JSON are lifted, the members of one that is a {@link JsonLine} stand before the sender's fields, and
 * {@code log} is left out. Members with the names of the sender's fields give way, too: of the same key the last one stays.
 * Pieces are never lifted: no piece is a whole line.
 *
 * <p>Ordinary events are written once, in the hope that they are neither; what turns out to be one is written again.
 *
 * <p>Threading: confined to one thread.
 */
final class RecordEncoder {
    /**
     * What a stream takes as one record, less its key and what {@link Packing} may add. The same whatever the
     * configuration, as another may hold when the record leaves.
     */
    static final int MOST_RECORD_BYTES = OutgoingRecord.MAX_BYTES - Packing.MOST_ADDED_BYTES;

    private static final byte[] TIME_NAME = ascii("\"time\"");
    private static final byte[] TAG_NAME = ascii("\"tag\"");
    private static final byte[] PARTIAL_START = ascii("\"partial_");
    private static final byte[] TIME_START = ascii("\"time\":\"");
    private static final byte[] TAG_START = ascii("\",\"tag\":");

    /** What the first digit behind the decimal point counts. */
    private static final int FIRST_DIGIT_NANOS = 100_000_000;

    /** Which of the sender's fields are left out. */
    private enum Without {
        NONE,
        LOG,
        LOG_AND_PARTIAL
    }

    private boolean joinPieces;
    private AddedFields added = AddedFields.NONE;
    private int timeDigits;
    private boolean liftJson;
    private final JsonWriter json = new JsonWriter();
    private final JsonValues values = new JsonValues(json);
    private final EventFields fields = new EventFields();
    private final JsonLine jsonLine = new JsonLine();
    private final LiftedJson lifted = new LiftedJson(json, values, this::givesWay);
    private byte[] looked = {};
    private boolean sawPartial;
    private boolean madePiece;
    private long timeSeconds = Long.MIN_VALUE;
    private byte[] timeText = {};
    private SourceField source = SourceField.NONE;

    /** The events to come are of this source. */
    void from(SourceField newSource) {
        source = newSource;
    }

    /**
     * How events to come become records.
     *
     * @param join whether those with Docker's {@code partial_} fields become pieces
     * @param lift whether lines of JSON are lifted
     */
    void shape(boolean join, AddedFields newAdded, TimePrecision precision, boolean lift) {
        joinPieces = join;
        added = newAdded;
        timeDigits = precision.digits();
        liftJson = lift;
    }

    /** @param joinPieces whether events with Docker's {@code partial_} fields become pieces */
    RecordEncoder(boolean joinPieces) {
        this.joinPieces = joinPieces;
    }

    /**
     * Appends the event to the batch.
     *
     * @param seconds Unix time; beyond the calendar's ends it is taken as the end
     * @param nanos 0 to 999,999,999
     * @return how many frames it became: 0 when it is larger than a frame may be and cannot be cut
     */
    int encode(FrameBatch batch, long seconds, int nanos, MsgpackCursor record, byte[] tag) {
        int event = record.position();
        sawPartial = false;
        madePiece = false;
        writeWhole(batch, seconds, nanos, record, tag);
        boolean fits = !values.tooLarge() && json.length() <= MOST_RECORD_BYTES;
        boolean mayBePiece = joinPieces && sawPartial;
        if (fits && !mayBePiece) {
            return batch.end(FrameKind.RECORD, json.position()) ? 1 : 0;
        }
        fields.read(record.at(record.bytes(), event));
        Event one = new Event(seconds, nanos, record.at(record.bytes(), event), event, tag);
        if (mayBePiece && fields.isPiece() && appendPiece(batch, one)) {
            madePiece = true;
            return 1;
        }
        int pieces = fits || !fields.canBeCut() ? 0 : appendCut(batch, one);
        if (pieces > 0) {
            return pieces;
        }
        // Too large for a stream, or with partial_ fields that make no sense: as it came.
        writeWhole(batch, seconds, nanos, record.at(record.bytes(), event), tag);
        return !values.tooLarge() && batch.end(FrameKind.RECORD, json.position()) ? 1 : 0;
    }

    /** Whether the event that was encoded last is a piece that its sender made. */
    boolean madePiece() {
        return madePiece;
    }

    /** Reads what an event is, without a trace in what {@link #encode} makes of it. The fields hold until the next event. */
    EventFields look(MsgpackCursor record) {
        looked = record.bytes();
        fields.read(record);
        return fields;
    }

    /** Whether the event that was looked at is a whole line of text, which others can be joined to. */
    boolean isWholeLine() {
        return fields.canBeCut()
                && !fields.saysPartial()
                && fields.logLength() <= Piece.MOST_LOG_BYTES
                && !(liftJson && jsonLine.isObject(looked, fields.logAt(), fields.logLength()));
    }

    /**
     * Appends a line of a paragraph, which was looked at: a piece, not known to be the last. Each but the first gets a line feed
     * before its text.
     *
     * @return false when what is around the line is too large: nothing was appended
     */
    boolean appendLine(
            FrameBatch batch, long seconds, int nanos, MsgpackCursor record, byte[] tag, byte[] id, int ordinal) {
        madePiece = false;
        Event event = new Event(seconds, nanos, record, record.position(), tag);
        Cut line = new Cut(id, ordinal, false, fields.logAt(), fields.logLength(), ordinal > 1);
        return appendPiece(batch, event, Without.LOG, line);
    }

    /** @param at where its map begins */
    private record Event(long seconds, int nanos, MsgpackCursor record, int at, byte[] tag) {}

    /** @param log where its text begins in the event's bytes */
    private record Cut(byte[] id, int ordinal, boolean last, int log, int length, boolean behindLineFeed) {}

    private void writeWhole(FrameBatch batch, long seconds, int nanos, MsgpackCursor record, byte[] tag) {
        json.begin(batch);
        values.begin();
        if (writeFields(record, Without.NONE)) {
            json.raw(',');
        }
        writeEnd(seconds, nanos, tag);
    }

    private boolean appendPiece(FrameBatch batch, Event event) {
        Cut piece = new Cut(fields.id(), fields.ordinal(), fields.last(), fields.logAt(), fields.logLength(), false);
        return appendPiece(batch, event, Without.LOG_AND_PARTIAL, piece);
    }

    /** Returns the number of pieces, 0 when what is around the line is too large. */
    private int appendCut(FrameBatch batch, Event event) {
        byte[] id = ascii(UUID.randomUUID().toString());
        int end = fields.logAt() + fields.logLength();
        int ordinal = 0;
        for (int from = fields.logAt(); from < end; from += Piece.MOST_LOG_BYTES) {
            int length = Math.min(Piece.MOST_LOG_BYTES, end - from);
            ordinal++;
            Cut piece = new Cut(id, ordinal, from + length == end, from, length, false);
            if (!appendPiece(batch, event, Without.LOG, piece)) {
                return 0;
            }
        }
        return ordinal;
    }

    /** Returns false when what is around the line is too large: nothing was appended, and nothing would be later. */
    private boolean appendPiece(FrameBatch batch, Event event, Without without, Cut piece) {
        json.begin(batch);
        values.begin();
        int start = json.position();
        json.leave(Piece.ID_AT + piece.id.length);
        int head = json.position();
        byte[] wire = event.record.bytes();
        if (writeFields(event.record.at(wire, event.at), without)) {
            json.raw(',');
        }
        int tail = json.position();
        json.raw(',');
        writeEnd(event.seconds, event.nanos, event.tag);
        int end = json.position();
        if (values.tooLarge() || end - head > Piece.MOST_AROUND_BYTES) {
            return false;
        }
        if (piece.behindLineFeed) {
            json.raw('\n');
        }
        json.raw(wire, piece.log, piece.length);
        Piece.writeStart(json.bytes(), start, piece.id, piece.ordinal, piece.last, tail - head, end - tail);
        return batch.end(FrameKind.PIECE, json.position());
    }

    /** Writes a brace and the sender's fields. Returns whether there was any. */
    private boolean writeFields(MsgpackCursor record, Without without) {
        json.raw('{');
        int object = values.openObject();
        int before = json.position();
        Without left = without == Without.NONE && liftJson && lift(record, object) ? Without.LOG : without;
        int pairs = record.readMapHeader();
        for (int pair = 0; pair < pairs && !values.tooLarge(); pair++) {
            int end = json.position();
            if (left != Without.NONE && isLeftOut(EventFields.Name.at(record), left)) {
                record.skip();
                record.skip();
                continue;
            }
            if (end > before) {
                json.raw(',');
            }
            int key = json.position();
            values.writeKey(record);
            if (givesWay(key)) {
                json.back(end);
                record.skip();
                continue;
            }
            sawPartial |= json.startsFrom(key, PARTIAL_START);
            values.takeKey(object, key);
            json.raw(':');
            values.value(record);
        }
        values.closeObject(object);
        return json.position() > before;
    }

    /** Whether the key that was written from a position on is one of ours. */
    private boolean givesWay(int key) {
        return json.isFrom(key, TIME_NAME)
                || json.isFrom(key, TAG_NAME)
                || source.replaces(json, key)
                || added.replaces(json, key);
    }

    /** Writes what is in the line of the map at the cursor, which stays there. Returns whether it was written. */
    private boolean lift(MsgpackCursor record, int object) {
        int map = record.position();
        byte[] wire = record.bytes();
        fields.read(record);
        record.at(wire, map);
        if (fields.logLength() < 0
                || fields.saysPartial()
                || !jsonLine.isObject(wire, fields.logAt(), fields.logLength())) {
            return false;
        }
        lifted.writeFields(wire, fields.logAt(), object);
        return true;
    }

    private static boolean isLeftOut(EventFields.Name name, Without without) {
        return name == EventFields.Name.LOG || (without == Without.LOG_AND_PARTIAL && name.isPartial());
    }

    /** Writes what is behind the sender's fields. */
    private void writeEnd(long seconds, int nanos, byte[] tag) {
        json.raw(added.json());
        json.raw(source.json());
        json.raw(TIME_START);
        writeTime(seconds, nanos);
        json.raw(TAG_START);
        json.string(tag, 0, tag.length);
        json.raw('}');
    }

    private void writeTime(long seconds, int nanos) {
        byte[] text = time(seconds);
        if (timeDigits == 0) {
            json.raw(text);
            return;
        }
        json.raw(text, 0, text.length - 1);
        json.raw('.');
        int digit = FIRST_DIGIT_NANOS;
        for (int i = 0; i < timeDigits; i++) {
            json.raw((char) ('0' + nanos / digit % 10));
            digit /= 10;
        }
        json.raw('Z');
    }

    /** ISO 8601, whole seconds, with a Z at its end. */
    private byte[] time(long seconds) {
        if (seconds != timeSeconds) {
            timeText = ascii(inCalendar(seconds).toString());
            timeSeconds = seconds;
        }
        return timeText;
    }

    /** Unix time; beyond the calendar's ends it is taken as the end. */
    static Instant inCalendar(long seconds) {
        return Instant.ofEpochSecond(Math.clamp(seconds, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
