package logstream.pipeline;

import java.util.List;

/**
 * Which events become records.
 *
 * @param tags patterns in fluentd's syntax; an event whose tag matches none of them is counted and not shipped
 */
public record RecordConfig(List<String> tags) {
    /** The original's {@code <match grid.**>}, which matches {@code grid} itself, too. */
    public static final RecordConfig DEFAULT = new RecordConfig(List.of("grid", "grid.**"));
}
