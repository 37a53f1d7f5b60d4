package logstream.deploy.stacks;

/** A call to AWS that did not succeed, after all attempts that made sense. The message is a sentence for the user. */
public final class CallFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, as far as it decides what comes next. */
    public enum Kind {
        /** There is no stack of this name. */
        NO_STACK,
        /** There is a stack of this name already. */
        NAME_TAKEN,
        /** The credentials are good, but do not allow the call. */
        NO_PERMISSION,
        /** There are no credentials, or AWS does not know them (any more). */
        NO_CREDENTIALS,
        /** Nothing says which region. */
        NO_REGION,
        /** AWS answered all attempts with "too many calls" or with an error of its own. */
        BUSY,
        /** No answer at all. */
        UNREACHABLE,
        /** The user ended the waiting between two attempts. */
        LEFT,
        /** Anything else that AWS says no to. */
        REFUSED
    }

    private final Kind kind;

    public CallFailure(Kind kind, String sentence, Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
    }

    public CallFailure(Kind kind, String sentence) {
        super(sentence);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
