package logstream.pipeline;

import java.util.List;
import java.util.Optional;

/**
 * Which events become records, and with which fields of ours.
 *
 * @param tags patterns in fluentd's syntax; an event whose tag matches none of them is counted and not shipped
 * @param sourceAddressKey name of the field that gets the sender's address; empty: no such field
 */
public record RecordConfig(List<String> tags, Optional<String> sourceAddressKey) {
    /** The original's {@code <match grid.**>}, which matches {@code grid} itself, too. */
    public static final RecordConfig DEFAULT = new RecordConfig(List.of("grid", "grid.**"), Optional.empty());

    public RecordConfig withTags(List<String> newTags) {
        return new RecordConfig(newTags, sourceAddressKey);
    }
}
