package logstream.forward;

import java.io.IOException;

/** An address cannot be listened on. */
public final class ListenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ListenAddress address;
    private final boolean taken;

    /** @param taken whether somebody else listens there */
    ListenException(ListenAddress address, boolean taken, IOException cause) {
        super(cause.getMessage(), cause);
        this.address = address;
        this.taken = taken;
    }

    /** The address as a URL. */
    public String url() {
        return address.url();
    }

    /** Whether somebody else listens there. */
    public boolean isTaken() {
        return taken;
    }
}
