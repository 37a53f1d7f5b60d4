package logstream.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import logstream.pipeline.CareConfig;
import logstream.pipeline.CareConfig.Preset;
import logstream.pipeline.CareConfig.RateLimit;
import logstream.pipeline.CareConfig.RedactionRule;
import logstream.pipeline.CareConfig.What;

/**
 * The settings of the section {@code record} by which something is taken out of lines, or lines are not taken.
 *
 * <p>Threading: immutable.
 */
final class CareSettings {
    private static final List<String> ALL_TAGS = List.of("**");
    private static final String PRESETS =
            Arrays.stream(Preset.values()).map(Preset::label).collect(Collectors.joining(", "));

    static final Setting<List<RuleItem>> REDACT = Setting.of(
                    "record.redact",
                    new SectionsType<>(
                            "up to " + CareConfig.MOST_RULES + " rules, each the name of a preset (" + PRESETS
                                    + ") or a section",
                            CareConfig.MOST_RULES,
                            RuleItem.KEYS,
                            RuleItem::read),
                    List.<RuleItem>of(),
                    "Secrets that are taken out of lines before anything is kept of them.")
            .takenOver();

    static final Setting<List<LimitItem>> RATE_LIMIT = Setting.of(
                    "record.rate_limit",
                    new SectionsType<>(
                            "up to " + CareConfig.MOST_LIMITS + " sections; of those whose tags match the first holds",
                            CareConfig.MOST_LIMITS,
                            LimitItem.KEYS,
                            LimitItem::read),
                    List.<LimitItem>of(),
                    "How much each container may send; what is more is dropped, counted, acknowledged, and told in the"
                            + " stream.")
            .takenOver();

    private CareSettings() {}

    /** One item of {@code record.redact}. */
    record RuleItem(String name, Optional<String> pattern, Optional<String> replacement, List<String> tags) {
        static final Setting<String> RULE = Setting.required(
                "record.redact.rule",
                Types.text("a preset, or a name of 1 to 64 lower-case letters, digits and '_'", "[a-z0-9_]{1,64}"),
                "In each item: the preset, or what a rule of your own is called.");
        static final Setting<String> PATTERN = Setting.unset(
                "record.redact.pattern",
                new RegexType(),
                "In an item: what a rule of your own takes out, in any text of an event.");
        static final Setting<String> REPLACEMENT = Setting.unset(
                "record.redact.replacement",
                Types.text(
                        "0 to 256 characters, without control characters, '\"' and '\\'",
                        "[^\\x00-\\x1f\\x7f\"\\\\]{0,256}"),
                "In an item: what stands there instead; `[redacted:NAME]` if it does not say.");
        static final Setting<List<String>> TAGS = Setting.of(
                "record.redact.tags", Types.tagPatterns(), ALL_TAGS, "In an item: the tags that it holds for.");

        static final List<Setting<?>> KEYS = List.of(RULE, PATTERN, REPLACEMENT, TAGS);

        static RuleItem read(Binder binder) {
            return new RuleItem(
                    binder.value(RULE),
                    Optional.ofNullable(binder.valueOrNull(PATTERN)),
                    Optional.ofNullable(binder.valueOrNull(REPLACEMENT)),
                    binder.value(TAGS));
        }

        Optional<Preset> preset() {
            return Arrays.stream(Preset.values())
                    .filter(one -> one.label().equals(name))
                    .findFirst();
        }

        RedactionRule bound() {
            What what = preset().<What>map(What.Known::new).orElseGet(() -> new What.Matching(pattern.orElseThrow()));
            return new RedactionRule(name, what, replacement, tags);
        }
    }

    /** One item of {@code record.rate_limit}. */
    record LimitItem(List<String> tags, Optional<Integer> lines, Optional<Long> size, Duration burst) {
        static final Setting<List<String>> TAGS = Setting.required(
                "record.rate_limit.tags", Types.tagPatterns(), "In each item: the tags of the containers.");
        static final Setting<Integer> LINES =
                Setting.unset("record.rate_limit.lines", Types.count(1, 10_000_000), "In an item: lines a second.");
        static final Setting<Long> SIZE = Setting.unset(
                "record.rate_limit.size",
                Types.size(1 << 10, 1L << 30),
                "In an item: a second, of lines with all their fields as they come.");
        static final Setting<Duration> BURST = Setting.of(
                "record.rate_limit.burst",
                Types.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                CareConfig.DEFAULT_BURST,
                "In an item: what a container has not used of this time it may send at once.");

        static final List<Setting<?>> KEYS = List.of(TAGS, LINES, SIZE, BURST);

        static LimitItem read(Binder binder) {
            return new LimitItem(
                    binder.value(TAGS),
                    Optional.ofNullable(binder.valueOrNull(LINES)),
                    Optional.ofNullable(binder.valueOrNull(SIZE)),
                    binder.value(BURST));
        }

        RateLimit bound() {
            return new RateLimit(
                    tags,
                    lines.map(OptionalLong::of).orElse(OptionalLong.empty()),
                    size.map(OptionalLong::of).orElse(OptionalLong.empty()),
                    burst);
        }
    }

    static CareConfig read(Binder binder) {
        return new CareConfig(
                binder.value(REDACT).stream().map(RuleItem::bound).toList(),
                binder.value(RATE_LIMIT).stream().map(LimitItem::bound).toList());
    }

    /** A rule is a preset or has a pattern, and no two have the same name; a limit limits something. */
    static void findConflicts(Binder binder) {
        Set<String> names = new HashSet<>();
        List<RuleItem> rules = binder.value(REDACT);
        for (int item = 0; item < rules.size(); item++) {
            RuleItem rule = rules.get(item);
            if (!names.add(rule.name)) {
                binder.conflict(REDACT, item, "the rule '" + rule.name + "' is there twice");
            } else if (rule.preset().isPresent() && rule.pattern.isPresent()) {
                binder.conflict(
                        REDACT,
                        item,
                        "'" + rule.name + "' is a preset and has no pattern: give a rule of your own another name");
            } else if (rule.preset().isEmpty() && rule.pattern.isEmpty()) {
                binder.conflict(
                        REDACT, item, "'" + rule.name + "' is no preset, and has no pattern. Presets are " + PRESETS);
            }
        }
        List<LimitItem> limits = binder.value(RATE_LIMIT);
        for (int item = 0; item < limits.size(); item++) {
            if (limits.get(item).lines.isEmpty() && limits.get(item).size.isEmpty()) {
                binder.conflict(RATE_LIMIT, item, "the limit has neither lines nor size: it limits nothing");
            }
        }
    }
}
