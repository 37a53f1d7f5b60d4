package logstream.deploy;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How an operation is followed. */
final class FollowOptions {
    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "60m",
            converter = Minutes.class,
            description = "Stop watching after TIME, such as 90s, 15m or 2h; AWS goes on (default: 60m).")
    private Duration timeout = Duration.ofHours(1);

    @Option(names = "--json", description = "Print events and the result as JSON, one object in a line.")
    private boolean json;

    Duration timeout() {
        return timeout;
    }

    boolean json() {
        return json;
    }

    private static final class Minutes implements ITypeConverter<Duration> {
        private static final long MOST_HOURS = 24;

        @Override
        public Duration convert(String text) {
            if (!text.matches("\\d{1,6}[smh]")) {
                throw new TypeConversionException("'" + text + "' is no time such as 90s, 15m or 2h");
            }
            Duration time = Duration.parse("PT" + text);
            if (time.isZero() || time.compareTo(Duration.ofHours(MOST_HOURS)) > 0) {
                throw new TypeConversionException("'" + text + "' is not between 1s and 24h");
            }
            return time;
        }
    }
}
