package logstream.forward;

import java.io.IOException;
import java.util.Arrays;

/**
 * Finds where JSON values end, before anybody reads them: quotes, escapes and brackets are looked at, nothing else. What it
 * lets through is not yet known to be JSON; control characters, which JSON has neither inside nor outside of strings, end
 * the search, so that an unterminated string does not swallow what follows its line.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class JsonScanner {
    /** How a search ended. */
    enum Outcome {
        /** The value is there, in one piece; of {@link #length} bytes. */
        WHOLE,
        /** It is longer than was allowed. */
        TOO_LARGE,
        /** It is nested deeper than was allowed. */
        TOO_DEEP,
        /** It is no JSON. */
        BROKEN
    }

    /** The bytes are no JSON: it cannot be said where the next message begins. */
    static final class NotJsonException extends IOException {
        private NotJsonException() {
            super("bytes that are not JSON");
        }
    }

    private static final int MORE = -1;

    private final WireReader reader;
    private int depth;
    private int deepest;
    private boolean inString;
    private boolean escaped;
    private boolean inScalar;
    private Outcome outcome = Outcome.WHOLE;
    private int length;

    JsonScanner(WireReader reader) {
        this.reader = reader;
    }

    /** Whether a byte, 0 to 255, may stand between values. */
    static boolean isSpace(int value) {
        return value == ' ' || value == '\n' || value == '\r' || value == '\t';
    }

    /** Consumes space and returns the byte behind it, 0 to 255, which is not consumed. */
    int skipSpace() throws IOException, IntakeStoppedException {
        reader.ensure(1);
        while (isSpace(reader.peek())) {
            reader.advance(1);
            reader.ensure(1);
        }
        return reader.peek();
    }

    /**
     * Finds the end of the value at hand, fetching what is missing. Consumes nothing.
     *
     * @param most one more than the last byte that is looked at: behind a number that is the byte that ends it
     * @param nesting deepest nesting of arrays and objects
     */
    Outcome find(int most, int nesting) throws IOException, IntakeStoppedException {
        begin(nesting);
        int at = 0;
        while (true) {
            int available = Math.min(reader.unread(), most);
            int found = search(reader.bytes(), reader.position() + at, reader.position() + available);
            if (found != MORE) {
                length = found - reader.position();
                return outcome;
            }
            at = available;
            if (at == most) {
                return Outcome.TOO_LARGE;
            }
            reader.ensure(at + 1);
        }
    }

    /** The bytes of the value that was found. */
    int length() {
        return length;
    }

    /** Whether the value at hand is just this. */
    boolean isNext(byte[] json) throws IOException, IntakeStoppedException {
        if (find(json.length + 1, 0) != Outcome.WHOLE || length != json.length) {
            return false;
        }
        int from = reader.position();
        return Arrays.equals(reader.bytes(), from, from + length, json, 0, length);
    }

    /** Consumes a value without keeping it, however long and deep it is. */
    void skip() throws IOException, IntakeStoppedException {
        begin(Integer.MAX_VALUE);
        while (true) {
            reader.ensure(1);
            int from = reader.position();
            int found = search(reader.bytes(), from, from + reader.unread());
            reader.advance(found == MORE ? reader.unread() : found - from);
            if (found != MORE) {
                require(outcome == Outcome.WHOLE);
                return;
            }
        }
    }

    /** Consumes what stands behind a value: true for a comma, false for the bracket that ends what the value is in. */
    boolean another(char bracket) throws IOException, IntakeStoppedException {
        int next = skipSpace();
        require(next == ',' || next == bracket);
        reader.advance(1);
        return next == ',';
    }

    /** Consumes a byte and the space behind it. */
    void pass(char wanted) throws IOException, IntakeStoppedException {
        require(skipSpace() == wanted);
        reader.advance(1);
        skipSpace();
    }

    /** Throws unless what was found is as JSON has it. */
    static void require(boolean condition) throws NotJsonException {
        if (!condition) {
            throw new NotJsonException();
        }
    }

    private void begin(int nesting) {
        depth = 0;
        deepest = nesting;
        inString = false;
        escaped = false;
        inScalar = false;
        outcome = Outcome.WHOLE;
    }

    /** Searches on; where the value ends, with its outcome, or {@link #MORE}. */
    private int search(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            int value = bytes[at];
            if (inString) {
                if (value >= 0 && value < ' ') {
                    return stop(Outcome.BROKEN, at);
                }
                if (endsString(value) && depth == 0) {
                    return stop(Outcome.WHOLE, at + 1);
                }
            } else if (depth == 0 && inScalar && endsScalar(value)) {
                return stop(Outcome.WHOLE, at);
            } else if (!isSpace(value)) {
                if (value <= ' ' || !step(value)) {
                    return stop(Outcome.BROKEN, at);
                }
                if (depth > deepest) {
                    return stop(Outcome.TOO_DEEP, at);
                }
                if (depth == 0 && !inString && !inScalar) {
                    return stop(Outcome.WHOLE, at + 1);
                }
            }
        }
        return MORE;
    }

    private int stop(Outcome why, int at) {
        outcome = why;
        return at;
    }

    private boolean endsString(int value) {
        if (escaped) {
            escaped = false;
            return false;
        }
        escaped = value == '\\';
        inString = value != '"';
        return !inString;
    }

    private static boolean beginsScalar(int value) {
        return value == '-' || (value >= '0' && value <= '9') || value == 't' || value == 'f' || value == 'n';
    }

    private static boolean endsScalar(int value) {
        return isSpace(value) || value == ',' || value == ']' || value == '}' || value == ':';
    }

    /** Takes a byte outside of strings; false when no value has it there. */
    private boolean step(int value) {
        return switch (value) {
            case '"' -> {
                inString = true;
                yield !inScalar;
            }
            case '{', '[' -> {
                depth++;
                yield !inScalar;
            }
            case '}', ']' -> {
                depth--;
                yield depth >= 0;
            }
            case ',', ':' -> depth > 0;
            default -> {
                boolean begins = inScalar || depth > 0 || beginsScalar(value);
                inScalar = depth == 0;
                yield begins;
            }
        };
    }
}
