package logstream.bench.load;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the load: writes messages, waits for acks where they are asked for, and connects again when it broke.
 *
 * <p>Invariant: sequence numbers are given once, in order. What is not known to have been written as a whole (with acks: to
 * be acknowledged) when the connection ends is sent again on the next one, under the same numbers, as every client does.
 *
 * <p>Threading: confined to the generator's thread; the channel does not block.
 */
final class Sender {
    private final LoadPlan plan;
    private final Selector selector;
    private final MessageBatch batch;
    private final ByteBuffer ackBytes = ByteBuffer.allocate(64);

    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private ByteBuffer pending = ByteBuffer.allocate(0);
    private int pendingEvents;
    private boolean awaitsAck;
    private boolean ended;
    private int nextSequence;
    private long done;
    private long reconnects;

    /** @param batchBytes written at once when there is no rate */
    Sender(LoadPlan plan, int number, int batchBytes, Selector selector) throws IOException {
        this.plan = plan;
        this.selector = selector;
        this.batch = MessageBatch.of(plan, number, batchBytes);
        connect();
    }

    /** Events written as a whole; with acks: acknowledged. */
    long done() {
        return done;
    }

    long reconnects() {
        return reconnects;
    }

    boolean isConnected() {
        return channel != null;
    }

    /** Whether everything it was given is done. */
    boolean isIdle() {
        return !pending.hasRemaining() && !awaitsAck;
    }

    /** Whether the next message may be given to {@link #write}. */
    boolean isFree() {
        return channel != null && !ended && isIdle();
    }

    int eventsInBatch() {
        return batch.messages() * plan.events();
    }

    /**
     * Begins to write messages.
     *
     * @param events a multiple of those in a message, at most {@link #eventsInBatch}
     * @param stampNanos what the stamps say
     */
    void write(int events, long stampNanos, int epochSeconds) {
        pending = batch.stamped(events / plan.events(), nextSequence, stampNanos, epochSeconds);
        pendingEvents = events;
        nextSequence += events;
        goOn(false);
    }

    /**
     * Writes what can be written.
     *
     * @param readable whether there is something to read: an ack, or the end
     */
    void goOn(boolean readable) {
        SocketChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            if (readable) {
                read(open);
            }
            if (!awaitsAck && pending.hasRemaining()) {
                open.write(pending);
                if (!pending.hasRemaining()) {
                    written();
                }
            }
            if (ended && isIdle()) {
                disconnect();
            } else {
                listen();
            }
        } catch (IOException _) {
            disconnect();
        }
    }

    private void written() {
        if (plan.acks()) {
            awaitsAck = true;
        } else {
            done += pendingEvents;
        }
    }

    private void read(SocketChannel open) throws IOException {
        int count = open.read(ackBytes);
        if (count < 0) {
            // What has been begun is finished: the agent still reads.
            ended = true;
            if (awaitsAck) {
                throw new IOException("ended before the ack");
            }
        } else if (count > 0) {
            acknowledged();
        }
    }

    private void acknowledged() {
        byte[] expected = awaitsAck ? batch.expectedAck() : new byte[0];
        byte[] got = Arrays.copyOf(ackBytes.array(), ackBytes.position());
        if (got.length < expected.length) {
            return;
        }
        if (!Arrays.equals(expected, got)) {
            throw new IllegalStateException(
                    "the agent sent " + Arrays.toString(got) + " where the ack is " + Arrays.toString(expected));
        }
        ackBytes.clear();
        awaitsAck = false;
        done += pendingEvents;
    }

    private void listen() {
        int wanted = pending.hasRemaining() && !awaitsAck ? SelectionKey.OP_WRITE : 0;
        if (!ended && (plan.acks() || plan.readsEnd())) {
            wanted |= SelectionKey.OP_READ;
        }
        SelectionKey current = key;
        if (current != null && current.interestOps() != wanted) {
            current.interestOps(wanted);
        }
    }

    /** Leaves the connection; what is not done is to be sent again as a whole. */
    private void disconnect() {
        SocketChannel open = channel;
        channel = null;
        key = null;
        ended = false;
        ackBytes.clear();
        if (awaitsAck || pending.hasRemaining()) {
            pending.rewind();
            awaitsAck = false;
        }
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // It is gone all the same.
            }
        }
    }

    /** Tries once to connect again; nothing changes when nobody listens. */
    void reconnect() {
        try {
            connect();
            reconnects++;
            goOn(false);
        } catch (IOException _) {
            disconnect();
        }
    }

    private void connect() throws IOException {
        SocketChannel open = Loopback.connect(plan.port());
        open.setOption(StandardSocketOptions.TCP_NODELAY, true);
        open.configureBlocking(false);
        channel = open;
        key = open.register(selector, 0, this);
        listen();
    }
}
