package logstream.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Kinesis-compatible endpoint inside this process, on 127.0.0.1 and without TLS: for trying out, tests and benchmarks.
 * SDKs, boto3 and the AWS CLI can be pointed at it, with any region and credentials: signatures are not checked.
 *
 * <p>Records are kept in memory, within a bound; the oldest of the fullest shard go first, and readers that are behind
 * continue with the oldest that is left. It enforces the service's limits, can be told to misbehave ({@link Faults}), and
 * keeps score.
 *
 * <p>Threading: any thread may call anything. Requests run on virtual threads; streams are guarded by one lock.
 */
public final class LocalKinesis implements AutoCloseable {
    public static final int DEFAULT_PORT = 4567;

    private static final int BACKLOG = 256;

    static {
        // Read once, when the server's class is loaded. Without the first, every answer on a kept connection waits 40
        // ms.
        setUnlessGiven("sun.net.httpserver.nodelay", "true");
        setUnlessGiven("jdk.httpserver.maxConnections", "2000");
    }

    private final Streams streams;
    private final HttpFront front;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final InetSocketAddress address;
    /** Guarded by this; null while down. */
    private @Nullable HttpServer server;

    private LocalKinesis(int port, LocalOptions options) throws IOException {
        FaultDice dice = new FaultDice(options.seed());
        streams = new Streams(options, dice);
        front = new HttpFront(new Operations(streams, options), dice, options, this::score);
        server = listen(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        address = server.getAddress();
    }

    /** Opens the endpoint on 127.0.0.1; port 0 lets the system choose. */
    public static LocalKinesis start(int port) throws IOException {
        return start(port, LocalOptions.defaults());
    }

    /**
     * Opens the endpoint on 127.0.0.1; port 0 lets the system choose.
     *
     * @throws IOException if the port is taken
     */
    public static LocalKinesis start(int port, LocalOptions options) throws IOException {
        return new LocalKinesis(port, options);
    }

    private HttpServer listen(InetSocketAddress on) throws IOException {
        HttpServer opened = HttpServer.create(on, BACKLOG);
        opened.setExecutor(threads);
        opened.createContext("/", front::handle);
        opened.start();
        return opened;
    }

    /** Stays the same while down and after. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /**
     * Creates a stream, active at once.
     *
     * @throws IllegalArgumentException if there is such a stream, or there are too many streams or shards
     */
    public void createStream(String name, int shards) {
        locked(() -> {
            try {
                streams.create(name, shards, false, LocalStream.DEFAULT_RECORD_KIB);
                return true;
            } catch (ServiceError e) {
                throw new IllegalArgumentException(e.sentence(), e);
            }
        });
    }

    /** Misbehaves like this from the next request on. */
    public void faults(Faults faults) {
        front.faults(faults);
    }

    public Faults faults() {
        return front.faults();
    }

    /** Stops to listen and cuts all connections; the records stay. Does nothing when down already. */
    public synchronized void down() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    /**
     * Listens again, on the same port. Does nothing when up already.
     *
     * @throws IOException if somebody else took the port meanwhile
     */
    public synchronized void up() throws IOException {
        if (server == null) {
            server = listen(address);
        }
    }

    /** Records accepted since the start, whether or not their requests were answered. */
    public long accepted() {
        return locked(streams::accepted);
    }

    public Score score() {
        return locked(() -> streams.score(front.requests(), front.failedRequests()));
    }

    /** Partition keys accepted more than once, with how often; only of tracked keys (see the options). */
    public Map<String, Integer> repeatedKeys() {
        return locked(streams::repeatedKeys);
    }

    /**
     * All records of a stream that are still held, shard by shard, in order, without a request and whatever the faults.
     *
     * @throws IllegalArgumentException if there is no such stream
     */
    public List<StoredRecord> records(String stream) {
        return locked(() -> {
            List<StoredRecord> records = new ArrayList<>();
            try {
                for (Shard shard : streams.find(stream).shards()) {
                    for (long ordinal = shard.log().first();
                            ordinal < shard.log().next();
                            ordinal++) {
                        RecordLog.Entry entry = shard.log().get(ordinal);
                        records.add(new StoredRecord(
                                shard.id(),
                                shard.sequence().of(ordinal),
                                entry.key(),
                                entry.data(),
                                Instant.ofEpochMilli(entry.arrival())));
                    }
                }
            } catch (ServiceError e) {
                throw new IllegalArgumentException(e.sentence(), e);
            }
            return records;
        });
    }

    /** Stops at once; requests in work get no answer. */
    @Override
    public void close() {
        down();
        threads.shutdownNow();
    }

    private <T> T locked(Supplier<T> work) {
        ReentrantLock lock = streams.lock();
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
