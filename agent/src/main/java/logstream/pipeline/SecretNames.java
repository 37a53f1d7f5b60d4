package logstream.pipeline;

import logstream.pipeline.CareConfig.Preset;

/**
 * Names whose values are secrets: all that end with one of a few words, in any case, with or without {@code _} and
 * {@code -} between their parts ({@code DB_PASSWORD}, {@code apiKey}).
 *
 * <p>Threading: stateless.
 */
final class SecretNames {
    /** None of them. */
    static final int NONE = -1;

    private static final String[] AWS = {"secretaccesskey", "awssecretkey", "sessiontoken", "securitytoken"};
    private static final String[] PASSWORDS = {"password", "passwd", "passphrase", "pwd", "secret"};
    private static final String[] TOKENS = {"token", "apikey"};

    private SecretNames() {}

    /**
     * The preset by whose word a name ends; {@link #NONE} when it ends by none.
     *
     * @param from where the text begins
     * @param end one past the name's last byte
     * @param presets bits of those that are asked for
     */
    static int preset(byte[] bytes, int from, int end, int presets) {
        if (end <= from) {
            return NONE;
        }
        // The last letter of all words: most names end here.
        int last = Ascii.lower(bytes[end - 1]);
        if (last != 'd' && last != 'e' && last != 't' && last != 'n' && last != 'y') {
            return NONE;
        }
        if (endsWithAny(bytes, from, end, presets, Preset.AWS_KEYS, AWS)) {
            return Preset.AWS_KEYS.place();
        }
        if (endsWithAny(bytes, from, end, presets, Preset.PASSWORDS, PASSWORDS)) {
            return Preset.PASSWORDS.place();
        }
        return endsWithAny(bytes, from, end, presets, Preset.TOKENS, TOKENS) ? Preset.TOKENS.place() : NONE;
    }

    private static boolean endsWithAny(byte[] bytes, int from, int end, int presets, Preset preset, String[] words) {
        if ((presets & preset.bit()) != 0) {
            for (String word : words) {
                if (endsWith(bytes, from, end, word)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean endsWith(byte[] bytes, int from, int end, String word) {
        int at = end - 1;
        for (int i = word.length() - 1; i >= 0; i--) {
            while (i < word.length() - 1 && at >= from && (bytes[at] == '_' || bytes[at] == '-')) {
                at--;
            }
            if (at < from || Ascii.lower(bytes[at]) != word.charAt(i)) {
                return false;
            }
            at--;
        }
        return true;
    }
}
