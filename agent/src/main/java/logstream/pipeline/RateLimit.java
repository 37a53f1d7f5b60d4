package logstream.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * How much each container may send under some tags.
 *
 * @param tags patterns in fluentd's syntax
 * @param lines a second; empty: any number
 * @param bytes a second, of events as they come, line and all fields; empty: any number
 * @param burst what a container has not used of this time it may send at once
 */
public record RateLimit(List<String> tags, OptionalLong lines, OptionalLong bytes, Duration burst) {
    public static final Duration DEFAULT_BURST = Duration.ofSeconds(10);

    /** More than anyone writes by hand. */
    public static final int MOST = 50;

    /** As people say it. */
    String shown() {
        String perLine = lines.isPresent() ? String.format(Locale.ROOT, "%,d lines a second", lines.getAsLong()) : "";
        String perByte = bytes.isPresent() ? String.format(Locale.ROOT, "%,d bytes a second", bytes.getAsLong()) : "";
        return perLine + (perLine.isEmpty() || perByte.isEmpty() ? "" : ", ") + perByte;
    }
}
