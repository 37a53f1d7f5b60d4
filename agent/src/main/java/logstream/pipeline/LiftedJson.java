package logstream.pipeline;

import java.nio.charset.StandardCharsets;

/**
 * Writes the members of a line that is a {@link JsonLine} as fields of its record: compact, each key once in its object, with
 * keys as all others are written, values as they stand in the line.
 *
 * <p>Threading: confined to one thread.
 */
final class LiftedJson {
    private final JsonWriter json;
    private final JsonValues values;
    private final GivesWay givesWay;
    private byte[] bytes = {};
    private int at;

    LiftedJson(JsonWriter json, JsonValues values, GivesWay givesWay) {
        this.json = json;
        this.values = values;
        this.givesWay = givesWay;
    }

    /** Which keys, as they were written from a position on, give way. */
    interface GivesWay {
        boolean at(int from);
    }

    /**
     * Writes the members, without the braces.
     *
     * @param source {@link JsonLine#isObject} said yes to what begins at {@code from}
     * @param object that the fields are of, as {@link JsonValues#openObject} said
     */
    void writeFields(byte[] source, int from, int object) {
        bytes = source;
        at = from;
        space();
        int first = json.position();
        do {
            at++;
            space();
            int end = json.position();
            if (end > first) {
                json.raw(',');
            }
            int key = json.position();
            key();
            if (givesWay.at(key)) {
                json.back(end);
                skipValue();
            } else {
                values.takeKey(object, key);
                json.raw(':');
                value();
            }
            space();
        } while (bytes[at] == ',' && !values.tooLarge());
    }

    private void value() {
        switch (bytes[at]) {
            case '{' -> object();
            case '[' -> array();
            default -> {
                int from = at;
                skipScalar();
                json.raw(bytes, from, at - from);
            }
        }
    }

    private void object() {
        json.raw('{');
        int object = values.openObject();
        int first = json.position();
        at++;
        space();
        while (bytes[at] != '}' && !values.tooLarge()) {
            if (json.position() > first) {
                json.raw(',');
            }
            int key = json.position();
            key();
            values.takeKey(object, key);
            json.raw(':');
            value();
            comma();
        }
        at++;
        values.closeObject(object);
        json.raw('}');
    }

    private void array() {
        json.raw('[');
        int first = json.position();
        at++;
        space();
        while (bytes[at] != ']' && !values.tooLarge()) {
            if (json.position() > first) {
                json.raw(',');
            }
            value();
            comma();
        }
        at++;
        json.raw(']');
    }

    private void comma() {
        space();
        if (bytes[at] == ',') {
            at++;
            space();
        }
    }

    /** From its quote to the value behind the colon. Two that are the same text are written alike. */
    private void key() {
        int from = at + 1;
        boolean escaped = skipString();
        if (escaped) {
            String raw = new String(bytes, from, at - 1 - from, StandardCharsets.UTF_8);
            byte[] text = JsonFields.unescaped(raw).getBytes(StandardCharsets.UTF_8);
            json.string(text, 0, text.length);
        } else {
            json.raw(bytes, from - 1, at - from + 1);
        }
        space();
        at++;
        space();
    }

    private void skipValue() {
        int depth = 0;
        do {
            switch (bytes[at]) {
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case ',', ':', ' ', '\t', '\r', '\n' -> at++;
                default -> skipScalar();
            }
        } while (depth > 0);
    }

    private void skipScalar() {
        if (bytes[at] == '"') {
            boolean _ = skipString();
            return;
        }
        while (",]} \t\r\n".indexOf(bytes[at]) < 0) {
            at++;
        }
    }

    /** Returns whether there is an escape in it. */
    private boolean skipString() {
        boolean escaped = false;
        at++;
        while (bytes[at] != '"') {
            if (bytes[at] == '\\') {
                escaped = true;
                at++;
            }
            at++;
        }
        at++;
        return escaped;
    }

    private void space() {
        while (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n') {
            at++;
        }
    }
}
