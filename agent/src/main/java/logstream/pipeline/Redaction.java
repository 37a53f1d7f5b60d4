package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import logstream.pipeline.CareConfig.Preset;
import logstream.pipeline.CareConfig.RedactionRule;
import logstream.pipeline.CareConfig.What;

/**
 * The rules of {@code record.redact}, ready for use. Rules are told by their place: those of the presets first, each at that
 * of its preset, behind them the operator's own in their order.
 *
 * <p>Threading: immutable; shared by all connections.
 */
final class Redaction {
    /** There are no rules. */
    static final Redaction NONE = new Redaction(List.of());

    private static final int PRESETS = Preset.values().length;

    private final List<Rule> rules;

    /**
     * A rule.
     *
     * @param pattern of the operator's own; empty for a preset
     */
    record Rule(int place, String name, Optional<Pattern> pattern, byte[] replacement, TagPatterns tags) {}

    private Redaction(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Rules as the configuration has them.
     *
     * @throws IllegalArgumentException with a sentence naming the first tag pattern or expression that is none
     */
    static Redaction of(List<RedactionRule> configured) {
        List<Rule> rules = new ArrayList<>();
        int own = PRESETS;
        for (RedactionRule rule : configured) {
            int place;
            Optional<Pattern> pattern;
            switch (rule.what()) {
                case What.Known known -> {
                    place = known.preset().place();
                    pattern = Optional.empty();
                }
                case What.Matching matching -> {
                    place = own++;
                    pattern = Optional.of(compile(matching.pattern()));
                }
            }
            byte[] replacement = rule.shown().getBytes(StandardCharsets.UTF_8);
            rules.add(new Rule(place, rule.name(), pattern, replacement, TagPatterns.of(rule.tags())));
        }
        return rules.isEmpty() ? NONE : new Redaction(rules);
    }

    private static Pattern compile(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "\"" + pattern + "\" is no regular expression: " + e.getDescription(), e);
        }
    }

    List<Rule> rules() {
        return rules;
    }

    /** The rules for events with a tag: one bit for each, at its place; 0 when there are none. */
    long active(String tag) {
        long active = 0;
        for (Rule rule : rules) {
            if (rule.tags.match(tag)) {
                active |= 1L << rule.place;
            }
        }
        return active;
    }
}
