package logstream.forward;

import java.io.IOException;

/** An address cannot be listened on. */
public final class ListenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ListenAddress address;
    private final String advice;

    /** @param advice what to do about it, the rest of a sentence that begins with what happened */
    ListenException(ListenAddress address, String what, String advice) {
        super(what);
        this.address = address;
        this.advice = advice;
    }

    ListenException(ListenAddress address, IOException cause, String advice) {
        super(cause.getMessage(), cause);
        this.address = address;
        this.advice = advice;
    }

    /** The address as a URL. */
    public String url() {
        return address.url();
    }

    /** What to do about it. */
    public String advice() {
        return advice;
    }
}
