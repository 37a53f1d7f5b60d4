package logstream.pipeline;

import java.util.Base64;

/**
 * Tokens that are known by how they look: those with a prefix of their own, JSON Web Tokens, and what stands behind
 * {@code Bearer} and {@code Basic}. The forms are those that their issuers publish.
 *
 * <p>Threading: stateless.
 */
final class KnownTokens {
    /** There is none. */
    static final long NONE = -1;

    private static final int ACCESS_KEY_ID_BYTES = 20;
    private static final int LEAST_BEARER_BYTES = 8;
    private static final int LEAST_CREDENTIAL_BYTES = 16;
    private static final int LEAST_JSON_PART_BYTES = 8;

    /** More than any user name and password. */
    private static final int MOST_BASIC_BYTES = 1024;

    /**
     * A token that begins with a text.
     *
     * @param least bytes behind it, at least
     * @param plain whether these are letters and digits alone; otherwise {@code -} and {@code _}, too
     */
    private record Prefix(String text, int least, boolean plain) {}

    private static final Prefix[] WITH_UNDERSCORE = {
        new Prefix("ghp_", 36, true),
        new Prefix("gho_", 36, true),
        new Prefix("ghu_", 36, true),
        new Prefix("ghs_", 36, true),
        new Prefix("ghr_", 36, true),
        new Prefix("github_pat_", 22, false),
        new Prefix("npm_", 36, true),
        new Prefix("sk_live_", 16, true),
        new Prefix("rk_live_", 16, true),
    };

    private static final Prefix[] WITH_DASH = {
        new Prefix("glpat-", 20, false),
        new Prefix("xoxa-", 10, false),
        new Prefix("xoxb-", 10, false),
        new Prefix("xoxp-", 10, false),
        new Prefix("xoxr-", 10, false),
        new Prefix("xoxs-", 10, false),
    };

    private static final Prefix GOOGLE = new Prefix("AIza", 35, false);

    private KnownTokens() {}

    static int begin(long found) {
        return (int) (found >>> Integer.SIZE);
    }

    static int end(long found) {
        return (int) found;
    }

    /** A token whose prefix ends with the underscore at a place; begin and end packed, or {@link #NONE}. */
    static long atUnderscore(byte[] bytes, int from, int at, int to) {
        return endingAt(WITH_UNDERSCORE, bytes, from, at, to);
    }

    /** The same with a dash. */
    static long atDash(byte[] bytes, int from, int at, int to) {
        return endingAt(WITH_DASH, bytes, from, at, to);
    }

    /** A token that begins with the A at a place. */
    static long atA(byte[] bytes, int from, int at, int to) {
        return startingAt(GOOGLE, bytes, from, at, to);
    }

    private static long endingAt(Prefix[] prefixes, byte[] bytes, int from, int at, int to) {
        for (Prefix prefix : prefixes) {
            long found = startingAt(prefix, bytes, from, at + 1 - prefix.text.length(), to);
            if (found != NONE) {
                return found;
            }
        }
        return NONE;
    }

    private static long startingAt(Prefix prefix, byte[] bytes, int from, int begin, int to) {
        if (begin < from
                || !Ascii.isExactlyAt(bytes, begin, to, prefix.text)
                || !Ascii.startsWord(bytes, from, begin)) {
            return NONE;
        }
        int behind = begin + prefix.text.length();
        int end = behind;
        while (end < to && (prefix.plain ? Ascii.isAlphanumeric(bytes[end]) : Ascii.isTokenPart(bytes[end]))) {
            end++;
        }
        return end - behind >= prefix.least ? ((long) begin << Integer.SIZE) | end : NONE;
    }

    /** Where the id of an AWS access key ends that begins with the A at a place; -1 when none does. */
    static int accessKeyId(byte[] bytes, int from, int at, int to) {
        int end = at + ACCESS_KEY_ID_BYTES;
        if (end > to
                || !(Ascii.isExactlyAt(bytes, at, to, "AKIA") || Ascii.isExactlyAt(bytes, at, to, "ASIA"))
                || !Ascii.startsWord(bytes, from, at)
                || (end < to && Ascii.isAlphanumeric(bytes[end]))) {
            return -1;
        }
        for (int i = at; i < end; i++) {
            if (!Ascii.isUpper(bytes[i]) && !Ascii.isDigit(bytes[i])) {
                return -1;
            }
        }
        return end;
    }

    /** Where a JSON Web Token ends that begins here: three parts or five, the last may be empty; -1 when none does. */
    static int jsonTokenEnd(byte[] bytes, int begin, int to) {
        int end = partEnd(bytes, begin, to);
        int parts = 1;
        int partBegin = begin;
        while (end < to && bytes[end] == '.' && (parts > 2 || end - partBegin >= LEAST_JSON_PART_BYTES)) {
            partBegin = end + 1;
            end = partEnd(bytes, partBegin, to);
            parts++;
        }
        // A full stop behind two long parts begins an empty third one.
        return parts >= 3 ? end : -1;
    }

    /** Where letters, digits, dashes and underscores end. */
    static int partEnd(byte[] bytes, int begin, int to) {
        int end = begin;
        while (end < to && Ascii.isTokenPart(bytes[end])) {
            end++;
        }
        return end;
    }

    /** Where what may be a bearer token ends. */
    static int bearerEnd(byte[] bytes, int begin, int to) {
        int end = begin;
        while (end < to && Ascii.isBearerPart(bytes[end])) {
            end++;
        }
        while (end < to && bytes[end] == '=') {
            end++;
        }
        return end;
    }

    /** Whether it is one, and no word: there is a digit, or a capital letter behind the first. */
    static boolean isBearer(byte[] bytes, int begin, int end) {
        if (end - begin < LEAST_BEARER_BYTES) {
            return false;
        }
        for (int i = begin; i < end; i++) {
            if (Ascii.isDigit(bytes[i]) || (i > begin && Ascii.isUpper(bytes[i]))) {
                return true;
            }
        }
        return false;
    }

    /** Whether what is called a token is a credential: long enough, with a digit. */
    static boolean isCredential(byte[] bytes, int begin, int end) {
        boolean digit = false;
        for (int i = begin; i < end && !digit; i++) {
            digit = Ascii.isDigit(bytes[i]);
        }
        return digit && end - begin >= LEAST_CREDENTIAL_BYTES;
    }

    /** Where base64 of a user's name, a colon and a password ends; -1 when it is none. */
    static int basicEnd(byte[] bytes, int begin, int to) {
        int end = begin;
        while (end < to && (Ascii.isAlphanumeric(bytes[end]) || bytes[end] == '+' || bytes[end] == '/')) {
            end++;
        }
        int letters = end - begin;
        while (end < to && bytes[end] == '=' && end - begin < letters + 2) {
            end++;
        }
        if (letters % 4 == 1 || letters == 0 || letters > MOST_BASIC_BYTES) {
            return -1;
        }
        byte[] text = Base64.getDecoder().decode(copy(bytes, begin, letters));
        for (byte one : text) {
            if (one == ':') {
                return end;
            }
        }
        return -1;
    }

    private static byte[] copy(byte[] bytes, int begin, int length) {
        byte[] copy = new byte[length];
        System.arraycopy(bytes, begin, copy, 0, length);
        return copy;
    }
}
