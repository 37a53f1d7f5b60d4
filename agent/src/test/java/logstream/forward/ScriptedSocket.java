package logstream.forward;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A connection whose bytes arrive in given pieces, each only once the piece before was read and the reader waits. */
final class ScriptedSocket implements Transport {
    /** Sizes of the writes, each of which must be one ack. */
    final List<Integer> writes = new ArrayList<>();

    /** Runs whenever the reader is about to block. */
    Runnable onWait = () -> {};

    /** The waits that were set, in milliseconds. */
    final List<Integer> timeouts = new ArrayList<>();

    /** Whether the peer is silent after its last piece, instead of closing; only with a timeout can that be waited for. */
    boolean silentAtEnd;

    private final List<byte[]> pieces;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int piece;
    private int offset;
    private volatile boolean closed;

    private ScriptedSocket(List<byte[]> pieces) {
        this.pieces = pieces;
    }

    static ScriptedSocket of(byte[]... pieces) {
        return new ScriptedSocket(
                Arrays.stream(pieces).filter(p -> p.length > 0).toList());
    }

    /** Cuts before each of these offsets, which ascend. */
    static ScriptedSocket cut(byte[] bytes, List<Integer> cuts) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            if (cut > from && cut < bytes.length) {
                pieces.add(Arrays.copyOfRange(bytes, from, cut));
                from = cut;
            }
        }
        pieces.add(Arrays.copyOfRange(bytes, from, bytes.length));
        return of(pieces.toArray(byte[][]::new));
    }

    byte[] written() {
        return written.toByteArray();
    }

    @Override
    public int read(byte[] to, int at, int length, int patienceMillis) throws IOException {
        timeouts.add(patienceMillis);
        if (available() == 0) {
            onWait.run();
            if (piece < pieces.size() && offset == pieces.get(piece).length) {
                piece++;
                offset = 0;
            }
        }
        if (closed) {
            throw new SocketException("Socket closed");
        }
        if (piece == pieces.size()) {
            if (silentAtEnd) {
                throw new SocketTimeoutException("nothing came in " + patienceMillis + " ms");
            }
            return -1;
        }
        return take(to, at, length);
    }

    @Override
    public int readNow(byte[] to, int at, int length) {
        return available() == 0 ? 0 : take(to, at, length);
    }

    private int available() {
        boolean untouched = offset == 0;
        return piece == pieces.size() || untouched ? 0 : pieces.get(piece).length - offset;
    }

    private int take(byte[] to, int at, int length) {
        int count = Math.min(length, pieces.get(piece).length - offset);
        System.arraycopy(pieces.get(piece), offset, to, at, count);
        offset += count;
        return count;
    }

    @Override
    public void write(byte[] bytes, int at, int length) {
        writes.add(length);
        written.write(bytes, at, length);
    }

    @Override
    public SocketAddress remote() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    }

    @Override
    public void sleep(Runnable wake) {
        throw new IllegalStateException("a scripted peer is never silent");
    }

    @Override
    public void halfClose() {}

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
