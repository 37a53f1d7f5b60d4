package logstream.pipeline;

import java.time.Duration;
import java.util.List;

/**
 * Which events become records, and how.
 *
 * @param tags patterns in fluentd's syntax; an event whose tag matches none of them is counted and not shipped
 * @param joinPieces whether events with Docker's {@code partial_} fields are joined into one record
 * @param joinTimeout how long after its newest piece a line is given up on as a whole
 * @param lossNotices whether records in the stream tell what was dropped
 * @param added fields that the agent adds
 * @param timePrecision digits of {@code time}
 * @param liftJson whether the members of a line that is a JSON object become fields
 * @param multiline which lines become one record; the first rule for a tag holds
 * @param care what is taken out of lines, and which are not taken
 */
public record RecordConfig(
        List<String> tags,
        boolean joinPieces,
        Duration joinTimeout,
        boolean lossNotices,
        AddedFieldsConfig added,
        TimePrecision timePrecision,
        boolean liftJson,
        List<MultilineRule> multiline,
        CareConfig care) {
    /** The original's {@code <match grid.**>}, which matches {@code grid} itself, too. */
    public static final RecordConfig DEFAULT = new RecordConfig(
            List.of("grid", "grid.**"),
            true,
            Duration.ofSeconds(10),
            true,
            AddedFieldsConfig.NONE,
            TimePrecision.SECONDS,
            false,
            List.of(),
            CareConfig.NONE);

    /** To what part of a second {@code time} tells when a line was read. What is finer is cut off. */
    public enum TimePrecision {
        SECONDS(0),
        MILLISECONDS(3),
        MICROSECONDS(6),
        NANOSECONDS(9);

        private final int digits;

        TimePrecision(int digits) {
            this.digits = digits;
        }

        /** Behind the decimal point. */
        int digits() {
            return digits;
        }
    }

    public RecordConfig withTags(List<String> newTags) {
        return new RecordConfig(
                newTags, joinPieces, joinTimeout, lossNotices, added, timePrecision, liftJson, multiline, care);
    }

    public RecordConfig withJoinPieces(boolean join) {
        return new RecordConfig(tags, join, joinTimeout, lossNotices, added, timePrecision, liftJson, multiline, care);
    }

    public RecordConfig withAdded(AddedFieldsConfig newAdded) {
        return new RecordConfig(
                tags, joinPieces, joinTimeout, lossNotices, newAdded, timePrecision, liftJson, multiline, care);
    }

    public RecordConfig withLiftJson(boolean lift) {
        return new RecordConfig(
                tags, joinPieces, joinTimeout, lossNotices, added, timePrecision, lift, multiline, care);
    }

    public RecordConfig withTimePrecision(TimePrecision precision) {
        return new RecordConfig(
                tags, joinPieces, joinTimeout, lossNotices, added, precision, liftJson, multiline, care);
    }

    public RecordConfig withCare(CareConfig newCare) {
        return new RecordConfig(
                tags, joinPieces, joinTimeout, lossNotices, added, timePrecision, liftJson, multiline, newCare);
    }

    public RecordConfig withMultiline(List<MultilineRule> rules) {
        return new RecordConfig(
                tags, joinPieces, joinTimeout, lossNotices, added, timePrecision, liftJson, rules, care);
    }
}
