package logstream.config;

import java.util.List;
import logstream.ownlog.OwnLogConfig;

/**
 * The settings of the section {@code log}: the agent's own log.
 *
 * <p>Threading: immutable.
 */
final class OwnLogSettings {
    private static final OwnLogConfig DEFAULT = OwnLogConfig.DEFAULT;

    static final Setting<OwnLogConfig.Format> FORMAT = Setting.of(
                    "log.format",
                    Types.choice(OwnLogConfig.Format.class),
                    DEFAULT.format(),
                    "The agent's own log on standard error: lines for people, or one JSON object in each.")
            .takenOver();
    static final Setting<OwnLogConfig.Level> LEVEL = Setting.of(
                    "log.level",
                    Types.choice(OwnLogConfig.Level.class),
                    DEFAULT.level(),
                    "From which level on it is written; `debug` adds a few lines for each connection.")
            .takenOver();

    static final List<Setting<?>> ALL = List.of(FORMAT, LEVEL);

    private OwnLogSettings() {}

    static OwnLogConfig read(Binder binder) {
        return new OwnLogConfig(binder.value(FORMAT), binder.value(LEVEL));
    }
}
