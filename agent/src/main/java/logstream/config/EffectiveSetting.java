package logstream.config;

import java.util.Optional;

/**
 * A setting as it holds now. Nothing in it is secret.
 *
 * <p>Threading: immutable.
 *
 * @param key path in the file, sections joined by dots, items of lists counted from 0 in brackets
 * @param value as one would write it in the file, folders and files absolute, secrets masked; empty: not set
 * @param origin where the value is from
 * @param reloadable whether another value can be taken over while the agent runs
 */
public record EffectiveSetting(String key, Optional<String> value, Origin origin, boolean reloadable) {}
