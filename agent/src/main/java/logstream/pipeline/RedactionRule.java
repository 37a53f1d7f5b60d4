package logstream.pipeline;

import java.util.List;
import java.util.Optional;

/**
 * What is taken out of lines before anything is kept of them.
 *
 * @param name of the preset, or of the operator's own rule; no two have the same
 * @param what a preset, or what the operator describes
 * @param replacement what stands in its place; empty: {@code [redacted:NAME]}
 * @param tags patterns in fluentd's syntax: events with other tags are left as they are
 */
public record RedactionRule(String name, What what, Optional<String> replacement, List<String> tags) {
    /** More rules than anyone writes by hand; one bit of a long for each. */
    public static final int MOST = 50;

    /** What a rule finds. */
    public sealed interface What {
        /** Secrets of a known form. */
        record Known(Preset preset) implements What {}

        /** What a regular expression of Java's matches. */
        record Matching(String pattern) implements What {}
    }

    /** A preset as it is, for all tags. */
    public static RedactionRule of(Preset preset) {
        return new RedactionRule(preset.label(), new What.Known(preset), Optional.empty(), List.of("**"));
    }

    /** What stands in the place of what was found. */
    String shown() {
        return replacement.orElse("[redacted:" + name + "]");
    }
}
