package logstream.bench.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Connections to the agent. */
final class Loopback {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(1);

    private Loopback() {}

    static SocketChannel connect(int port) throws IOException {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /**
     * Tries every millisecond to connect, until somebody listens.
     *
     * @return the {@link System#nanoTime} at which it succeeded
     */
    static long awaitListener(int port) throws IOException {
        long start = System.nanoTime();
        while (true) {
            try (SocketChannel _ = connect(port)) {
                return System.nanoTime();
            } catch (ConnectException e) {
                if (System.nanoTime() - start > PATIENCE.toNanos()) {
                    throw new IOException("nobody listens on port " + port, e);
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }
}
