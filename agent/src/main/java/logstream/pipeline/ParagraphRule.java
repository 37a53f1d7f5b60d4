package logstream.pipeline;

import java.util.List;
import java.util.Optional;

/**
 * A {@link MultilineRule}, ready for use.
 *
 * <p>Threading: immutable.
 */
record ParagraphRule(TagPatterns tags, LineGrammar grammar, long timeoutNanos) {
    /** A paragraph is open for so many time-outs at most, however its lines come. Our choice. */
    private static final int MOST_TIMEOUTS = 10;

    /**
     * In the same order.
     *
     * @throws IllegalArgumentException with a sentence naming the first pattern or expression that is none
     */
    static List<ParagraphRule> of(List<MultilineRule> rules) {
        return rules.stream()
                .map(rule -> new ParagraphRule(
                        TagPatterns.of(rule.tags()),
                        LineGrammar.of(rule.grammar()),
                        rule.timeout().toNanos()))
                .toList();
    }

    /** The first of them for lines with a tag. */
    static Optional<ParagraphRule> first(List<ParagraphRule> rules, String tag) {
        return rules.stream().filter(rule -> rule.tags.match(tag)).findFirst();
    }

    long longestNanos() {
        return MOST_TIMEOUTS * timeoutNanos;
    }
}
