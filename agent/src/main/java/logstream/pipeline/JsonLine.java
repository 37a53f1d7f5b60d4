package logstream.pipeline;

/**
 * Tells whether a line is a JSON object whose members can be fields: RFC 8259 to the letter, with at least one member, in
 * well-formed UTF-8, no half of a surrogate pair, values at most {@link #MOST_DEPTH} deep, numbers of at most
 * {@link #MOST_NUMBER_BYTES}, with exponents of at most {@link #MOST_EXPONENT_DIGITS}, and nothing but white space around it. So what is taken over as it stands is read by every
 * reader, with its usual bounds.
 *
 * <p>One pass, each byte looked at once, nothing is built.
 *
 * <p>Threading: confined to one thread.
 */
final class JsonLine {
    /** Our choice: far below what readers allow (Jackson: 1000), far above what logs have. */
    static final int MOST_DEPTH = 64;

    /** Our choice: no 64-bit number needs as many; below what readers allow (Jackson: 1000). */
    static final int MOST_NUMBER_BYTES = 256;

    /** Our choice: that of a 64-bit float has three; readers that keep all digits choke on many. */
    static final int MOST_EXPONENT_DIGITS = 4;

    private byte[] bytes = {};
    private int at;
    private int end;

    /** Whether these bytes are such an object. */
    boolean isObject(byte[] source, int from, int length) {
        bytes = source;
        at = from;
        end = from + length;
        space();
        if (!take('{')) {
            return false;
        }
        space();
        if (at < end && bytes[at] == '}') {
            return false;
        }
        if (!members('}', 1)) {
            return false;
        }
        space();
        return at == end;
    }

    private boolean value(int depth) {
        if (at == end || depth > MOST_DEPTH) {
            return false;
        }
        return switch (bytes[at]) {
            case '"' -> string();
            case '{' -> nested('}', depth);
            case '[' -> nested(']', depth);
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
    }

    private boolean nested(char close, int depth) {
        at++;
        space();
        return take(close) || members(close, depth);
    }

    /** From the first member on, behind the closing bracket. */
    private boolean members(char close, int depth) {
        do {
            space();
            if (close == '}' && !name()) {
                return false;
            }
            if (!value(depth + 1)) {
                return false;
            }
            space();
        } while (take(','));
        return take(close);
    }

    private boolean name() {
        if (at == end || bytes[at] != '"' || !string()) {
            return false;
        }
        space();
        if (!take(':')) {
            return false;
        }
        space();
        return true;
    }

    private boolean string() {
        at++;
        while (at < end) {
            int next = bytes[at];
            if (next == '"') {
                at++;
                return true;
            }
            if (next == '\\') {
                if (!escape()) {
                    return false;
                }
            } else if (next >= 0x20) {
                at++;
            } else {
                int length = next >= 0 ? 0 : JsonWriter.sequenceAt(bytes, at, end);
                if (length == 0) {
                    return false;
                }
                at += length;
            }
        }
        return false;
    }

    private boolean escape() {
        at++;
        if (at == end) {
            return false;
        }
        if (bytes[at++] != 'u') {
            return "\"\\/bfnrt".indexOf(bytes[at - 1]) >= 0;
        }
        int unit = hex();
        if (unit < 0 || Character.isLowSurrogate((char) unit)) {
            return false;
        }
        if (!Character.isHighSurrogate((char) unit)) {
            return true;
        }
        if (!take('\\') || !take('u')) {
            return false;
        }
        int second = hex();
        return second >= 0 && Character.isLowSurrogate((char) second);
    }

    /** Four digits; -1 when there are none. */
    private int hex() {
        int value = 0;
        for (int digit = 0; digit < 4; digit++) {
            int four = at < end ? Character.digit(bytes[at++], 16) : -1;
            if (four < 0) {
                return -1;
            }
            value = value << 4 | four;
        }
        return value;
    }

    private boolean number() {
        int from = at;
        boolean _ = take('-');
        if (!take('0') && !digits()) {
            return false;
        }
        if (take('.') && !digits()) {
            return false;
        }
        if (take('e') || take('E')) {
            boolean _ = take('+') || take('-');
            int exponent = at;
            if (!digits() || at - exponent > MOST_EXPONENT_DIGITS) {
                return false;
            }
        }
        return at - from <= MOST_NUMBER_BYTES;
    }

    private boolean digits() {
        int from = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at > from;
    }

    private boolean word(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!take(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean take(char character) {
        if (at < end && bytes[at] == character) {
            at++;
            return true;
        }
        return false;
    }

    private void space() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
    }
}
