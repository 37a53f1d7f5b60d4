package logstream.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which events become records, and how.
 *
 * @param tags patterns in fluentd's syntax; an event whose tag matches none of them is counted and not shipped
 * @param joinPieces whether events with Docker's {@code partial_} fields are joined into one record
 * @param joinTimeout how long after its newest piece a line is given up on as a whole
 * @param sourceAddressKey name of the field that gets the sender's address; empty: no such field
 * @param lossNotices whether records in the stream tell what was dropped
 */
public record RecordConfig(
        List<String> tags,
        boolean joinPieces,
        Duration joinTimeout,
        Optional<String> sourceAddressKey,
        boolean lossNotices) {
    /** The original's {@code <match grid.**>}, which matches {@code grid} itself, too. */
    public static final RecordConfig DEFAULT =
            new RecordConfig(List.of("grid", "grid.**"), true, Duration.ofSeconds(10), Optional.empty(), true);

    public RecordConfig withTags(List<String> newTags) {
        return new RecordConfig(newTags, joinPieces, joinTimeout, sourceAddressKey, lossNotices);
    }
}
