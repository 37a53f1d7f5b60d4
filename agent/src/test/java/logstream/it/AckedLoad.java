package logstream.it;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/**
 * Connections that send events in Message mode, one at a time, each waiting for its ack, and remember what was
 * acknowledged. Nothing is ever sent twice: a broken connection stays broken.
 *
 * <p>Each event has the field {@code event}, which no other one has.
 *
 * <p>Threading: one thread per connection; what was counted may be asked from any thread.
 */
final class AckedLoad implements AutoCloseable {
    static final String TAG = "grid.devel/www-data/load:devel/www-data/load";

    private final List<Socket> sockets = new ArrayList<>();
    private final ScheduledExecutorService threads;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private final LongConsumer onAck;
    private final int maxLineBytes;
    private final boolean numbered;
    private volatile boolean stopped;

    private AckedLoad(int connections, int maxLineBytes, boolean numbered, LongConsumer onAck) {
        this.numbered = numbered;
        this.threads = Executors.newScheduledThreadPool(
                connections, Thread.ofPlatform().daemon().factory());
        this.maxLineBytes = maxLineBytes;
        this.onAck = onAck;
    }

    /**
     * Connects and begins to send.
     *
     * @param pause between an ack and the next event of the same connection
     * @param maxLineBytes lines are of random lengths up to this
     * @param onAck told, by the thread of the connection, how many events have been acknowledged
     */
    static AckedLoad start(
            int port, int connections, Duration pause, int maxLineBytes, Random random, LongConsumer onAck)
            throws IOException {
        return start(port, connections, pause, random, new AckedLoad(connections, maxLineBytes, false, onAck));
    }

    /** As {@link #start}, without pauses, and each line is a random letter, a space and the event. */
    static AckedLoad startNumbered(int port, int connections, Random random, LongConsumer onAck) throws IOException {
        return start(port, connections, Duration.ZERO, random, new AckedLoad(connections, 0, true, onAck));
    }

    private static AckedLoad start(int port, int connections, Duration pause, Random random, AckedLoad load)
            throws IOException {
        for (int number = 0; number < connections; number++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            load.sockets.add(socket);
        }
        for (int number = 0; number < connections; number++) {
            Connection connection = load.new Connection(number, load.sockets.get(number), random.nextLong());
            long nanos = Math.max(1, pause.toNanos());
            var _ = load.threads.scheduleWithFixedDelay(connection::sendOne, 0, nanos, TimeUnit.NANOSECONDS);
        }
        return load;
    }

    /** The events of which we hold an ack. */
    Set<String> acknowledged() {
        return acknowledged;
    }

    long acknowledgedCount() {
        return count.get();
    }

    /** How many were written to a socket, or at least begun to be. */
    long sentCount() {
        return sent.get();
    }

    /** Why a connection broke before {@link #close}, if one did. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Lets each connection finish the event it waits for; false when that takes longer than a minute. */
    boolean finish() {
        stopped = true;
        threads.shutdown();
        try {
            return threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Closes the connections, whatever they wait for. */
    @Override
    public void close() throws IOException {
        stopped = true;
        threads.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private final class Connection {
        private final int number;
        private final OutputStream out;
        private final MessageUnpacker acks;
        private final Random random;
        private int next;

        Connection(int number, Socket socket, long seed) throws IOException {
            this.number = number;
            this.out = socket.getOutputStream();
            this.acks = MessagePack.newDefaultUnpacker(socket.getInputStream());
            this.random = new Random(seed);
        }

        void sendOne() {
            if (stopped) {
                return;
            }
            try {
                String event = number + "-" + next++;
                sent.incrementAndGet();
                out.write(message(event));
                awaitAck(event);
                acknowledged.add(event);
                onAck.accept(count.incrementAndGet());
            } catch (IOException e) {
                if (!stopped) {
                    failure.compareAndSet(null, e);
                }
                // An exception is what ends a periodic task.
                throw new IllegalStateException(e);
            }
        }

        private byte[] message(String event) throws IOException {
            try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
                packer.packArrayHeader(4).packString(TAG).packLong(1_700_000_000L + next);
                packer.packMapHeader(5);
                packer.packString("container_id").packString("load-" + number);
                packer.packString("container_name").packString("/load-" + number);
                packer.packString("source").packString("stdout");
                packer.packString("log").packString(numbered ? letter() + " " + event : line());
                packer.packString("event").packString(event);
                packer.packMapHeader(1).packString("chunk").packString(event);
                return packer.toByteArray();
            }
        }

        private char letter() {
            return (char) ('a' + random.nextInt(26));
        }

        private String line() {
            byte[] line = new byte[random.nextInt(maxLineBytes + 1)];
            for (int at = 0; at < line.length; at++) {
                line[at] = (byte) letter();
            }
            return new String(line, StandardCharsets.ISO_8859_1);
        }

        private void awaitAck(String event) throws IOException {
            if (!acks.hasNext()) {
                throw new EOFException("closed before the ack of " + event);
            }
            int fields = acks.unpackMapHeader();
            String name = acks.unpackString();
            String token = acks.unpackString();
            if (fields != 1 || !name.equals("ack") || !token.equals(event)) {
                throw new IOException("the ack of " + event + " is {" + name + ": " + token + "}");
            }
        }
    }
}
