package logstream.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
                    "How long, after SIGTERM, what is buffered is still sent; the rest stays in the buffer.")
            .takenOver();
    static final Setting<Duration> RELOAD_INTERVAL = Setting.of(
                    "reload.interval",
                    Types.duration(Duration.ZERO, Duration.ofHours(1)),
                    AgentConfig.DEFAULT_RELOAD_INTERVAL,
                    "How often this file is looked at and, when it has changed, loaded; 0: only on SIGHUP.")
            .takenOver();

    static final List<Setting<?>> ALL = Stream.of(
                    ForwardSettings.ALL,
                    TransportSettings.ALL,
                    SecuritySettings.ALL,
                    RecordSettings.ALL,
                    BufferSettings.ALL,
                    KinesisSettings.ALL,
                    MonitorSettings.ALL,
                    OwnLogSettings.ALL,
                    List.<Setting<?>>of(SHUTDOWN_GRACE, RELOAD_INTERVAL))
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
                OwnLogSettings.read(binder),
                binder.value(SHUTDOWN_GRACE),
                binder.value(RELOAD_INTERVAL));
    }

    /** Every setting as it holds, each item of a list by itself. */
    static List<EffectiveSetting> effective(Binder binder, Path file) {
        return ALL.stream()
                .flatMap(setting -> effective(binder, setting, setting.key(), file))
                .toList();
    }

    private static Stream<EffectiveSetting> effective(Binder binder, Setting<?> setting, String key, Path file) {
        List<Binder> items = binder.items(setting);
        if (!(setting.type() instanceof SectionsType<?> sections) || items.isEmpty()) {
            return Stream.of(new EffectiveSetting(
                    key, shown(binder, setting, file), binder.origin(setting), setting.reloadable()));
        }
        return IntStream.range(0, items.size())
                .boxed()
                .flatMap(at -> sections.keys().stream()
                        .flatMap(inner -> effective(items.get(at), inner, key + "[" + at + "]." + inner.name(), file)));
    }

    private static <T> Optional<String> shown(Binder binder, Setting<T> setting, Path file) {
        T value = binder.valueOrNull(setting);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Path path) {
            return Optional.of(
                    file.toAbsolutePath().resolveSibling(path).normalize().toString());
        }
        return Optional.of(
                switch (setting.type()) {
                    case TextType<T> type -> type.masked(value);
                    case SectionsType<?> _ -> setting.type().show(value);
                });
    }

    /** The value of each setting, by its key; empty for one that is not set. */
    static Map<String, Optional<Object>> values(Binder binder) {
        return ALL.stream()
                .collect(Collectors.toMap(
                        setting -> setting.key(), setting -> Optional.ofNullable(binder.valueOrNull(setting))));
    }

    /** The README's table of settings, in Markdown, ending in a line feed. */
    public static String markdown() {
        return ALL.stream()
                .flatMap(Settings::withKeysOfItems)
                .map(Settings::row)
                .collect(Collectors.joining(
                        "",
                        "| Setting | Default | Allowed | What it does | Reload |\n| --- | --- | --- | --- | --- |\n",
                        ""));
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
                "| `%s` | %s | %s | %s | %s |\n",
                setting.key(),
                defaultText,
                markdownText(setting.type().allowed()),
                setting.sentence(),
                setting.reloadable() ? "yes" : "");
    }

    /** Stars and underscores of patterns are no emphasis. */
    private static String markdownText(String text) {
        return text.replace("*", "\\*").replace("_", "\\_").replace("|", "\\|");
    }
}
