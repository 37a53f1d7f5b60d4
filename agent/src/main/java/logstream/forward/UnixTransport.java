package logstream.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection over a UNIX socket. The JDK has no reads with a time-out for those, so a wait that has one is left to {@link
 * IdleConnections}, the thread of the connection being parked meanwhile.
 *
 * <p>Threading: as {@link Transport}.
 */
final class UnixTransport implements Transport {
    private final SocketChannel channel;
    private final IdleConnections idle;
    /** There only while the connection is awake. */
    private @Nullable InputStream in;

    /** Done when the peer has sent something; there while the channel is watched. */
    private volatile @Nullable CompletableFuture<Void> readable;

    UnixTransport(SocketChannel channel, IdleConnections idle) {
        this.channel = channel;
        this.idle = idle;
    }

    @Override
    public SocketAddress remote() throws IOException {
        return channel.getRemoteAddress();
    }

    @Override
    public int read(byte[] to, int offset, int length, int patienceMillis) throws IOException {
        if (patienceMillis > 0 && in().available() == 0) {
            await(patienceMillis);
        }
        return in().read(to, offset, length);
    }

    @Override
    public int readNow(byte[] to, int offset, int length) throws IOException {
        return in().available() == 0 ? 0 : Math.max(0, in().read(to, offset, length));
    }

    private InputStream in() {
        InputStream opened = in;
        if (opened == null) {
            opened = Channels.newInputStream(channel);
            in = opened;
        }
        return opened;
    }

    private void await(int patienceMillis) throws IOException {
        try {
            watched().get(patienceMillis, TimeUnit.MILLISECONDS);
            readable = null;
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("nothing came for " + patienceMillis + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException("interrupted while waiting for the peer").initCause(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a future that nobody fails has failed", e);
        }
    }

    /** What is done when there is something to read, from now on watched for if it was not yet. */
    private CompletableFuture<Void> watched() throws IOException {
        CompletableFuture<Void> watched = readable;
        if (watched == null) {
            watched = new CompletableFuture<>();
            readable = watched;
            CompletableFuture<Void> arrival = watched;
            idle.watch(channel, () -> arrival.complete(null));
        }
        return watched;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        Channels.newOutputStream(channel).write(from, offset, length);
    }

    @Override
    public void sleep(Runnable wake) throws IOException {
        in = null;
        var _ = watched().thenRun(() -> {
            readable = null;
            wake.run();
        });
    }

    @Override
    public void halfClose() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        idle.closed(channel);
        CompletableFuture<Void> watched = readable;
        if (watched != null) {
            watched.complete(null);
        }
    }
}
