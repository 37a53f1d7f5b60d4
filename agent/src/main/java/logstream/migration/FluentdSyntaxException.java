package logstream.migration;

/** A text that is no fluentd configuration: nothing behind the place can be judged. */
public final class FluentdSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    FluentdSyntaxException(int line, String sentence) {
        super("line " + line + ": " + sentence);
    }
}
