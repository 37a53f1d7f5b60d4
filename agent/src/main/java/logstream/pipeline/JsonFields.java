package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where in the bytes of a JSON object the few fields lie that the way out must know. One pass, nothing is built. Of a name
 * that stands twice the last one counts, as readers of JSON have it.
 *
 * <p>Threading: confined to one thread.
 */
final class JsonFields {
    private byte[] json = {};
    private int at;

    /** A field that is looked for. */
    static final class Field {
        private final byte[] name;
        private int nameAt;
        private int valueAt;
        private int valueEnd;

        private Field(String name) {
            this.name = name.getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean isThere() {
            return nameAt > 0;
        }

        /** Where its name begins, behind the quote. */
        int nameAt() {
            return nameAt;
        }
    }

    private final Field id = new Field("id");
    private final Field containerId = new Field("container_id");
    private final Field containerName = new Field("container_name");
    private final Field tag = new Field("tag");
    private final Field[] fields = {id, containerId, containerName, tag};
    private boolean empty;
    private int close;

    /** Looks through an object. Returns false when the bytes are none: then nothing else here means anything. */
    boolean read(byte[] object) {
        json = object;
        at = 0;
        empty = true;
        for (Field field : fields) {
            field.nameAt = 0;
        }
        skipSpace();
        if (!take('{')) {
            return false;
        }
        skipSpace();
        while (at < json.length && json[at] == '"') {
            empty = false;
            if (!readField()) {
                return false;
            }
            skipSpace();
            if (!take(',')) {
                break;
            }
            skipSpace();
        }
        close = at;
        boolean closed = take('}');
        skipSpace();
        return closed && at == json.length;
    }

    Field id() {
        return id;
    }

    Field containerId() {
        return containerId;
    }

    Field containerName() {
        return containerName;
    }

    Field tag() {
        return tag;
    }

    /** Whether it has no field at all. */
    boolean isEmpty() {
        return empty;
    }

    /** Where its closing brace is. */
    int close() {
        return close;
    }

    /** Whether the field's value is exactly this. */
    boolean is(Field field, byte[] value) {
        return field.isThere() && Arrays.equals(json, field.valueAt, field.valueEnd, value, 0, value.length);
    }

    /** The text of a field; empty when it is not there or no string. */
    String text(Field field) {
        if (!field.isThere() || json[field.valueAt] != '"') {
            return "";
        }
        int from = field.valueAt + 1;
        int to = field.valueEnd - 1;
        String raw = new String(json, from, to - from, StandardCharsets.UTF_8);
        return raw.indexOf('\\') < 0 ? raw : unescaped(raw);
    }

    private boolean readField() {
        int nameAt = at + 1;
        if (!skipString()) {
            return false;
        }
        int nameEnd = at - 1;
        skipSpace();
        if (!take(':')) {
            return false;
        }
        skipSpace();
        int valueAt = at;
        if (!skipValue() || at == valueAt) {
            return false;
        }
        for (Field field : fields) {
            if (Arrays.equals(json, nameAt, nameEnd, field.name, 0, field.name.length)) {
                field.nameAt = nameAt;
                field.valueAt = valueAt;
                field.valueEnd = at;
            }
        }
        return true;
    }

    private boolean skipValue() {
        if (at == json.length) {
            return false;
        }
        return switch (json[at]) {
            case '"' -> skipString();
            case '{', '[' -> skipNested();
            default -> {
                while (at < json.length && ",]}".indexOf(json[at]) < 0 && json[at] > ' ') {
                    at++;
                }
                yield true;
            }
        };
    }

    private boolean skipNested() {
        int depth = 0;
        while (at < json.length) {
            switch (json[at]) {
                case '"' -> {
                    if (!skipString()) {
                        return false;
                    }
                    continue;
                }
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {} // Of no meaning for where the value ends.
            }
            at++;
            if (depth == 0) {
                return true;
            }
        }
        return false;
    }

    /** From quote to behind quote. */
    private boolean skipString() {
        at++;
        while (at < json.length && json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        at++;
        return at <= json.length;
    }

    private void skipSpace() {
        while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\t' || json[at] == '\r')) {
            at++;
        }
    }

    private boolean take(char character) {
        if (at < json.length && json[at] == character) {
            at++;
            return true;
        }
        return false;
    }

    /** The text that the inside of a JSON string stands for. */
    static String unescaped(String raw) {
        StringBuilder text = new StringBuilder(raw.length());
        int from = 0;
        while (from < raw.length()) {
            char next = raw.charAt(from++);
            if (next != '\\' || from == raw.length()) {
                text.append(next);
                continue;
            }
            char escaped = raw.charAt(from++);
            int hex = escaped == 'u' ? hex(raw, from) : -1;
            if (hex >= 0) {
                text.append((char) hex);
                from += 4;
            } else {
                int control = "bfnrt".indexOf(escaped);
                text.append(control < 0 ? escaped : "\b\f\n\r\t".charAt(control));
            }
        }
        return text.toString();
    }

    private static int hex(String raw, int from) {
        if (from + 4 > raw.length()) {
            return -1;
        }
        int value = 0;
        for (int digit = from; digit < from + 4; digit++) {
            int four = Character.digit(raw.charAt(digit), 16);
            if (four < 0) {
                return -1;
            }
            value = value << 4 | four;
        }
        return value;
    }
}
