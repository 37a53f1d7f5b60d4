package logstream.ownlog;

/**
 * How the agent's own log is written, and what is in it.
 *
 * <p>Threading: immutable.
 */
public record OwnLogConfig(Format format, Level level) {
    public static final OwnLogConfig DEFAULT = new OwnLogConfig(Format.TEXT, Level.INFO);

    /** The form of a line. */
    public enum Format {
        /** Time, level, class, sentence with {@code key=value}; a trace follows in lines that begin with a tab. */
        TEXT,
        /** An object in a line: {@code time}, {@code level}, {@code logger}, {@code message}, {@code trace}. */
        JSON
    }

    /** From which level on a line is written. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
