package logstream.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import logstream.config.Quantity;
import logstream.kinesis.StartAt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads where {@code tail} is to begin: trim-horizon, latest, a moment, or how long ago. */
final class StartOption implements ITypeConverter<StartAt> {
    private final InstantSource clock;

    StartOption() {
        this(InstantSource.system());
    }

    StartOption(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public StartAt convert(String text) {
        return switch (text) {
            case "trim-horizon" -> new StartAt.TrimHorizon();
            case "latest" -> new StartAt.Latest();
            default -> {
                Instant now = clock.instant();
                Instant moment = text.contains("T") ? moment(text) : ago(text, now);
                if (moment.isAfter(now)) {
                    throw new TypeConversionException("'" + text + "' has not come yet");
                }
                yield new StartAt.Time(moment);
            }
        };
    }

    private static Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException wrong) {
            throw wrong(text);
        }
    }

    private static Instant ago(String text, Instant now) {
        try {
            return now.minus(Quantity.parseDuration(text.replaceFirst(" ago$", "")));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException wrong) {
            throw wrong(text);
        }
    }

    private static TypeConversionException wrong(String text) {
        return new TypeConversionException("'" + text
                + "' is not trim-horizon, latest, a moment such as 2026-01-31T09:30:00Z, or a duration such as 5m");
    }
}
