package logstream.config;

import java.util.List;

/**
 * What a text of a setting looks like to an editor: as much of {@link SettingType#allowed} as a JSON Schema can say. It never
 * forbids what the type allows.
 *
 * <p>Threading: immutable.
 */
sealed interface Shape {
    /** A whole number. */
    record Count(long least, long most) implements Shape {}

    /** true or false. */
    record Flag() implements Shape {}

    /** One of these words. */
    record Choice(List<String> words) implements Shape {}

    /** A text, or a number taken as one; the whole of it matches the pattern, which Java and ECMAScript read alike. */
    record Text(String pattern) implements Shape {
        static final Text ANY = new Text("[\\s\\S]*");
    }
}
