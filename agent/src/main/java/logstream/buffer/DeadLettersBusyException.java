package logstream.buffer;

/** Dead letters are being replayed or purged: one does so at a time. */
public final class DeadLettersBusyException extends Exception {
    private static final long serialVersionUID = 1L;

    DeadLettersBusyException() {
        super("dead letters are being replayed or purged already; try again when that is done");
    }
}
