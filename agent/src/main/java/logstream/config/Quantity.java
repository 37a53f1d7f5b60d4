package logstream.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.config.SettingType.WrongValueException;

/**
 * Sizes and durations: a whole number and a unit, such as {@code 16MiB} or {@code 200ms}.
 *
 * <p>Threading: stateless.
 */
public final class Quantity {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18}) ?([A-Za-z]*)");

    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "B", 1L,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "KIB", 1L << 10,
            "MIB", 1L << 20,
            "GIB", 1L << 30);

    /** Shown with the largest unit that divides the value; binary before decimal. */
    private static final List<String> SIZE_UNITS_SHOWN = List.of("GiB", "MiB", "KiB", "GB", "MB", "KB");

    private static final Map<String, Duration> DURATION_UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private static final List<String> DURATION_UNITS_SHOWN = List.of("d", "h", "m", "s");

    private Quantity() {}

    /** Bytes. Units B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (powers of 1024), in any case; none means bytes. */
    static long bytes(String text) throws WrongValueException {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            throw new WrongValueException("A size is a whole number and a unit, such as 16MiB");
        }
        String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        Long factor = unit.isEmpty() ? Long.valueOf(1) : SIZE_UNITS.get(unit);
        if (factor == null) {
            throw new WrongValueException(
                    "Units of size are B, KB, MB, GB (powers of 1000) and KiB, MiB, GiB (powers of 1024)");
        }
        return times(matcher.group(1), factor);
    }

    /** A duration. Units ms, s, m, h, d; only 0 may stand without one. */
    static Duration duration(String text) throws WrongValueException {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            throw new WrongValueException("A duration is a whole number and a unit, such as 200ms or 5s");
        }
        if (matcher.group(2).isEmpty()) {
            if (Long.parseLong(matcher.group(1)) == 0) {
                return Duration.ZERO;
            }
            throw new WrongValueException("The unit is missing: ms, s, m, h or d");
        }
        Duration unit = DURATION_UNITS.get(matcher.group(2));
        if (unit == null) {
            throw new WrongValueException("Units of time are ms, s, m (minutes), h and d");
        }
        return Duration.ofMillis(times(matcher.group(1), unit.toMillis()));
    }

    /**
     * A duration, for command lines: the same form as in the file.
     *
     * @throws IllegalArgumentException with a sentence when the text is none
     */
    public static Duration parseDuration(String text) {
        try {
            return duration(text);
        } catch (WrongValueException wrong) {
            throw new IllegalArgumentException(wrong.hint(), wrong);
        }
    }

    static String showBytes(long bytes) {
        for (String unit : SIZE_UNITS_SHOWN) {
            Long factor = SIZE_UNITS.get(unit.toUpperCase(Locale.ROOT));
            if (factor != null && bytes > 0 && bytes % factor == 0) {
                return bytes / factor + unit;
            }
        }
        return Long.toString(bytes);
    }

    /** The duration as one would write it, with the largest unit that divides it; whole milliseconds. */
    public static String showDuration(Duration duration) {
        long millis = duration.toMillis();
        for (String name : DURATION_UNITS_SHOWN) {
            Duration unit = DURATION_UNITS.get(name);
            if (unit != null && millis > 0 && millis % unit.toMillis() == 0) {
                return millis / unit.toMillis() + name;
            }
        }
        return millis == 0 ? "0s" : millis + "ms";
    }

    private static long times(String digits, long factor) throws WrongValueException {
        try {
            return Math.multiplyExact(Long.parseLong(digits), factor);
        } catch (ArithmeticException tooLarge) {
            throw new WrongValueException("That is too large");
        }
    }
}
