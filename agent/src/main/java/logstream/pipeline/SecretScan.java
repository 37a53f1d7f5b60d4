package logstream.pipeline;

import java.util.Arrays;
import logstream.pipeline.CareConfig.Preset;

/**
 * Finds what the presets know in a text, in one pass that stops only at the few bytes by which something can be told, and
 * makes no object.
 *
 * <p>What each preset finds:
 *
 * <ul>
 *   <li>aws_keys: ids of access keys ({@code AKIA…}, {@code ASIA…}), values of names as {@code SecretAccessKey};
 *   <li>tokens: {@link KnownTokens}, and credentials as values of names that end with {@code token} or {@code api_key};
 *   <li>card_numbers: {@link CardNumbers};
 *   <li>passwords: values of names that end with {@code password}, {@code secret} and the like, as {@code name=value},
 *       {@code "name":"value"} or {@code --name value}; passwords in URLs, and behind {@code Basic};
 *   <li>private_keys: from {@code -----BEGIN … PRIVATE KEY-----} to its end, or to that of the text.
 * </ul>
 *
 * <p>Invariant: the time it takes grows with the text's length and no faster, whatever is in it: what was looked at for a
 * preset is not looked at again for the same.
 *
 * <p>Threading: confined to one thread.
 */
final class SecretScan {
    /** What may begin, or have ended, at a byte. */
    private static final byte NOTHING = 0;

    private static final byte VALUE = 1;
    private static final byte DIGIT = 2;
    private static final byte DASH = 3;
    private static final byte UNDERSCORE = 4;
    private static final byte UPPER_A = 5;
    private static final byte UPPER_J = 6;
    private static final byte LETTER_B = 7;

    /** For each set of presets what each byte may mean. */
    private static final byte[][] MEANINGS = meanings();

    private static final String BEGIN_KEY = "-----BEGIN ";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final String END_KEY = "-----END ";

    /** Between BEGIN and PRIVATE KEY: RSA, EC, DSA, OPENSSH, ENCRYPTED. */
    private static final int MOST_KIND_BYTES = 20;

    private final int[] lookedAt = new int[Preset.values().length];
    private int lookedAtForJsonTokens;
    private byte[] bytes = {};
    private int from;
    private int to;
    private int presets;
    private Spans spans = new Spans();

    private static byte[][] meanings() {
        byte[][] all = new byte[1 << Preset.values().length][];
        for (int presets = 0; presets < all.length; presets++) {
            all[presets] = meanings(presets);
        }
        return all;
    }

    private static byte[] meanings(int presets) {
        byte[] meaning = new byte[256];
        boolean aws = (presets & Preset.AWS_KEYS.bit()) != 0;
        boolean tokens = (presets & Preset.TOKENS.bit()) != 0;
        boolean passwords = (presets & Preset.PASSWORDS.bit()) != 0;
        boolean privateKeys = (presets & Preset.PRIVATE_KEYS.bit()) != 0;
        meaning['='] = aws || tokens || passwords ? VALUE : NOTHING;
        meaning[':'] = meaning['='];
        meaning['-'] = meaning['='] == VALUE || privateKeys ? DASH : NOTHING;
        meaning['_'] = tokens ? UNDERSCORE : NOTHING;
        meaning['A'] = aws || tokens ? UPPER_A : NOTHING;
        meaning['J'] = tokens ? UPPER_J : NOTHING;
        meaning['b'] = tokens || passwords ? LETTER_B : NOTHING;
        meaning['B'] = meaning['b'];
        if ((presets & Preset.CARD_NUMBERS.bit()) != 0) {
            Arrays.fill(meaning, '2', '6' + 1, DIGIT);
        }
        return meaning;
    }

    /**
     * Adds a span for each thing that is found, with the preset's place as its rule.
     *
     * @param presetBits what to look for
     */
    void find(byte[] text, int begin, int end, int presetBits, Spans found) {
        bytes = text;
        from = begin;
        to = end;
        presets = presetBits;
        spans = found;
        Arrays.fill(lookedAt, begin);
        lookedAtForJsonTokens = begin;
        byte[] meaning = MEANINGS[presetBits];
        for (int at = begin; at < end; at++) {
            byte what = meaning[text[at] & 0xff];
            if (what != NOTHING) {
                look(what, at);
            }
        }
    }

    private void look(byte what, int at) {
        switch (what) {
            case VALUE -> value(at);
            case DIGIT -> span(Preset.CARD_NUMBERS, at, CardNumbers.end(bytes, from, at, to));
            case DASH -> dash(at);
            case UNDERSCORE -> underscore(at);
            case UPPER_A -> upperA(at);
            case UPPER_J -> jsonToken(at);
            default -> credentials(at);
        }
    }

    private boolean wants(Preset preset) {
        return (presets & preset.bit()) != 0;
    }

    /** Adds a span when its end is known, that is not -1. */
    private void span(Preset preset, int begin, int end) {
        if (end > begin) {
            spans.add(begin, end, preset.place());
            lookedAt[preset.place()] = Math.max(lookedAt[preset.place()], end);
        }
    }

    /** An equals sign or a colon: behind a name, or in a URL. */
    private void value(int at) {
        if (wants(Preset.PASSWORDS) && Ascii.isExactlyAt(bytes, at, to, "://")) {
            userInfo(at + 3);
            return;
        }
        int preset = SecretNames.preset(bytes, from, NamedValue.nameEnd(bytes, from, at), presets);
        if (preset == SecretNames.NONE || at < lookedAt[preset]) {
            return;
        }
        named(preset, NamedValue.begin(bytes, at, to));
    }

