package logstream.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import logstream.pipeline.MultilineRule;
import logstream.pipeline.MultilineRule.Preset;

/**
 * The settings of the section {@code record} that say which lines become one record.
 *
 * <p>Threading: immutable.
 */
final class MultilineSettings {
    /** Our choice: each is tried on each new tag. */
    private static final int MOST_RULES = 100;

    static final Setting<List<Item>> MULTILINE = Setting.of(
                    "record.multiline",
                    new SectionsType<>("up to " + MOST_RULES + " sections", MOST_RULES, Item.KEYS, Item::read),
                    List.of(),
                    "Which lines become one record, such as those of a stack trace; for a tag the first item with it holds.")
            .takenOver();

    private MultilineSettings() {}

    /** One item of the list, as it stands there. */
    record Item(List<String> tags, Optional<Preset> preset, Optional<String> start, Duration timeout) {
        static final Setting<List<String>> TAGS = Setting.<List<String>>required(
                        "record.multiline.tags", Types.tagPatterns(), "In each item: the tags that it is for.")
                .takenOver();
        static final Setting<Preset> PRESET = Setting.unset(
                        "record.multiline.preset",
                        Types.choice(Preset.class),
                        "In an item: what goes on with the line before, stack traces of a language or whatever is indented.")
                .takenOver();
        static final Setting<String> START = Setting.unset(
                        "record.multiline.start",
                        new RegexType(),
                        "In an item, instead: what the first line of a record begins with; all other lines go on with the one"
                                + " before.")
                .takenOver();
        static final Setting<Duration> TIMEOUT = Setting.of(
                        "record.multiline.timeout",
                        Types.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                        MultilineRule.DEFAULT_TIMEOUT,
                        "In an item: how long the next line is waited for; every record comes so much later while its container"
                                + " is silent.")
                .takenOver();

        static final List<Setting<?>> KEYS = List.of(TAGS, PRESET, START, TIMEOUT);

        static Item read(Binder binder) {
            return new Item(
                    binder.value(TAGS),
                    Optional.ofNullable(binder.valueOrNull(PRESET)),
                    Optional.ofNullable(binder.valueOrNull(START)),
                    binder.value(TIMEOUT));
        }

        MultilineRule rule() {
            MultilineRule.Grammar grammar =
                    preset.isPresent() ? preset.get() : new MultilineRule.Start(start.orElseThrow());
            return new MultilineRule(tags, grammar, timeout);
        }
    }

    static List<MultilineRule> read(Binder binder) {
        return binder.value(MULTILINE).stream().map(Item::rule).toList();
    }

    /** Each item says in one way what belongs together; and a record is not cut while its lines are waited for. */
    static void findConflicts(Binder binder) {
        List<Item> items = binder.value(MULTILINE);
        Duration joined = binder.value(RecordSettings.JOIN_TIMEOUT);
        for (int at = 0; at < items.size(); at++) {
            Item item = items.get(at);
            if (item.preset.isPresent() == item.start.isPresent()) {
                binder.conflict(
                        MULTILINE,
                        at,
                        "an item of " + MULTILINE.key() + " must have either preset or start; this one has "
                                + (item.preset.isPresent() ? "both" : "neither"));
            }
            if (item.timeout.multipliedBy(2).compareTo(joined) > 0) {
                binder.conflict(
                        MULTILINE,
                        at,
                        "the timeout of this item, " + Quantity.showDuration(item.timeout)
                                + ", must be at most half of " + RecordSettings.JOIN_TIMEOUT.key() + ", which is "
                                + Quantity.showDuration(joined));
            }
        }
    }
}
