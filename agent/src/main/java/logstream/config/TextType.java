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

    /** Whether the text must not be repeated in messages. */
    default boolean isSecret() {
        return false;
    }
}
