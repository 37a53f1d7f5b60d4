package logstream.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
    static final Setting<String> SOURCE_ADDRESS_KEY = Setting.unset(
                    "record.source_address_key",
                    Types.text(
                            "a name of 1 to 64 letters, digits and '_.@-', other than time, tag and log",
                            "(?!(?:time|tag|log)$)[A-Za-z0-9_.@-]{1,64}"),
                    "Field that gets the sender's IP address; a sender's own field of that name gives way.")
            .takenOver();

    static final Setting<Boolean> LOSS_NOTICES = Setting.of(
            "record.loss_notices",
            Types.flag(),
            RecordConfig.DEFAULT.lossNotices(),
            "Whether records in the stream itself tell what was dropped. Turn it off for consumers that take nothing but"
                    + " container lines.");

    static final List<Setting<?>> ALL = List.of(TAGS, JOIN_PIECES, JOIN_TIMEOUT, SOURCE_ADDRESS_KEY, LOSS_NOTICES);

    private RecordSettings() {}

    static RecordConfig read(Binder binder) {
        return new RecordConfig(
                binder.value(TAGS),
                binder.value(JOIN_PIECES),
                binder.value(JOIN_TIMEOUT),
                Optional.ofNullable(binder.valueOrNull(SOURCE_ADDRESS_KEY)),
                binder.value(LOSS_NOTICES));
    }
}
