package logstream.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting of the configuration file: what binding, error messages and the README's table are made from.
 *
 * <p>Threading: immutable.
 *
 * @param key path in the file, sections joined by dots
 * @param type how its text is read, and what is allowed
 * @param presence whether the file must give it
 * @param defaultValue what holds when the file does not give it; null when that means "not set"
 * @param sentence what it does, in one sentence
 * @param reloadable whether another value can be taken over while the agent runs
 */
record Setting<T>(
        String key,
        SettingType<T> type,
        Presence presence,
        @Nullable T defaultValue,
        String sentence,
        boolean reloadable) {
    /** Whether the file must give a setting. */
    enum Presence {
        REQUIRED,
        OPTIONAL
    }

    /** A setting that has a default. */
    static <T> Setting<T> of(String key, SettingType<T> type, T defaultValue, String sentence) {
        return new Setting<>(key, type, Presence.OPTIONAL, defaultValue, sentence, false);
    }

    /** A setting that may stay unset. */
    static <T> Setting<T> unset(String key, SettingType<T> type, String sentence) {
        return new Setting<>(key, type, Presence.OPTIONAL, null, sentence, false);
    }

    /** A setting without which nothing starts. */
    static <T> Setting<T> required(String key, SettingType<T> type, String sentence) {
        return new Setting<>(key, type, Presence.REQUIRED, null, sentence, false);
    }

    /** The same, taken over by a running agent. */
    Setting<T> takenOver() {
        return new Setting<>(key, type, presence, defaultValue, sentence, true);
    }

    /** The default as one would write it in the file; empty when there is none. */
    String defaultText() {
        return defaultValue == null ? "" : type.show(defaultValue);
    }

    /** The path of the section that the setting is in; empty at the top. */
    String section() {
        return key.substring(0, Math.max(0, key.lastIndexOf('.')));
    }

    /** The last part of the path. */
    String name() {
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
