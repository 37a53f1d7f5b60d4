package logstream.bench.sink;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ServerSocketFactory;

/**
 * A Kinesis endpoint that accepts everything for one stream, and only counts. During an outage nobody listens on its port.
 *
 * <p>Threading: a platform thread accepts, and one serves each connection; outages are told from any one thread.
 */
final class SinkServer {
    private static final int BACKLOG = 64;

    private final ServerSocketFactory sockets;
    private final SinkFaults faults;
    private final Tally tally;
    private final Requests requests = new Requests(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket listener;
    private volatile boolean away;

    /** What requests were counted as. */
    record Requests(LongAdder all, LongAdder throttledRecords, LongAdder failed, LongAdder unanswered) {}

    SinkServer(ServerSocketFactory sockets, SinkFaults faults, Tally tally) throws IOException {
        this.sockets = sockets;
        this.faults = faults;
        this.tally = tally;
        this.listener = listen(0);
        Thread.ofPlatform().daemon().name("accept").start(this::acceptAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    Requests requests() {
        return requests;
    }

    /** Closes the port and every connection. */
    void beginOutage() throws IOException {
        away = true;
        listener.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }

    /** Opens the same port again. */
    void endOutage() throws IOException {
        ServerSocket next = listen(port());
        tally.outageEnded();
        away = false;
        listener = next;
        Thread.ofPlatform().daemon().name("accept").start(this::acceptAll);
    }

    private ServerSocket listen(int port) throws IOException {
        ServerSocket socket = sockets.createServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        return socket;
    }

    private void acceptAll() {
        ServerSocket own = listener;
        while (!own.isClosed()) {
            try {
                Socket socket = own.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                Thread.ofPlatform().daemon().name("connection").start(() -> serve(socket));
            } catch (IOException e) {
                if (!own.isClosed()) {
                    System.err.println("sink: a connection was not accepted: " + e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            HttpStream http = new HttpStream(socket.getInputStream(), socket.getOutputStream());
            PutBatch batch = new PutBatch();
            SplittableRandom random = new SplittableRandom();
            boolean answered = true;
            while (answered && http.awaitRequest()) {
                answered = answer(http, http.read(), batch, random);
            }
        } catch (ProtocolException e) {
            System.err.println("sink: " + e.getMessage());
        } catch (IOException _) {
            // The agent left, or an outage began, which TLS tells in many ways. What was not accepted shows in the
            // tally.
        } finally {
            connections.remove(socket);
        }
    }

    /** False when the connection is to be closed without an answer. */
    private boolean answer(HttpStream http, HttpStream.Request request, PutBatch batch, SplittableRandom random)
            throws IOException {
        WireForm form = WireForm.of(request.contentType());
        switch (request.target()) {
            case "PutRecords" -> {
                return put(http, request, form, batch, random);
            }
            case "DescribeStreamSummary" ->
                http.answer(200, form.contentType(), 0, form.summary(System.currentTimeMillis()));
            default ->
                http.answer(
                        400,
                        form.contentType(),
                        0,
                        form.error("UnknownOperationException", "the sink does not know " + request.target()));
        }
        return true;
    }

    private boolean put(
            HttpStream http, HttpStream.Request request, WireForm form, PutBatch batch, SplittableRandom random)
            throws IOException {
        requests.all.increment();
        long number = requests.all.sum();
        batch.clear();
        try {
            form.read(request.body(), request.length(), batch);
        } catch (IllegalArgumentException e) {
            System.err.println("sink: a request that cannot be read: " + e.getMessage());
            http.answer(400, form.contentType(), number, form.error("SerializationException", e.toString()));
            return true;
        }
        delay();
        if (away) {
            return false;
        }
        if (random.nextDouble() < faults.failedRequests()) {
            requests.failed.increment();
            http.answer(500, form.contentType(), number, form.error("InternalFailure", "on purpose"));
            return true;
        }
        boolean[] refused = refused(batch.count(), random);
        tally.accept(batch, refused, System.nanoTime());
        if (random.nextDouble() < faults.lostAnswers()) {
            requests.unanswered.increment();
            return false;
        }
        http.answer(200, form.contentType(), number, form.answer(batch, refused, number));
        return true;
    }

    private boolean[] refused(int count, SplittableRandom random) {
        boolean[] refused = new boolean[count];
        for (int record = 0; faults.throttledRecords() > 0 && record < count; record++) {
            if (random.nextDouble() < faults.throttledRecords()) {
                refused[record] = true;
                requests.throttledRecords.increment();
            }
        }
        return refused;
    }

    private void delay() {
        if (faults.delayMillis() == 0) {
            return;
        }
        try {
            Thread.sleep(Duration.ofMillis(faults.delayMillis()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a connection", e);
        }
    }
}
