package logstream.forward;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for senders and gives each connection a virtual thread.
 *
 * <p>Invariants: a permit is had before a connection is accepted, so at most {@code maxConnections} are open; more wait in
 * the kernel. Nothing that a sender does, and no shortage of file descriptors, ends the listening.
 *
 * <p>The virtual threads' scheduler needs one thread more than there are turns, so that one is free to watch the sockets:
 * the launcher sets {@code -Djdk.virtualThreadScheduler.parallelism} to one more than the cores.
 *
 * <p>Threading: one platform thread accepts. {@link #stop} may be called from any thread.
 */
public final class ForwardServer {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardServer.class);
    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

    private final ServerSocket listener;
    private final Connection.Surroundings around;
    private final Semaphore slots;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final LogLimiter acceptFailures = new LogLimiter(System::nanoTime, ForwardLimits.LOG_INTERVAL);
    private final Thread acceptor;
    /** Confined to the accepting thread. */
    private long accepted;

    private ForwardServer(ServerSocket listener, Connection.Surroundings around, int maxConnections) {
        this.listener = listener;
        this.around = around;
        slots = new Semaphore(maxConnections, true);
        acceptor = Thread.ofPlatform().name("forward-accept").daemon().unstarted(this::accept);
    }

    /** Opens the port; senders are accepted when this returns. */
    public static ForwardServer start(ForwardConfig config, EventSink sink, Metrics metrics, InstantSource clock)
            throws ListenException {
        SharedPools pools = SharedPools.of(turns(), config.bounds().eventBytes(), config.maxWaitingBytes());
        try {
            return start(new ServerSocket(), config, sink, metrics, clock, pools);
        } catch (IOException e) {
            throw new ListenException(config.listen().getFirst(), e instanceof BindException, e);
        }
    }

    /**
     * How many connections may decode at once: one per core, but always one less than the scheduler has threads. With as
     * many as threads, a busy connection hands its thread to the next, and nobody looks whether others have bytes: a
     * quiet connection then waited 10 to 1,500 ms behind four busy ones on two cores, against 2 to 50 ms.
     */
    static int turns() {
        int cores = Runtime.getRuntime().availableProcessors();
        int threads = Integer.getInteger(PARALLELISM, cores);
        if (threads <= cores) {
            LOG.warn(
                    "Messages are decoded on fewer cores than there are: {}={} where {} is advised. Start the agent by its "
                            + "launcher, or set the property.",
                    PARALLELISM,
                    threads,
                    cores + 1);
        }
        return Math.clamp(threads - 1, 1, cores);
    }

    /** As above, with an unbound socket to listen on and pools to share. */
    static ForwardServer start(
            ServerSocket listener,
            ForwardConfig config,
            EventSink sink,
            Metrics metrics,
            InstantSource clock,
            SharedPools pools)
            throws IOException {
        try {
            listener.setReuseAddress(true);
            listener.bind(socketAddress(config.listen().getFirst()), ForwardLimits.BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        Faults faults = new Faults(metrics, System::nanoTime);
        ForwardServer server = new ForwardServer(
                listener,
                new Connection.Surroundings(
                        pools,
                        sink,
                        faults,
                        metrics,
                        clock,
                        config.bounds(),
                        new Admission(
                                config.security(), config.handshakeTimeout(), System::nanoTime, new SecureRandom())),
                config.maxConnections());
        server.acceptor.start();
        return server;
    }

    private static InetSocketAddress socketAddress(ListenAddress address) throws IOException {
        return switch (address) {
            case ListenAddress.Tcp(String host, int port) -> new InetSocketAddress(host, port);
            case ListenAddress.Tls tls -> throw new IOException("TLS is not there yet: " + tls.url());
            case ListenAddress.Unix unix -> throw new IOException("UNIX sockets are not there yet: " + unix.url());
        };
    }

    /** Where senders are accepted: URLs with the ports that the system chose, separated by commas. */
    public String listening() {
        return "tcp://" + listener.getInetAddress().getHostAddress() + ":" + port();
    }

    /** The first port that is listened on. */
    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections are open. */
    int connections() {
        return connections.size();
    }

    /**
     * Closes the listener, half-closes each connection and reads it until its peer closes or was silent for {@code
     * silence}; returns when all connections have ended, at the latest after {@code limit}. A connection whose events
     * the full buffer does not take then ends when its intake does.
     */
    public void stop(Duration silence, Duration limit) {
        long begun = System.nanoTime();
        stopping.countDown();
        closeListener();
        acceptor.interrupt();
        try {
            acceptor.join();
            connections.forEach(Connection::halfClose);
            drain(begun, silence.toNanos(), limit.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(Connection::close);
    }

    private void drain(long begun, long silence, long limit) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long wait = limit - (now - begun);
            for (Connection connection : connections) {
                long silent = Math.min(connection.silentNanos(now), now - begun);
                if (silent >= silence) {
                    connection.close();
                }
                wait = Math.min(wait, Math.max(silence - silent, TimeUnit.MILLISECONDS.toNanos(1)));
            }
            if (connections.isEmpty() || now - begun >= limit) {
                return;
            }
            synchronized (connections) {
                if (!connections.isEmpty()) {
                    TimeUnit.NANOSECONDS.timedWait(connections, wait);
                }
            }
        }
    }

    private void accept() {
        try {
            while (stopping.getCount() > 0) {
                slots.acquire();
                boolean opened = false;
                try {
                    opened = open(listener.accept());
                } catch (IOException e) {
                    if (stopping.getCount() > 0) {
                        report(e);
                        stopping.await(ForwardLimits.ACCEPT_RETRY.toNanos(), TimeUnit.NANOSECONDS);
                    }
                } finally {
                    if (!opened) {
                        slots.release();
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("No more connections are accepted: the agent stops.");
        }
    }

    private boolean open(Socket socket) {
        SocketAddress remote = socket.getRemoteSocketAddress();
        if (!around.admission().admits(remote)) {
            around.faults().refused(Peer.at(remote).name());
            closeQuietly(socket);
            return false;
        }
        Connection connection;
        try {
            connection = new Connection(socket, around);
        } catch (IOException e) {
            LOG.debug("A connection was gone before it was opened: reason={}", e.getMessage());
            closeQuietly(socket);
            return false;
        }
        connections.add(connection);
        around.metrics().connectionsOpened.increment();
        Thread.ofVirtual().name("forward-" + ++accepted).start(() -> serve(connection));
        return true;
    }

    private void serve(Connection connection) {
        try {
            connection.run();
        } finally {
            around.metrics().connectionsClosed.increment();
            slots.release();
            synchronized (connections) {
                connections.remove(connection);
                connections.notifyAll();
            }
        }
    }

    private void report(IOException failure) {
        long suppressed = acceptFailures.next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A connection could not be accepted: reason=\"{}\" open_connections={} not_logged_before={}. "
                            + "Accepting is tried again. If files run out, raise the limit of open files (ulimit -n).",
                    failure.getMessage(),
                    connections.size(),
                    suppressed);
        }
    }

    private void closeListener() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("The listener could not be closed: reason={}", e.getMessage());
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A connection could not be closed: reason={}", e.getMessage());
        }
    }
}