    /** A value of a secret's name: of what is called a token only what looks like one. */
    private void named(int preset, int begin) {
        int end;
        if (preset == Preset.TOKENS.place()) {
            int may = KnownTokens.bearerEnd(bytes, begin, to);
            end = KnownTokens.isCredential(bytes, begin, may) ? may : begin;
        } else {
            end = NamedValue.end(bytes, begin, to);
        }
        if (end > begin) {
            spans.add(begin, end, preset);
            lookedAt[preset] = end;
        }
    }

    /** The password between a colon and the last at-sign of what stands before a URL's host. */
    private void userInfo(int begin) {
        int colon = -1;
        int end = -1;
        for (int i = begin; i < to && "/?#\"'<> \\".indexOf(bytes[i]) < 0 && !Ascii.isSpace(bytes[i]); i++) {
            if (bytes[i] == ':' && colon < 0) {
                colon = i;
            } else if (bytes[i] == '@') {
                end = i;
            }
        }
        if (colon >= 0) {
            span(Preset.PASSWORDS, colon + 1, end);
        }
    }

    private void dash(int at) {
        if (wants(Preset.TOKENS) && at >= lookedAt[Preset.TOKENS.place()]) {
            knownToken(KnownTokens.atDash(bytes, from, at, to));
        }
        if (wants(Preset.PRIVATE_KEYS)
                && at >= lookedAt[Preset.PRIVATE_KEYS.place()]
                && Ascii.isExactlyAt(bytes, at, to, BEGIN_KEY)) {
            privateKey(at);
        }
        boolean option = at + 1 < to && bytes[at + 1] == '-' && (at == from || !isNamePart(bytes[at - 1]));
        if (option && (presets & (Preset.PASSWORDS.bit() | Preset.TOKENS.bit() | Preset.AWS_KEYS.bit())) != 0) {
            option(at + 2);
        }
    }

    private static boolean isNamePart(int value) {
        return Ascii.isTokenPart(value) || value == '.';
    }

    /** A name that stands behind two dashes, and its value behind a space. */
    private void option(int name) {
        int end = name;
        while (end < to && isNamePart(bytes[end])) {
            end++;
        }
        int preset = SecretNames.preset(bytes, name, end, presets);
        if (preset != SecretNames.NONE && end < to && bytes[end] == ' ' && end >= lookedAt[preset]) {
            int begin = NamedValue.begin(bytes, end, to);
            if (begin < to && bytes[begin] != '-') {
                named(preset, begin);
            }
        }
    }

    private void privateKey(int at) {
        int kind = at + BEGIN_KEY.length();
        for (int i = kind; i <= kind + MOST_KIND_BYTES; i++) {
            if (Ascii.isExactlyAt(bytes, i, to, PRIVATE_KEY)) {
                int end = i;
                while (end < to && !Ascii.isExactlyAt(bytes, end, to, END_KEY)) {
                    end++;
                }
                end = Math.min(to, end + END_KEY.length());
                while (end < to && bytes[end] != '-') {
                    end++;
                }
                while (end < to && bytes[end] == '-') {
                    end++;
                }
                span(Preset.PRIVATE_KEYS, at, end);
                return;
            }
        }
    }

    private void upperA(int at) {
        if (wants(Preset.AWS_KEYS)) {
            span(Preset.AWS_KEYS, at, KnownTokens.accessKeyId(bytes, from, at, to));
        }
        if (wants(Preset.TOKENS) && at >= lookedAt[Preset.TOKENS.place()]) {
            knownToken(KnownTokens.atA(bytes, from, at, to));
        }
    }

    private void underscore(int at) {
        if (at >= lookedAt[Preset.TOKENS.place()]) {
            knownToken(KnownTokens.atUnderscore(bytes, from, at, to));
        }
    }

    /** @param found where it begins and ends, packed */
    private void knownToken(long found) {
        if (found != KnownTokens.NONE) {
            span(Preset.TOKENS, KnownTokens.begin(found), KnownTokens.end(found));
        }
    }

    private void jsonToken(int at) {
        int begin = at - 2;
        if (begin < from
                || at < lookedAtForJsonTokens
                || !Ascii.isExactlyAt(bytes, begin, to, "eyJ")
                || !Ascii.startsWord(bytes, from, begin)) {
            return;
        }
        int end = KnownTokens.jsonTokenEnd(bytes, begin, to);
        span(Preset.TOKENS, begin, end);
        // If they make none from here, the same bytes make none from a later place on.
        lookedAtForJsonTokens = Math.max(end, KnownTokens.partEnd(bytes, begin, to));
    }

    /** Behind {@code Bearer} or {@code Basic}. */
    private void credentials(int at) {
        if (!Ascii.startsWord(bytes, from, at)) {
            return;
        }
        if (wants(Preset.TOKENS) && Ascii.isAt(bytes, at, to, "bearer ")) {
            int begin = at + "bearer ".length();
            int end = KnownTokens.bearerEnd(bytes, begin, to);
            if (KnownTokens.isBearer(bytes, begin, end)) {
                span(Preset.TOKENS, begin, end);
            }
        }
        if (wants(Preset.PASSWORDS) && Ascii.isAt(bytes, at, to, "basic ")) {
            int begin = at + "basic ".length();
            span(Preset.PASSWORDS, begin, KnownTokens.basicEnd(bytes, begin, to));
        }
    }
}
