package logstream.config;

import java.util.List;
import logstream.pipeline.RecordConfig;

/**
 * The settings of the section {@code record}.
 *
 * <p>Threading: immutable.
 */
final class RecordSettings {
    static final Setting<List<String>> TAGS = Setting.of(
            "record.tags",
            Types.tagPatterns(),
            RecordConfig.DEFAULT.tags(),
            "Tags to ship, in fluentd's pattern syntax; events with other tags are counted and dropped.");

    static final List<Setting<?>> ALL = List.of(TAGS);

    private RecordSettings() {}

    static RecordConfig read(Binder binder) {
        return new RecordConfig(binder.value(TAGS));
    }
}
