package logstream.pipeline;

/**
 * What bytes of text are, as far as secrets are found by it.
 *
 * <p>Threading: stateless.
 */
final class Ascii {
    private Ascii() {}

    static boolean isDigit(int value) {
        return value >= '0' && value <= '9';
    }

    static boolean isUpper(int value) {
        return value >= 'A' && value <= 'Z';
    }

    static boolean isLower(int value) {
        return value >= 'a' && value <= 'z';
    }

    static boolean isAlphanumeric(int value) {
        return isDigit(value) || isUpper(value) || isLower(value);
    }

    /** What is in base64 for URLs, and in most tokens. */
    static boolean isTokenPart(int value) {
        return isAlphanumeric(value) || value == '-' || value == '_';
    }

    /** What RFC 6750 allows in a bearer token, without the padding. */
    static boolean isBearerPart(int value) {
        return isTokenPart(value) || value == '.' || value == '~' || value == '+' || value == '/';
    }

    /** Space, tab, line end, any other control character. */
    static boolean isSpace(int value) {
        return value >= 0 && value <= ' ';
    }

    /** The letter in lower case; anything else as it is. */
    static int lower(int value) {
        return isUpper(value) ? value + ('a' - 'A') : value;
    }

    /** Whether no letter or digit stands before; that of an escape, as in {@code \n}, is none. */
    static boolean startsWord(byte[] bytes, int from, int at) {
        return at == from
                || !isAlphanumeric(bytes[at - 1])
                || (at - from >= 2 && bytes[at - 2] == '\\' && "nrtbf".indexOf(bytes[at - 1]) >= 0);
    }

    /** Whether a text, in lower case, stands at a place, in any case. */
    static boolean isAt(byte[] bytes, int at, int to, String lower) {
        if (at < 0 || to - at < lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if (lower(bytes[at + i]) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The same to the letter. */
    static boolean isExactlyAt(byte[] bytes, int at, int to, String text) {
        if (at < 0 || to - at < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
