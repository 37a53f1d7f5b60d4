package logstream.config;

import java.time.Duration;
import java.util.List;
import logstream.pipeline.RecordConfig;
import logstream.pipeline.RecordConfig.TimePrecision;

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
                    "Tags to ship, in fluentd's pattern syntax; events with other tags are counted and dropped.")
            .takenOver();

    static final Setting<Boolean> JOIN_PIECES = Setting.of(
                    "record.join_pieces",
                    Types.flag(),
                    RecordConfig.DEFAULT.joinPieces(),
                    "Whether the 16 KiB pieces into which Docker cuts long lines become one record again; otherwise each is a"
                            + " record with Docker's fields.")
            .takenOver();
    static final Setting<Duration> JOIN_TIMEOUT = Setting.of(
                    "record.join_timeout",
                    Types.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
                    RecordConfig.DEFAULT.joinTimeout(),
                    "How long after its newest piece a line whose end does not come is sent without it.")
            .takenOver();
    static final Setting<TimePrecision> TIME_PRECISION = Setting.of(
                    "record.time_precision",
                    Types.choice(TimePrecision.class),
                    RecordConfig.DEFAULT.timePrecision(),
                    "How finely `time` is told; Docker sends parts of a second with its fluentd-sub-second-precision only.")
            .takenOver();
    static final Setting<Boolean> LIFT_JSON = Setting.of(
                    "record.lift_json",
                    Types.flag(),
                    RecordConfig.DEFAULT.liftJson(),
                    "Whether a line that is a JSON object gives its members to the record, as fields instead of `log`; those"
                            + " with names that the record has give way.")
            .takenOver();

    static final Setting<Boolean> LOSS_NOTICES = Setting.of(
            "record.loss_notices",
            Types.flag(),
            RecordConfig.DEFAULT.lossNotices(),
            "Whether records in the stream itself tell what was dropped. Turn it off for consumers that take nothing but"
                    + " container lines.");

    static final List<Setting<?>> ALL = List.of(
            TAGS,
            JOIN_PIECES,
            JOIN_TIMEOUT,
            AddedFieldSettings.FIELDS,
            AddedFieldSettings.HOST_KEY,
            AddedFieldSettings.INSTANCE_ID_KEY,
            AddedFieldSettings.REGION_KEY,
            AddedFieldSettings.SOURCE_ADDRESS_KEY,
            TIME_PRECISION,
            LIFT_JSON,
            MultilineSettings.MULTILINE,
            CareSettings.REDACT,
            CareSettings.RATE_LIMIT,
            LOSS_NOTICES);

    private RecordSettings() {}

    static RecordConfig read(Binder binder) {
        return new RecordConfig(
                binder.value(TAGS),
                binder.value(JOIN_PIECES),
                binder.value(JOIN_TIMEOUT),
                binder.value(LOSS_NOTICES),
                AddedFieldSettings.read(binder),
                binder.value(TIME_PRECISION),
                binder.value(LIFT_JSON),
                MultilineSettings.read(binder),
                CareSettings.read(binder));
    }
}
