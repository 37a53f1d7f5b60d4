package logstream.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import logstream.AgentConfig;

/**
 * Every setting there is: the one table that binding, error messages and the README's table are made from. Defaults come
 * from the records that the settings end up in.
 *
 * <p>Threading: immutable.
 */
public final class Settings {
    static final Setting<Duration> SHUTDOWN_GRACE = Setting.of(
            "shutdown.grace",
            Types.duration(Duration.ZERO, Duration.ofHours(1)),
            AgentConfig.DEFAULT_SHUTDOWN_GRACE,
            "How long, after SIGTERM, what is buffered is still sent; the rest stays in the buffer.");

    static final List<Setting<?>> ALL = Stream.of(
                    ForwardSettings.ALL,
                    TransportSettings.ALL,
                    SecuritySettings.ALL,
                    RecordSettings.ALL,
                    BufferSettings.ALL,
                    KinesisSettings.ALL,
                    MonitorSettings.ALL,
                    List.<Setting<?>>of(SHUTDOWN_GRACE))
            .flatMap(List::stream)
            .toList();

    private Settings() {}

    /** The configuration that a file stands for, when nothing is wrong with it. */
    static AgentConfig read(Binder binder, Path file) {
        return new AgentConfig(
                ForwardSettings.read(binder, file),
                RecordSettings.read(binder),
                BufferSettings.read(binder, file),
                KinesisSettings.read(binder, file),
                MonitorSettings.read(binder, file),
                binder.value(SHUTDOWN_GRACE));
    }

    /** The README's table of settings, in Markdown, ending in a line feed. */
    public static String markdown() {
        return ALL.stream()
                .flatMap(Settings::withKeysOfItems)
                .map(Settings::row)
                .collect(Collectors.joining(
                        "", "| Setting | Default | Allowed | What it does |\n| --- | --- | --- | --- |\n", ""));
    }

    private static Stream<Setting<?>> withKeysOfItems(Setting<?> setting) {
        return setting.type() instanceof SectionsType<?> sections
                ? Stream.concat(Stream.of(setting), sections.keys().stream())
                : Stream.of(setting);
    }

    private static String row(Setting<?> setting) {
        String defaultText = switch (setting.presence()) {
            case REQUIRED -> "*required*";
            case OPTIONAL -> setting.defaultText().isEmpty() ? "not set" : "`" + setting.defaultText() + "`";
        };
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %s |\n",
                setting.key(),
                defaultText,
                markdownText(setting.type().allowed()),
                setting.sentence());
    }

    /** Stars and underscores of patterns are no emphasis. */
    private static String markdownText(String text) {
        return text.replace("*", "\\*").replace("_", "\\_").replace("|", "\\|");
    }
}
