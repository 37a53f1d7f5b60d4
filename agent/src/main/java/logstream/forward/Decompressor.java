package logstream.forward;

/**
 * Decompresses one payload at a time, piece by piece. It never blocks and keeps no more than its format needs.
 *
 * <p>Threading: confined to the thread of the connection that has borrowed it.
 */
interface Decompressor {
    /** Room for what comes out, {@link ForwardLimits#WINDOW_BYTES}, that belongs to whoever has borrowed this. */
    byte[] window();

    /**
     * What comes next is the beginning of a payload.
     *
     * @throws PayloadException when this machine cannot decompress it
     */
    void begin() throws PayloadException;

    /**
     * Decompresses some of what is there into some of the room; {@link #consumed} and {@link #produced} tell how much. As
     * long as it fills the room, more may be had without further input.
     *
     * @throws PayloadException when the input is broken, or asks for more memory than is allowed
     */
    void decompress(byte[] in, int from, int count, byte[] out, int at, int room) throws PayloadException;

    /** Bytes of the input that the last call took. */
    int consumed();

    /** Bytes of output that the last call made. */
    int produced();

    /** Whether a payload may end where the input has ended. */
    boolean mayEnd();

    /** The payload is done with, or given up on: memory that a next one may not need is given back. */
    void end();
}
