package logstream.config;

import java.util.List;
import logstream.config.SettingType.WrongValueException;

/**
 * The type of a setting that is one plain text, or a list of them.
 *
 * <p>Threading: implementations are immutable.
 */
non-sealed interface TextType<T> extends SettingType<T> {
    /**
     * The value that the file's text stands for.
     *
     * @param texts one text for a plain value, any number for a list
     * @throws WrongValueException when it is not allowed; the message is a hint beyond {@link #allowed}, or empty
     */
    T parse(List<String> texts) throws WrongValueException;

    /** Whether the file may give a list. */
    default boolean takesList() {
        return false;
    }

    /** What one text looks like to an editor. */
    default Shape shape() {
        return Shape.Text.ANY;
    }

    /** The files outside of the configuration that the texts name as holding a secret. */
    default List<String> secretFiles(List<String> texts) {
        return List.of();
    }

    /** The value as it may be shown to anybody. */
    default String masked(T value) {
        return isSecret() ? "(secret)" : show(value);
    }

    /** Whether the text must not be repeated in messages. */
    default boolean isSecret() {
        return false;
    }
}
