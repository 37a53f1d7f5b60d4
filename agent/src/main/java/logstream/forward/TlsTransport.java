package logstream.forward;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import logstream.metrics.Metrics.TlsFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS over another transport, by the JDK's engine: with sockets of the JDK each connection would keep 37 KiB of buffers,
 * measured, once it had a whole record; this one keeps what the engine does, 3.5 KiB, and the bytes of a record that has
 * not come whole.
 *
 * <p>Invariants: buffers come from a pool, and only while there is something to compute. What is costly in a handshake is
 * done within a turn, like decoding. A handshake is done once: renegotiation is refused.
 *
 * <p>Threading: as {@link Transport}; what is written is guarded by {@code engine}.
 */
final class TlsTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(TlsTransport.class);
    private static final byte[] NOTHING = new byte[0];
    private static final int HANDSHAKE_RECORD = 0x16;

    /** What the JDK says when a sender has no certificate. */
    private static final String NO_CERTIFICATE = "Empty client certificate chain";

    /** A record has at most 2^14 bytes and 2,048 for what TLS adds (RFC 5246, 6.2.3), and a header of 5. */
    private static final int RECORD_BYTES = (1 << 14) + 2048 + 5;

    /** What a pooled buffer has room for: a record, and what is in it. */
    static final int BUFFER_BYTES = 2 * RECORD_BYTES;

    /**
     * What all TLS connections of a server have in common.
     *
     * @param buffers each of {@link #BUFFER_BYTES}
     * @param handshakes one permit for each that may be under way
     * @param turns as in {@link SharedPools}
     */
    record Shared(TlsIdentity identity, BufferPool buffers, Semaphore handshakes, Semaphore turns) {}

    private final Transport raw;
    private final Shared shared;
    /** There from the first byte on. */
    private @Nullable SSLEngine engine;

    private boolean shaken;
    private boolean ended;
    /** Begun records, of which more must come. */
    private byte[] encrypted = NOTHING;
    /** What was in records and has not been read yet. */
    private byte[] decrypted = NOTHING;

    TlsTransport(Transport raw, Shared shared) {
        this.raw = raw;
        this.shared = shared;
    }

    @Override
    public SocketAddress remote() throws IOException {
        return raw.remote();
    }

    @Override
    public boolean needsHandshake() {
        return !shaken;
    }

    /** Done without a word when the peer leaves before its first byte, as those do who only look whether we are there. */
    @Override
    public void handshake() throws IOException {
        if (!readMore(0)) {
            shaken = true;
            return;
        }
        if (encrypted[0] != HANDSHAKE_RECORD) {
            throw new TlsFailedException(TlsFailure.PLAIN_TEXT, "bytes that are not TLS");
        }
        acquire(shared.handshakes());
        try {
            SSLEngine opened = shared.identity().engine();
            engine = opened;
            shake(opened);
            shaken = true;
        } catch (SSLException e) {
            tellPeer();
            throw new TlsFailedException(causeOf(e), String.valueOf(e.getMessage()));
        } finally {
            shared.handshakes().release();
        }
    }

    private void shake(SSLEngine opened) throws IOException {
        opened.beginHandshake();
        while (true) {
            switch (opened.getHandshakeStatus()) {
                case NEED_TASK -> compute(opened);
                case NEED_WRAP -> write(NOTHING, 0, 0);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!decrypt(opened) && !readMore(0)) {
                        throw new TlsFailedException(
                                TlsFailure.FAILED, "the sender left in the middle of the handshake");
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private void compute(SSLEngine opened) throws IOException {
        acquire(shared.turns());
        try {
            for (Runnable task = opened.getDelegatedTask(); task != null; task = opened.getDelegatedTask()) {
                task.run();
            }
        } finally {
            shared.turns().release();
        }
    }

    private static TlsFailure causeOf(SSLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException
                    || String.valueOf(cause.getMessage()).contains(NO_CERTIFICATE)) {
                return TlsFailure.UNTRUSTED;
            }
        }
        return TlsFailure.FAILED;
    }

    /** The alert that says why, if the peer takes it at once. */
    private void tellPeer() {
        try {
            write(NOTHING, 0, 0);
        } catch (IOException e) {
            LOG.debug("A sender was not told why its handshake failed: reason={}", e.getMessage());
        }
    }

    @Override
    public int read(byte[] to, int offset, int length, int patienceMillis) throws IOException {
        int count = readNow(to, offset, length);
        if (count == 0 && !ended && readMore(patienceMillis)) {
            count = readNow(to, offset, length);
        }
        return count == 0 && ended ? -1 : count;
    }

    @Override
    public int readNow(byte[] to, int offset, int length) throws IOException {
        if (decrypted.length == 0 && !ended) {
            decrypt(requireEngine());
        }
        int count = Math.min(length, decrypted.length);
        System.arraycopy(decrypted, 0, to, offset, count);
        decrypted = rest(decrypted, count);
        return count;
    }

    /** Waits for the peer; false at the end of the stream. Without TLS's own end, the end of a message tells the truth. */
    private boolean readMore(int patienceMillis) throws IOException {
        byte[] more = new byte[ForwardLimits.FIRST_READ_BYTES];
        int count = raw.read(more, 0, more.length, patienceMillis);
        if (count < 0) {
            ended = true;
            return false;
        }
        int had = encrypted.length;
        encrypted = Arrays.copyOf(encrypted, had + count);
        System.arraycopy(more, 0, encrypted, had, count);
        return true;
    }

    /** Decrypts as many records as there are, while what is in them has room; whether there was any. */
    private boolean decrypt(SSLEngine opened) throws IOException {
        byte[] buffer = shared.buffers().take();
        HandshakeStatus status;
        boolean moved;
        try {
            System.arraycopy(encrypted, 0, buffer, 0, encrypted.length);
            int begun = encrypted.length;
            int end = begun + raw.readNow(buffer, begun, RECORD_BYTES - begun);
            ByteBuffer source = ByteBuffer.wrap(buffer, 0, end);
            ByteBuffer target =
                    ByteBuffer.wrap(buffer, RECORD_BYTES, RECORD_BYTES).slice();
            status = unwrap(opened, source, target);
            moved = source.position() > 0;
            encrypted = Arrays.copyOfRange(buffer, source.position(), end);
            decrypted = Arrays.copyOfRange(buffer, RECORD_BYTES, RECORD_BYTES + target.position());
        } finally {
            shared.buffers().giveBack(buffer);
        }
        if (shaken && status == HandshakeStatus.NEED_TASK) {
            throw new SSLException("the sender asked for another handshake, which is refused");
        }
        if (shaken && status == HandshakeStatus.NEED_WRAP) {
            write(NOTHING, 0, 0);
        }
        return moved;
    }

    private HandshakeStatus unwrap(SSLEngine opened, ByteBuffer source, ByteBuffer target) throws SSLException {
        HandshakeStatus status = opened.getHandshakeStatus();
        boolean more = source.hasRemaining();
        while (more) {
            SSLEngineResult result = opened.unwrap(source, target);
            status = result.getHandshakeStatus();
            ended |= result.getStatus() == SSLEngineResult.Status.CLOSED;
            more = source.hasRemaining() && result.getStatus() == SSLEngineResult.Status.OK && isForUs(status);
        }
        return status;
    }

    /** Whether the next record is read before anything else is done. */
    private static boolean isForUs(HandshakeStatus status) {
        return switch (status) {
            case NOT_HANDSHAKING, FINISHED, NEED_UNWRAP, NEED_UNWRAP_AGAIN -> true;
            case NEED_TASK, NEED_WRAP -> false;
        };
    }

    /** Also what the engine itself has to say, when there are no bytes. */
    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        SSLEngine opened = requireEngine();
        ByteBuffer source = ByteBuffer.wrap(from, offset, length);
        synchronized (opened) {
            do {
                byte[] records = encrypt(opened, source);
                raw.write(records, 0, records.length);
            } while (source.hasRemaining());
        }
    }

    private byte[] encrypt(SSLEngine opened, ByteBuffer source) throws IOException {
        byte[] buffer = shared.buffers().take();
        try {
            ByteBuffer target = ByteBuffer.wrap(buffer);
            SSLEngineResult result = opened.wrap(source, target);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED && source.hasRemaining()) {
                throw new SSLException("the connection is closed for writing");
            }
            return Arrays.copyOf(buffer, target.position());
        } finally {
            shared.buffers().giveBack(buffer);
        }
    }

    @Override
    public int heldBytes() {
        return encrypted.length + decrypted.length;
    }

    @Override
    public void sleep(Runnable wake) throws IOException {
        raw.sleep(wake);
    }

    /** TLS has an end of its own, which must be written: by a thread that may wait. */
    @Override
    public void halfClose() throws IOException {
        SSLEngine opened = engine;
        if (opened == null || !shaken) {
            raw.halfClose();
            return;
        }
        Thread.ofVirtual().name("forward-goodbye").start(() -> {
            try {
                opened.closeOutbound();
                write(NOTHING, 0, 0);
                raw.halfClose();
            } catch (IOException e) {
                LOG.debug("A connection could not be half-closed: reason={}", e.getMessage());
            }
        });
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }

    private SSLEngine requireEngine() {
        SSLEngine opened = engine;
        if (opened == null) {
            throw new IllegalStateException("read or written before the handshake");
        }
        return opened;
    }

    private static byte[] rest(byte[] bytes, int from) {
        return from == bytes.length ? NOTHING : Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static void acquire(Semaphore permits) throws InterruptedIOException {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException("interrupted while waiting for a handshake's turn").initCause(e);
        }
    }
}
