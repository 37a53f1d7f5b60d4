package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.forward.MsgpackCursor;

/**
 * Makes a record's bytes out of an event: one compact JSON object, UTF-8, no newline at the end.
 *
 * <p>Format: the sender's fields in the order they came, then the {@link SourceField} if one is wanted, then {@code time}
 * (ISO 8601, UTC, whole seconds), then {@code tag}. A sender's fields with the names of these give way to ours. Of
 * msgpack's types, binary becomes a base64 string; an extension becomes {@code {"type":n,"data":base64}}; a float that
 * JSON cannot say becomes null; a key that is no string becomes the string of its JSON.
 *
 * <p>Threading: confined to one thread.
 */
final class RecordEncoder {
    private static final byte[] TIME_KEY = ascii("\"time\":\"");
    private static final byte[] TAG_KEY = ascii("\",\"tag\":");
    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] TIME_NAME = ascii("time");
    private static final byte[] TAG_NAME = ascii("tag");
    private static final byte[] EXTENSION_TYPE = ascii("{\"type\":");
    private static final byte[] EXTENSION_DATA = ascii(",\"data\":");

    private final JsonWriter json = new JsonWriter();
    private long timeSeconds = Long.MIN_VALUE;
    private byte[] timeText = {};
    private SourceField source = SourceField.NONE;

    /** The events to come are of this source. */
    void from(SourceField newSource) {
        source = newSource;
    }

    /**
     * Appends the event as one frame to the batch.
     *
     * @param seconds Unix time; beyond the calendar's ends it is taken as the end
     * @return false when the record is larger than a frame may be: nothing was appended
     */
    boolean encode(FrameBatch batch, long seconds, MsgpackCursor record, byte[] tag) {
        json.begin(batch);
        json.raw('{');
        int pairs = record.readMapHeader();
        boolean first = true;
        for (int pair = 0; pair < pairs; pair++) {
            if (isOurs(record)) {
                record.skip();
                record.skip();
                continue;
            }
            if (!first) {
                json.raw(',');
            }
            first = false;
            key(record);
            json.raw(':');
            value(record);
        }
        if (!first) {
            json.raw(',');
        }
        json.raw(source.json());
        json.raw(TIME_KEY);
        json.raw(time(seconds));
        json.raw(TAG_KEY);
        json.string(tag, 0, tag.length);
        json.raw('}');
        return !json.tooLarge() && batch.end(FrameKind.RECORD, json.position());
    }

    /** Whether the key at the cursor is one that we write ourselves. */
    private boolean isOurs(MsgpackCursor record) {
        if (record.type() != MsgpackCursor.Type.STRING) {
            return false;
        }
        int before = record.position();
        int length = record.readBytesHeader();
        int from = record.position();
        boolean ours = is(TIME_NAME, record.bytes(), from, length)
                || is(TAG_NAME, record.bytes(), from, length)
                || source.replaces(record.bytes(), from, length);
        record.at(record.bytes(), before);
        return ours;
    }

    private static boolean is(byte[] name, byte[] bytes, int from, int length) {
        return length == name.length && Arrays.equals(name, 0, length, bytes, from, from + length);
    }

    private void key(MsgpackCursor record) {
        if (record.type() == MsgpackCursor.Type.STRING) {
            string(record);
            return;
        }
        int from = json.position();
        value(record);
        json.quoteFrom(from);
    }

    private void value(MsgpackCursor record) {
        switch (record.type()) {
            case STRING -> string(record);
            case INTEGER -> integer(record);
            case NIL -> {
                record.readNil();
                json.raw(NULL);
            }
            case BOOLEAN -> json.raw(record.readBoolean() ? TRUE : FALSE);
            case FLOAT -> {
                double number = record.readDouble();
                json.raw(Double.isFinite(number) ? ascii(Double.toString(number)) : NULL);
            }
            case BINARY -> base64(record, record.readBytesHeader());
            case ARRAY -> array(record);
            case MAP -> map(record);
            case EXTENSION -> {
                int length = record.readExtensionHeader();
                json.raw(EXTENSION_TYPE);
                json.number(record.extensionType());
                json.raw(EXTENSION_DATA);
                base64(record, length);
                json.raw('}');
            }
        }
    }

    private void string(MsgpackCursor record) {
        int length = record.readBytesHeader();
        json.string(record.bytes(), record.position(), length);
        record.advance(length);
    }

    private void integer(MsgpackCursor record) {
        boolean beyondLong = record.isBeyondLong();
        long number = record.readLong();
        if (beyondLong) {
            json.raw(ascii(Long.toUnsignedString(number)));
        } else {
            json.number(number);
        }
    }

    private void base64(MsgpackCursor record, int length) {
        byte[] data = Arrays.copyOfRange(record.bytes(), record.position(), record.position() + length);
        record.advance(length);
        byte[] text = Base64.getEncoder().encode(data);
        json.string(text, 0, text.length);
    }

    private void array(MsgpackCursor record) {
        int values = record.readArrayHeader();
        json.raw('[');
        for (int index = 0; index < values; index++) {
            if (index > 0) {
                json.raw(',');
            }
            value(record);
        }
        json.raw(']');
    }

    private void map(MsgpackCursor record) {
        int pairs = record.readMapHeader();
        json.raw('{');
        for (int pair = 0; pair < pairs; pair++) {
            if (pair > 0) {
                json.raw(',');
            }
            key(record);
            json.raw(':');
            value(record);
        }
        json.raw('}');
    }

    private byte[] time(long seconds) {
        if (seconds != timeSeconds) {
            long inCalendar = Math.clamp(seconds, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
            timeText = ascii(Instant.ofEpochSecond(inCalendar).toString());
            timeSeconds = seconds;
        }
        return timeText;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
