package logstream.forward;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for senders, and has their connections: a virtual thread each while they have something to say.
 *
 * <p>Invariant: at most {@code maxConnections} are open; their permits come back when they end, however they do.
 *
 * <p>The virtual threads' scheduler needs one thread more than there are turns, so that one is free to watch the sockets:
 * the program sets {@code jdk.virtualThreadScheduler.parallelism} to one more than the cores, unless it is given.
 *
 * <p>Threading: one platform thread accepts, one watches the idle connections, one looks for peers that take too long.
 * {@link #stop} may be called from any thread.
 */
public final class ForwardServer {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardServer.class);
    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

    /** What a server is made from, besides its configuration; tests put other parts in. */
    record Parts(
            EventSink sink,
            Metrics metrics,
            InstantSource clock,
            SharedPools pools,
            LongSupplier nanoTime,
            Listeners.Accepting accepting) {}

    private final List<Listener> listening;
    private final IdleConnections idle;
    private final UdpHeartbeat heartbeat;
    private final Connection.Surroundings around;
    private final Semaphore permits;
    private final Listeners listeners;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopping = new CountDownLatch(1);

    private ForwardServer(ForwardConfig config, Parts parts, List<Listener> listening, IdleConnections idle)
            throws IOException {
        this.listening = listening;
        this.idle = idle;
        permits = new Semaphore(config.maxConnections(), true);
        around = new Connection.Surroundings(
                parts.pools(),
                parts.sink(),
                new Faults(parts.metrics(), System::nanoTime),
                parts.metrics(),
                parts.clock(),
                config.bounds(),
                new Admission(config.security(), config.handshakeTimeout(), parts.nanoTime(), new SecureRandom()),
                new Connection.Timeouts(
                        config.messageTimeout(), config.handshakeTimeout(), parts.nanoTime(), Thread::sleep),
                new AwakeConnections(mostAwake(config), ForwardLimits.STAYING));
        heartbeat = UdpHeartbeat.start(config.udpHeartbeat() ? addresses() : List.of(), parts.metrics());
        listeners = Listeners.start(listening, parts.accepting(), permits, this::open);
        Thread.ofPlatform().name("forward-sweep").daemon().start(this::sweep);
    }

    /** Those that wait inside a message are bounded by the memory for it; there is always room for others. */
    private static int mostAwake(ForwardConfig config) {
        long stopped = config.maxWaitingBytes() / ForwardLimits.AWAKE_BYTES;
        return (int) Math.min(config.maxConnections(), stopped + ForwardLimits.AWAKE_ROOM);
    }

    /** Opens the addresses; senders are accepted when this returns. */
    public static ForwardServer start(ForwardConfig config, EventSink sink, Metrics metrics, InstantSource clock)
            throws ListenException {
        SharedPools pools = SharedPools.of(turns(), config.bounds().eventBytes(), config.maxWaitingBytes());
        return start(config, new Parts(sink, metrics, clock, pools, System::nanoTime, ServerSocketChannel::accept));
    }

    /** As above, of these parts. */
    static ForwardServer start(ForwardConfig config, Parts parts) throws ListenException {
        IdleConnections idle;
        try {
            idle = IdleConnections.start();
        } catch (IOException e) {
            throw cannotStart(config, e);
        }
        List<Listener> listening = new ArrayList<>();
        boolean started = false;
        try {
            Carriers carriers = new Carriers(config, idle, parts.pools().turns(), parts.nanoTime());
            for (ListenAddress address : config.listen()) {
                listening.add(carriers.listen(address));
            }
            InheritedSocket.warnIfUnused(listening);
            ForwardServer server = new ForwardServer(config, parts, listening, idle);
            started = true;
            return server;
        } catch (IOException e) {
            throw cannotStart(config, e);
        } finally {
            if (!started) {
                listening.forEach(Listener::close);
                idle.stop();
            }
        }
    }

    private static ListenException cannotStart(ForwardConfig config, IOException e) {
        return new ListenException(config.listen().getFirst(), e, "check the limits of this process (ulimit -a)");
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
                    "Messages are decoded on fewer cores than there are: {}={} where {} is advised. Leave the property out.",
                    PARALLELISM,
                    threads,
                    cores + 1);
        }
        return Math.clamp(threads - 1, 1, cores);
    }

    /** Where senders are accepted: URLs with the ports that the system chose, separated by commas. */
    public String listening() {
        return addresses().stream().map(ListenAddress::url).collect(Collectors.joining(","));
    }

    /** Whether senders are let in: until {@link #stop}. */
    public boolean isListening() {
        return stopping.getCount() > 0;
    }

    /** The first port of plain TCP that is listened on; 0 when there is none. */
    public int port() {
        return addresses().stream()
                .filter(ListenAddress.Tcp.class::isInstance)
                .mapToInt(address -> ((ListenAddress.Tcp) address).port())
                .findFirst()
                .orElse(0);
    }

    private List<ListenAddress> addresses() {
        return listening.stream().map(Listener::address).toList();
    }

    /** How many connections are open. */
    int connections() {
        return connections.size();
    }

    /** How many connections have a thread. */
    int awake() {
        return around.awake().count();
    }

    /**
     * Closes the listeners, half-closes each connection and reads it until its peer closes or is silent for {@code
     * silence}; returns when all connections have ended, at the latest after {@code limit}. A connection whose events
     * the full buffer does not take then ends when its intake does.
     */
    public void stop(Duration silence, Duration limit) {
        long begun = System.nanoTime();
        stopping.countDown();
        try {
            heartbeat.close();
            listeners.close();
            connections.forEach(Connection::halfClose);
            drain(begun, silence.toNanos(), limit.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(Connection::close);
        idle.stop();
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

    /** Takes what was accepted, with a permit of ours and one of the listener's. */
    private void open(Listener listener, Transport transport) throws IOException {
        SocketAddress remote = transport.remote();
        if (!around.admission().admits(remote)) {
            around.faults().refused(Peer.at(remote).name());
            transport.close();
            listener.giveBack();
            permits.release();
            return;
        }
        boolean mustProve = around.admission().asksForProof(remote);
        Connection connection = new Connection(transport, around, mustProve, ended -> ended(ended, listener));
        connections.add(connection);
        around.metrics().connectionsOpened.increment();
        connection.open();
    }

    private void ended(Connection connection, Listener listener) {
        around.metrics().connectionsClosed.increment();
        listener.giveBack();
        permits.release();
        synchronized (connections) {
            connections.remove(connection);
            connections.notifyAll();
        }
    }

    private void sweep() {
        try {
            while (!stopping.await(ForwardLimits.SWEEP_INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
                expire();
            }
        } catch (InterruptedException e) {
            LOG.debug("Nobody looks for senders that stopped any more: the agent stops.");
        }
    }

    /** Closes the connections whose peers have made us wait too long. */
    void expire() {
        long now = around.timeouts().nanoTime().getAsLong();
        connections.forEach(connection -> connection.expire(now));
    }
}
