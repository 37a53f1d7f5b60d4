package logstream.migration;

/** The import cannot go on; the message is a sentence for the operator. */
public final class ImportStoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    ImportStoppedException(String sentence) {
        super(sentence);
    }

    ImportStoppedException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
