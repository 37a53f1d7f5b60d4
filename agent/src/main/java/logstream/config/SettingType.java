package logstream.config;

/**
 * How what the file has behind a key becomes a value, and back.
 *
 * <p>Threading: implementations are immutable.
 */
sealed interface SettingType<T> permits TextType, SectionsType {
    /** What is allowed, for people: unit, range, form. Reads well after "Allowed: ". */
    String allowed();

    /** The value as one would write it in the file. */
    String show(T value);

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
