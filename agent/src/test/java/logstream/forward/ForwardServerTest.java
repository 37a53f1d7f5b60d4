package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
import static logstream.forward.Wire.entry;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.str;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The server over real sockets. */
@Timeout(60)
class ForwardServerTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Seen with fair turns: 0.3 to 0.4 MB. Without, the quiet connection got no answer in 30 s. */
    private static final long FAIR_BYTES = 64L * ForwardLimits.WINDOW_BYTES;

    private static final int TURNS = ForwardServer.turns();

    private final Metrics metrics = new Metrics();
    private final RecordingSink sink = new RecordingSink();
    private final List<Socket> clients = new ArrayList<>();
    private SharedPools pools = SharedPools.of(TURNS, 1 << 20, 8 << 20);
    private @Nullable ForwardServer server;

    @AfterEach
    void everythingIsGivenBack() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        ForwardServer running = server;
        if (running != null) {
            running.stop(Duration.ZERO, LONG);
            await().until(() -> running.connections() == 0);
            assertThat(pools.turns().availablePermits()).isEqualTo(TURNS);
            assertThat(pools.windows().inUse()).isZero();
            assertThat(pools.largeBuffers().inUse()).isZero();
            assertThat(pools.held().total()).isZero();
            assertThat(sink.closed.get()).isEqualTo(sink.opened.get());
            assertThat(metrics.connectionsClosed.sum()).isEqualTo(metrics.connectionsOpened.sum());
        }
    }

    private ForwardServer start(ForwardConfig config, EventSink to, Listeners.Accepting accepting)
            throws ListenException {
        ForwardServer.Parts parts =
                new ForwardServer.Parts(to, metrics, InstantSource.system(), pools, System::nanoTime, accepting);
        ForwardServer started = ForwardServer.start(config.withPort(0), parts);
        server = started;
        return started;
    }

    private ForwardServer start() throws ListenException {
        return start(ForwardConfig.DEFAULT, sink, ServerSocketChannel::accept);
    }

    private static ForwardConfig withMaxConnections(int most) {
        ForwardConfig usual = ForwardConfig.DEFAULT;
        return new ForwardConfig(
                usual.listen(),
                most,
                usual.messageTimeout(),
                usual.handshakeTimeout(),
                usual.maxWaitingBytes(),
                usual.bounds(),
                usual.security(),
                usual.udpHeartbeat(),
                usual.unix(),
                usual.tls());
    }

    private Socket connect(ForwardServer to) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), to.port());
        client.setSoTimeout(30_000);
        clients.add(client);
        return client;
    }

    private static void send(Socket client, byte[]... bytes) throws IOException {
        client.getOutputStream().write(join(bytes));
    }

    private static byte[] read(Socket client, int bytes) throws IOException {
        return client.getInputStream().readNBytes(bytes);
    }

    private static void sendAndAwaitAck(Socket client, int number) throws IOException {
        String chunk = "chunk" + number;
        send(client, message("grid.a", 1, "line " + number, chunk));
        assertThat(read(client, ack(chunk).length)).isEqualTo(ack(chunk));
    }

    @Test
    void eventsComeInAndAcksGoOut() throws Exception {
        Socket client = connect(start());
        for (int number = 0; number < 20; number++) {
            sendAndAwaitAck(client, number);
            assertThat(sink.events).hasSize(number + 1);
        }
        await().untilAsserted(() -> assertThat(metrics.acksSent.sum()).isEqualTo(20));
    }

    @Test
    void thePublicStartListensWhereItIsTold() throws Exception {
        ForwardServer started =
                ForwardServer.start(ForwardConfig.DEFAULT.withPort(0), sink, metrics, InstantSource.system());
        server = started;
        sendAndAwaitAck(connect(started), 1);
        assertThatThrownBy(() -> ForwardServer.start(
                        ForwardConfig.DEFAULT.withPort(started.port()), sink, metrics, InstantSource.system()))
                .isInstanceOfSatisfying(ListenException.class, refused -> {
                    assertThat(refused.advice()).startsWith("is another agent running?");
                    assertThat(refused.url()).isEqualTo("tcp://127.0.0.1:" + started.port());
                });
    }

    @Test
    void noAckBeforeItsEventsAreDurable() throws Exception {
        sink.durable.drainPermits();
        Socket client = connect(start());
        send(client, message("grid.a", 1, "one", "1"), message("grid.a", 2, "two", "2"));
        await().until(() -> sink.events.size() == 2 && sink.durable.hasQueuedThreads());
        assertThat(client.getInputStream().available()).isZero();
        assertThat(metrics.acksSent.sum()).isZero();
        // What waits for the disk keeps neither a turn nor a window.
        assertThat(pools.turns().availablePermits()).isEqualTo(TURNS);
        assertThat(pools.windows().inUse()).isZero();
        sink.durable.release(1_000);
        assertThat(read(client, 2 * ack("1").length)).isEqualTo(join(ack("1"), ack("2")));
    }

    @Test
    void aStoppedIntakeClosesTheConnectionWithoutAnAck() throws Exception {
        sink.durable.drainPermits();
        Socket client = connect(start());
        send(client, message("grid.a", 1, "one", "1"));
        await().until(sink.durable::hasQueuedThreads);
        sink.stopped = true;
        sink.durable.release(1_000);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(metrics.acksSent.sum()).isZero();
    }

    /** A full buffer stops the reading: the sender's writes end up blocked, with no more than windows in memory. */
    @Test
    void aFullBufferStopsReadingUntilThereIsRoom() throws Exception {
        sink.room.drainPermits();
        Socket client = connect(start());
        byte[] one = message("grid.a", 1, "x".repeat(1000));
        AtomicInteger sent = new AtomicInteger();
        CompletableFuture<Void> sender = sending(client, one, () -> sent.incrementAndGet() <= 20_000);
        await().until(sink.room::hasQueuedThreads);
        await().during(Duration.ofMillis(50)).until(() -> metrics.bytesReceived.sum() <= ForwardLimits.WINDOW_BYTES);
        assertThat(pools.turns().availablePermits()).isEqualTo(TURNS);
        sink.room.release(1_000_000);
        sender.join();
        await().until(() -> sink.events.size() == 20_000);
    }

    private static CompletableFuture<Void> sending(Socket client, byte[] bytes, BooleanSupplier more) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("test-sender").start(() -> {
            try {
                OutputStream out = client.getOutputStream();
                while (more.getAsBoolean()) {
                    out.write(bytes);
                }
            } catch (IOException e) {
                // The server or the test closed it.
            }
            done.complete(null);
        });
        return done;
    }

    @Test
    void noMoreConnectionsThanAllowedAreAccepted() throws Exception {
        ForwardServer started = start(withMaxConnections(2), sink, ServerSocketChannel::accept);
        Socket first = connect(started);
        Socket second = connect(started);
        Socket third = connect(started);
        sendAndAwaitAck(first, 1);
        sendAndAwaitAck(second, 2);
        send(third, message("grid.a", 1, "three", "3"));
        third.setSoTimeout(50);
        assertThatThrownBy(() -> third.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        await().untilAsserted(() -> assertThat(metrics.connectionsOpened.sum()).isEqualTo(2));
        first.close();
        third.setSoTimeout(30_000);
        assertThat(read(third, ack("3").length)).isEqualTo(ack("3"));
    }

    @Test
    void connectingAndClosingAtOnceIsHealthyAndQuiet() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("logstream.forward");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            ForwardServer started = start();
            for (int times = 0; times < 50; times++) {
                Socket probe = connect(started);
                if (times % 2 == 0) {
                    probe.setSoLinger(true, 0);
                }
                probe.close();
            }
            sendAndAwaitAck(connect(started), 1);
            await().until(() -> metrics.connectionsClosed.sum() >= metrics.connectionsOpened.sum() - 1);
            assertThat(log.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.INFO));
            assertThat(sink.opened).hasValue(1);
            assertThat(metrics.malformed(MalformedCause.CUT_OFF).sum()).isZero();
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aFailedAcceptIsSurvived() throws Exception {
        AtomicInteger failures = new AtomicInteger(2);
        ForwardServer started = start(ForwardConfig.DEFAULT, sink, listener -> {
            if (failures.getAndDecrement() > 0) {
                throw new SocketException("Too many open files");
            }
            return listener.accept();
        });
        sendAndAwaitAck(connect(started), 1);
        assertThat(failures.get()).isNegative();
    }

    @Test
    void garbageOnOneConnectionLeavesTheOthersAlone() throws Exception {
        ForwardServer started = start();
        Socket good = connect(started);
        sendAndAwaitAck(good, 1);
        Socket bad = connect(started);
        send(bad, message("grid.a", 1, "before", "b"), hex("c1"));
        assertThat(read(bad, ack("b").length)).isEqualTo(ack("b"));
        assertThat(bad.getInputStream().read()).isEqualTo(-1);
        sendAndAwaitAck(good, 2);
        await().untilAsserted(() ->
                assertThat(metrics.malformed(MalformedCause.NOT_MSGPACK).sum()).isEqualTo(1));
    }

    @Test
    void stoppingHalfClosesAndTakesWhatStillComes() throws Exception {
        ForwardServer started = start();
        Socket idle = connect(started);
        sendAndAwaitAck(idle, 1);
        Socket inside = connect(started);
        byte[] whole = message("grid.a", 5, "halves", "h");
        send(inside, Arrays.copyOf(whole, 10));
        await().until(() -> metrics.connectionsOpened.sum() == 2 && metrics.bytesReceived.sum() > 10);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> started.stop(LONG, LONG));
        // The end of what we write is seen, and what is written to us is still taken.
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
        send(idle, message("grid.a", 2, "late", "late"));
        send(inside, Arrays.copyOfRange(whole, 10, whole.length));
        assertThat(inside.getInputStream().readAllBytes()).isEqualTo(ack("h"));
        await().until(() -> sink.events.size() == 3);
        assertThat(stopped).isNotDone();
        assertThatThrownBy(() -> connect(started)).isInstanceOf(ConnectException.class);
        idle.close();
        inside.close();
        stopped.join();
        assertThat(started.connections()).isZero();
        await().untilAsserted(() -> assertThat(metrics.acksSent.sum()).isEqualTo(2));
    }

    @Test
    void stoppingSettlesTheAcksThatAreOwedFirst() throws Exception {
        sink.durable.drainPermits();
        ForwardServer started = start();
        Socket client = connect(started);
        send(client, message("grid.a", 1, "one", "1"));
        await().until(sink.durable::hasQueuedThreads);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> started.stop(Duration.ofMillis(20), LONG));
        await().during(Duration.ofMillis(60)).until(() -> !stopped.isDone());
        sink.durable.release(1_000);
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(ack("1"));
        stopped.join();
    }

    @Test
    void silentPeersAreClosedWhenStopping() throws Exception {
        ForwardServer started = start();
        sendAndAwaitAck(connect(started), 1);
        sendAndAwaitAck(connect(started), 2);
        started.stop(Duration.ofMillis(20), LONG);
        assertThat(started.connections()).isZero();
    }

    @Test
    void peersThatGoOnAreClosedAtTheLimit() throws Exception {
        ForwardServer started = start();
        Socket client = connect(started);
        byte[] one = message("grid.a", 1, "x");
        AtomicBoolean more = new AtomicBoolean(true);
        CompletableFuture<Void> sender = sending(client, one, more::get);
        await().until(() -> sink.events.size() > 10);
        started.stop(LONG, Duration.ofMillis(200));
        await().until(() -> started.connections() == 0);
        sender.join();
        more.set(false);
    }

    /** One large buffer, kept by a sender that stalls: another that needs it gets it. */
    @Test
    void aStalledSenderDoesNotKeepALargeBufferFromAnother() throws Exception {
        pools = new SharedPools(
                new Semaphore(TURNS, true),
                new BufferPool(4, ForwardLimits.WINDOW_BYTES),
                new BufferPool(1, 1 << 20),
                Decompression.of(1 << 20, Duration.ofMillis(50)),
                new BufferPool(1, 1 << 20),
                new HeldBytes(ForwardConfig.DEFAULT.maxWaitingBytes(), System::nanoTime),
                Duration.ofMillis(50));
        ForwardServer started = start();
        byte[] large = array(str("grid.a"), array(entry(1, "l".repeat(200_000))), option("big"));
        Socket stalled = connect(started);
        send(stalled, Arrays.copyOf(large, 150_000));
        await().until(() -> pools.largeBuffers().inUse() == 1 && pools.turns().availablePermits() == TURNS);
        Socket other = connect(started);
        send(other, large);
        assertThat(read(other, ack("big").length)).isEqualTo(ack("big"));
        await().untilAsserted(() ->
                assertThat(metrics.malformed(MalformedCause.OVER_LIMIT).sum()).isEqualTo(1));
    }

    /**
     * Promise 8. Senders at full speed, twice as many as cores, and one that waits for each ack: what the others move
     * meanwhile says how long it waits, on a machine of any speed. With fair turns each waits for a handful of windows; without
     * them, for as long as the others like.
     */
    @Test
    void aFloodLeavesAQuietConnectionItsTurns() throws Exception {
        ForwardServer started = start(ForwardConfig.DEFAULT, new BusySink(), ServerSocketChannel::accept);
        AtomicBoolean more = new AtomicBoolean(true);
        List<CompletableFuture<Void>> flood = new ArrayList<>();
        byte[] burst = burst();
        for (int sender = 0; sender < 2 * Runtime.getRuntime().availableProcessors(); sender++) {
            flood.add(sending(connect(started), burst, more::get));
        }
        Socket quiet = connect(started);
        await().until(() -> metrics.bytesReceived.sum() > 8 << 20);
        int rounds = 50;
        long before = metrics.bytesReceived.sum();
        for (int round = 0; round < rounds; round++) {
            sendAndAwaitAck(quiet, round);
        }
        long moved = metrics.bytesReceived.sum() - before;
        more.set(false);
        for (Socket client : clients) {
            client.close();
        }
        flood.forEach(CompletableFuture::join);
        assertThat(moved / rounds)
                .as("bytes moved by the flood for each answer")
                .isLessThan(FAIR_BYTES);
    }

    private static byte[] burst() {
        byte[][] messages = new byte[200][];
        Arrays.fill(messages, message("grid.flood", 1, "x".repeat(200)));
        return join(messages);
    }

    /** Works on each event for some microseconds, so that senders are always ahead. */
    private static final class BusySink implements EventSink, EventSink.Intake {
        private volatile int worked;

        @Override
        public Intake open(Peer peer) {
            return this;
        }

        @Override
        public Taken take(Tag tag, long seconds, int nanos, MsgpackCursor record, boolean mayDrop) {
            int work = nanos;
            for (int step = 0; step < 5_000; step++) {
                work = 31 * work + step;
            }
            worked = work;
            return worked == 1 ? Taken.FULL : Taken.YES;
        }

        @Override
        public boolean flush(boolean ackWanted) {
            return true;
        }

        @Override
        public void awaitDurable() {}

        @Override
        public void close() {}
    }
}
