package logstream.pipeline;

/**
 * Values behind names: {@code name=value}, {@code name: value}, {@code "name":"value"}, also with quotes that are escaped,
 * as in JSON that stands in a JSON string, and {@code =>} and {@code :=}.
 *
 * <p>A value in quotes ends at the same quotes, or, if they do not come, with the text. One without ends at white space, at a
 * quote, at {@code , ; & <}, or at an escape such as {@code \n}.
 *
 * <p>Threading: stateless.
 */
final class NamedValue {
    /** Spaces around the sign that are looked over. */
    private static final int MOST_SPACES = 4;

    /** Values that are no secret, and must stay what they are in JSON. */
    private static final String[] NO_SECRETS = {"null", "none", "nil", "true", "false", "undefined"};

    private NamedValue() {}

    /** One past the last byte of the name that stands before a sign. */
    static int nameEnd(byte[] bytes, int from, int sign) {
        int end = sign;
        for (int spaces = 0; spaces < MOST_SPACES && end > from && bytes[end - 1] == ' '; spaces++) {
            end--;
        }
        if (end > from && isQuote(bytes[end - 1])) {
            end--;
            while (end > from && bytes[end - 1] == '\\') {
                end--;
            }
        }
        return end;
    }

    /** Where the value behind a sign begins, with the quotes or backslashes that stand before it. */
    static int begin(byte[] bytes, int sign, int to) {
        int begin = sign + 1;
        if (begin < to && (bytes[begin] == '=' || bytes[begin] == '>')) {
            begin++;
        }
        for (int spaces = 0;
                spaces < MOST_SPACES && begin < to && (bytes[begin] == ' ' || bytes[begin] == '\t');
                spaces++) {
            begin++;
        }
        return opened(bytes, begin, to);
    }

    /** Behind the quote that opens here; the same place when none does. */
    private static int opened(byte[] bytes, int at, int to) {
        int quote = at;
        while (quote < to && bytes[quote] == '\\') {
            quote++;
        }
        return quote < to && isQuote(bytes[quote]) ? quote + 1 : at;
    }

    /** Where a value ends that begins here, behind its quote if it has one; not behind its begin when it is none. */
    static int end(byte[] bytes, int begin, int to) {
        if (begin >= to) {
            return begin;
        }
        return isQuote(bytes[begin - 1]) ? quotedEnd(bytes, begin, to) : bareEnd(bytes, begin, to);
    }

    /** At the quote with as many backslashes before it as the first one has, those of the value aside. */
    private static int quotedEnd(byte[] bytes, int begin, int to) {
        byte quote = bytes[begin - 1];
        int level = backslashesBefore(bytes, begin - 1);
        int backslashes = 0;
        for (int i = begin; i < to; i++) {
            if (bytes[i] == '\\') {
                backslashes++;
            } else {
                if (bytes[i] == quote && backslashes % (2 * (level + 1)) == level) {
                    return i - level;
                }
                backslashes = 0;
            }
        }
        return to;
    }

    /** The sign before the value is none of them. */
    private static int backslashesBefore(byte[] bytes, int at) {
        int count = 0;
        while (bytes[at - count - 1] == '\\') {
            count++;
        }
        return count;
    }

    private static int bareEnd(byte[] bytes, int begin, int to) {
        if (bytes[begin] == '{' || bytes[begin] == '[' || bytes[begin] == ':') {
            return begin;
        }
        for (String none : NO_SECRETS) {
            // What closes the object around it may stand behind.
            int behind = begin + none.length();
            if (Ascii.isAt(bytes, begin, to, none)
                    && (behind == to || endsBare(bytes, behind, to) || "}])".indexOf(bytes[behind]) >= 0)) {
                return begin;
            }
        }
        int end = begin;
        while (end < to && !endsBare(bytes, end, to)) {
            end++;
        }
        return end;
    }

    private static boolean endsBare(byte[] bytes, int at, int to) {
        int value = bytes[at];
        return Ascii.isSpace(value)
                || isQuote(value)
                || value == ','
                || value == ';'
                || value == '&'
                || value == '<'
                || (value == '\\' && at + 1 < to && "nrt\"'".indexOf(bytes[at + 1]) >= 0);
    }

    private static boolean isQuote(int value) {
        return value == '"' || value == '\'';
    }
}
