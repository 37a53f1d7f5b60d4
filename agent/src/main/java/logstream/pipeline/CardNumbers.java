package logstream.pipeline;

/**
 * Numbers of payment cards: 13 to 19 digits with a right check digit (Luhn, ISO/IEC 7812-1), of a length and beginning that
 * one of the large card networks gives out; whole, or in groups of three to six digits with one space or hyphen between.
 *
 * <p>Threading: stateless.
 */
final class CardNumbers {
    private static final int LEAST_DIGITS = 13;
    private static final int MOST_DIGITS = 19;

    /** Digits that tell who gave out a card, as far as it is looked at. */
    private static final int ISSUER_DIGITS = 4;

    private CardNumbers() {}

    /**
     * Where the longest number ends that begins with the digit at a place; -1 when none does.
     *
     * @param from where the text begins
     * @param to where it ends
     */
    static int end(byte[] bytes, int from, int at, int to) {
        if (bytes[at] < '2' || bytes[at] > '6' || !mayBegin(bytes, from, at)) {
            return -1;
        }
        int found = -1;
        int digits = 0;
        int group = 0;
        int separator = 0;
        int issuer = 0;
        // What is doubled depends on how many digits there are: those at even places, or those at odd ones.
        int sumOfEvenLength = 0;
        int sumOfOddLength = 0;
        for (int i = at; i < to && digits < MOST_DIGITS; i++) {
            if (Ascii.isDigit(bytes[i])) {
                int digit = bytes[i] - '0';
                int doubled = digit < 5 ? 2 * digit : 2 * digit - 9;
                boolean even = digits % 2 == 0;
                sumOfEvenLength += even ? doubled : digit;
                sumOfOddLength += even ? digit : doubled;
                issuer = digits < ISSUER_DIGITS ? 10 * issuer + digit : issuer;
                digits++;
                group++;
                int sum = digits % 2 == 0 ? sumOfEvenLength : sumOfOddLength;
                boolean ends = i + 1 == to || !Ascii.isAlphanumeric(bytes[i + 1]);
                if (ends && sum % 10 == 0 && (separator == 0 || isGroup(group)) && isGivenOut(issuer, digits)) {
                    found = i + 1;
                }
            } else if ((bytes[i] == ' ' || bytes[i] == '-')
                    && isGroup(group)
                    && (separator == 0 || separator == bytes[i])) {
                separator = bytes[i];
                group = 0;
            } else {
                break;
            }
        }
        return found;
    }

    /** Not inside a word, and no digits behind a decimal point. */
    private static boolean mayBegin(byte[] bytes, int from, int at) {
        return Ascii.startsWord(bytes, from, at)
                && !(at - from >= 2 && bytes[at - 1] == '.' && Ascii.isDigit(bytes[at - 2]));
    }

    private static boolean isGroup(int digits) {
        return digits >= 3 && digits <= 6;
    }

    /**
     * Whether there are such cards, as the networks publish it.
     *
     * @param issuer the first four digits
     */
    private static boolean isGivenOut(int issuer, int digits) {
        if (digits < LEAST_DIGITS) {
            return false;
        }
        int two = issuer / 100;
        if (issuer / 1000 == 4) {
            return digits == 13 || digits == 16 || digits == 19;
        }
        if ((two >= 51 && two <= 55) || (issuer >= 2221 && issuer <= 2720)) {
            return digits == 16;
        }
        if (two == 34 || two == 37) {
            return digits == 15;
        }
        if (two == 30 || two == 36 || two == 38 || two == 39) {
            return digits >= 14;
        }
        boolean maestro = two == 50 || (two >= 56 && two <= 58) || (two >= 60 && two <= 69);
        boolean jcbOrMir = (issuer >= 3528 && issuer <= 3589) || (issuer >= 2200 && issuer <= 2204);
        return maestro || (jcbOrMir && digits >= 16);
    }
}
