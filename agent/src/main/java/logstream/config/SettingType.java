package logstream.config;

import java.util.List;

/**
 * How the text of a setting becomes a value, and back.
 *
 * <p>Threading: implementations are immutable.
 */
interface SettingType<T> {
    /** What is allowed, for people: unit, range, form. Reads well after "Allowed: ". */
    String allowed();

    /**
     * The value that the file's text stands for.
     *
     * @param texts one text for a plain value, any number for a list
     * @throws WrongValueException when it is not allowed; the message is a hint beyond {@link #allowed}, or empty
     */
    T parse(List<String> texts) throws WrongValueException;

    /** The value as one would write it in the file. */
    String show(T value);

    /** Whether the file may give a list. */
    default boolean takesList() {
        return false;
    }

    /** A text that does not stand for a value of the type. */
    final class WrongValueException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongValueException(String hint) {
            super(hint);
        }

        /** What helps beyond the allowed values; may be empty. */
        String hint() {
            String message = getMessage();
            return message == null ? "" : message;
        }
    }
}
