package logstream.buffer;

/** The buffer is closed: nothing more is appended, and what was not durable by then will not be known to be. */
public final class BufferClosedException extends Exception {
    private static final long serialVersionUID = 1L;

    public BufferClosedException() {
        super("the buffer is closed");
    }
}
