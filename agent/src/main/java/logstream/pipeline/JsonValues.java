package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import logstream.forward.MsgpackCursor;

/**
 * Writes msgpack values as JSON.
 *
 * <p>Format: binary becomes a base64 string; an extension becomes {@code {"type":n,"data":base64}}; a float that JSON
 * cannot say becomes null, a 32-bit one is written as the 64-bit one of the same value; integers keep all their digits. A
 * key that is no string becomes the text of its JSON. Of pairs of a map with the same key the last one stays.
 *
 * <p>Threading: confined to one thread.
 */
final class JsonValues {
    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] EXTENSION_TYPE = ascii("{\"type\":");
    private static final byte[] EXTENSION_DATA = ascii(",\"data\":");

    private final JsonWriter json;
    private final MapKeys keys = new MapKeys();
    private boolean tooManyKeys;

    JsonValues(JsonWriter json) {
        this.json = json;
    }

    /** Begins a record. */
    void begin() {
        keys.clear();
        tooManyKeys = false;
    }

    /** Whether the record is too large to be written: what is written from then on makes no sense. */
    boolean tooLarge() {
        return json.tooLarge() || tooManyKeys;
    }

    /** Begins an object; its brace stands before. Returns what stands for it. */
    int openObject() {
        return keys.open();
    }

    /** The key of a pair was written from {@code from} on, and stays. */
    void takeKey(int object, int from) {
        if (!tooLarge()) {
            tooManyKeys = !keys.add(object, json.bytes(), from, json.position());
        }
    }

    /** Ends an object: its brace is to be written now. */
    void closeObject(int object) {
        if (!tooLarge()) {
            json.back(keys.close(object, json.bytes(), json.position()));
        }
    }

    /** Writes a value as the key of a pair. */
    void writeKey(MsgpackCursor record) {
        switch (record.type()) {
            case STRING -> string(record);
            case BINARY -> base64(record, record.readBytesHeader());
            case NIL, BOOLEAN, INTEGER, FLOAT, ARRAY, MAP, EXTENSION -> {
                int from = json.position();
                value(record);
                json.quoteFrom(from);
            }
        }
    }

    void value(MsgpackCursor record) {
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
        for (int index = 0; index < values && !tooLarge(); index++) {
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
        int object = openObject();
        for (int pair = 0; pair < pairs && !tooLarge(); pair++) {
            if (pair > 0) {
                json.raw(',');
            }
            int key = json.position();
            writeKey(record);
            takeKey(object, key);
            json.raw(':');
            value(record);
        }
        closeObject(object);
        json.raw('}');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
