package logstream.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is taken out of lines, and which lines are not taken.
 *
 * @param redact rules for what is taken out; at most {@link #MOST_RULES}
 * @param rateLimits how much containers may send: the first whose tags match holds; at most {@link #MOST_LIMITS}
 */
public record CareConfig(List<RedactionRule> redact, List<RateLimit> rateLimits) {
    public static final CareConfig NONE = new CareConfig(List.of(), List.of());

    /** More than anyone writes by hand; there is one bit of a long for each. */
    public static final int MOST_RULES = 50;

    /** More than anyone writes by hand. */
    public static final int MOST_LIMITS = 50;

    public static final Duration DEFAULT_BURST = Duration.ofSeconds(10);

    /** The kinds of secrets that the agent knows; {@link SecretScan} says what they look like. */
    public enum Preset {
        AWS_KEYS(0),
        TOKENS(1),
        CARD_NUMBERS(2),
        PASSWORDS(3),
        PRIVATE_KEYS(4);

        private final int place;

        Preset(int place) {
            this.place = place;
        }

        /** As it is called in the configuration and on the metrics page. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Its place among the rules, from 0 on. */
        int place() {
            return place;
        }

        /** Its bit in a set of presets. */
        int bit() {
            return 1 << place;
        }
    }

    /** What a rule finds. */
    public sealed interface What {
        /** Secrets of a known form. */
        record Known(Preset preset) implements What {}

        /** What a regular expression of Java's matches. */
        record Matching(String pattern) implements What {}
    }

    /**
     * What is taken out of lines before anything is kept of them.
     *
     * @param name of the preset, or of the operator's own rule; no two have the same
     * @param what a preset, or what the operator describes
     * @param replacement what stands in its place; empty: {@code [redacted:NAME]}
     * @param tags patterns in fluentd's syntax: events with other tags are left as they are
     */
    public record RedactionRule(String name, What what, Optional<String> replacement, List<String> tags) {
        /** A preset as it is, for all tags. */
        public static RedactionRule of(Preset preset) {
            return new RedactionRule(preset.label(), new What.Known(preset), Optional.empty(), List.of("**"));
        }

        /** What stands in the place of what was found. */
        String shown() {
            return replacement.orElse("[redacted:" + name + "]");
        }
    }

    /**
     * How much each container may send under some tags.
     *
     * @param tags patterns in fluentd's syntax
     * @param lines a second; empty: any number
     * @param bytes a second, of events as they come, line and all fields; empty: any number
     * @param burst what a container has not used of this time it may send at once
     */
    public record RateLimit(List<String> tags, OptionalLong lines, OptionalLong bytes, Duration burst) {
        /** As people say it. */
        String shown() {
            String perLine = lines.isPresent() ? String.format(Locale.ROOT, "%,d lines/s", lines.getAsLong()) : "";
            String perByte = bytes.isPresent() ? String.format(Locale.ROOT, "%,d bytes/s", bytes.getAsLong()) : "";
            return perLine + (perLine.isEmpty() || perByte.isEmpty() ? "" : ", ") + perByte;
        }
    }
}
