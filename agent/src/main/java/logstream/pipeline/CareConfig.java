package logstream.pipeline;

import java.util.List;

/**
 * What is taken out of lines, and which lines are not taken.
 *
 * @param redact rules for what is taken out; at most {@link RedactionRule#MOST}
 * @param rateLimits how much containers may send: the first whose tags match holds; at most {@link RateLimit#MOST}
 */
public record CareConfig(List<RedactionRule> redact, List<RateLimit> rateLimits) {
    public static final CareConfig NONE = new CareConfig(List.of(), List.of());
}
