package logstream.forward;

import java.io.IOException;
import java.net.SocketAddress;

/**
 * The bytes of one accepted connection, whatever carries them.
 *
 * <p>Threading: {@link #halfClose} and {@link #close} are called from any thread; everything else by the thread that the
 * connection has at the time.
 */
interface Transport {
    /** Who is at the other end. */
    SocketAddress remote() throws IOException;

    /** Whether {@link #handshake} must come before the first byte. */
    default boolean needsHandshake() {
        return false;
    }

    /**
     * Agrees with the peer on how the bytes are carried. Waits for the peer for as long as it takes: who bounds that
     * closes the transport.
     *
     * @throws TlsFailedException when that is not possible
     */
    default void handshake() throws IOException {}

    /**
     * Waits for bytes and reads what there is.
     *
     * @param patienceMillis how long to wait; 0 for as long as it takes
     * @return how many bytes; -1 at the end of the stream; 0 when the peer sent something that is not yet a byte to read
     * @throws java.net.SocketTimeoutException when the peer sent nothing for so long
     */
    int read(byte[] to, int offset, int length, int patienceMillis) throws IOException;

    /** Reads what is there, without waiting: 0 bytes when nothing is, or the stream has ended. */
    int readNow(byte[] to, int offset, int length) throws IOException;

    /** Bytes that have come and are kept, since more must come before they can be read. */
    default int heldBytes() {
        return 0;
    }

    /** Writes all of it, which is sent at once; blocks while the peer does not read. */
    void write(byte[] from, int offset, int length) throws IOException;

    /**
     * Watches the transport without a thread. Nothing else may be done with it, but closing, until {@code wake} is called:
     * once, when the peer has sent something or is gone, from a thread that must not be kept.
     */
    void sleep(Runnable wake) throws IOException;

    /** Lets the peer read the end of the stream. Never waits for it. */
    void halfClose() throws IOException;

    /** Whatever waits for the peer fails. */
    void close() throws IOException;
}
