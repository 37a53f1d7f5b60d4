package logstream.control;

/** The agent does not do what it was told; the message is a sentence for whoever asked. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedException(String sentence) {
        super(sentence);
    }
}
