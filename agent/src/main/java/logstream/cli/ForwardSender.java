package logstream.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import logstream.config.Quantity;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * Sends messages to an agent and keeps each until the agent has acknowledged it; what a lost connection leaves
 * unacknowledged is sent again over a new one.
 *
 * <p>Invariant: {@link #unacked} holds, in the order sent, exactly the messages that are not known to be durable; at most
 * {@link #MAX_UNACKED}, and {@link #MAX_UNACKED_BYTES} before the last one.
 *
 * <p>Threading: {@link #send}, {@link #flush} and {@link #finish} are for one thread. A second one, started here, reads
 * the acks and alone makes new connections. All state is guarded by {@link #lock}; the second thread reads the socket
 * without it.
 */
final class ForwardSender implements AutoCloseable {
    static final int MAX_UNACKED = 1024;
    static final int MAX_UNACKED_BYTES = 4 << 20;

    /** Waits before the tries to connect again; enough for an agent to be restarted. */
    static final List<Duration> RECONNECT_WAITS = List.of(
            Duration.ZERO,
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4));

    private final HostPort address;
    private final Duration ackTimeout;
    private final List<Duration> reconnectWaits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Unacked> unacked = new ArrayDeque<>();
    private int unackedBytes;
    private Socket socket;
    private OutputStream out;
    private boolean broken;
    private boolean finished;
    private int triesWithoutProgress;
    private @Nullable String failure;

    private record Unacked(String ackToken, byte[] message) {}

    private ForwardSender(HostPort address, Duration ackTimeout, List<Duration> reconnectWaits, Socket socket)
            throws IOException {
        this.address = address;
        this.ackTimeout = ackTimeout;
        this.reconnectWaits = reconnectWaits;
        this.socket = socket;
        this.out = buffered(socket);
    }

    /**
     * Connects, once.
     *
     * @param ackTimeout longest silence of the agent while it owes acks
     */
    static ForwardSender connect(HostPort address, Duration ackTimeout, List<Duration> reconnectWaits) throws Failure {
        Socket socket = AgentSocket.open(address);
        try {
            ForwardSender sender = new ForwardSender(address, ackTimeout, reconnectWaits, socket);
            Thread.ofVirtual().name("acks").start(sender::readAcks);
            return sender;
        } catch (IOException lost) {
            closeQuietly(socket);
            throw AgentSocket.unreachable(address, lost);
        }
    }

    /**
     * Sends a message; waits while too many are unacknowledged.
     *
     * @param ackToken what the message asks to be answered; must be new
     * @throws Failure when the agent is gone, or silent for too long
     */
    void send(String ackToken, byte[] message) throws Failure {
        lock.lock();
        try {
            while (unacked.size() >= MAX_UNACKED || unackedBytes >= MAX_UNACKED_BYTES) {
                awaitProgress();
            }
            throwIfFailed();
            unacked.add(new Unacked(ackToken, message));
            unackedBytes += message.length;
            if (!broken) {
                write(() -> out.write(message));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Hands on what was sent so far: to be called before waiting for more input. */
    void flush() {
        lock.lock();
        try {
            if (!broken) {
                write(out::flush);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the agent has acknowledged everything. */
    void finish() throws Failure {
        lock.lock();
        try {
            while (!unacked.isEmpty()) {
                awaitProgress();
            }
            throwIfFailed();
            finished = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many messages are not known to be durable. */
    int unacknowledged() {
        lock.lock();
        try {
            return unacked.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            finished = true;
            closeQuietly(socket);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private interface Write {
        void run() throws IOException;
    }

    /** Closing the socket wakes the thread that reads acks, which then makes a new connection. */
    private void write(Write write) {
        try {
            write.run();
        } catch (IOException lost) {
            broken = true;
            closeQuietly(socket);
        }
    }

    /** Waits for acks, for as long as the agent may be silent. */
    private void awaitProgress() throws Failure {
        throwIfFailed();
        if (!broken) {
            write(out::flush);
        }
        int before = unacked.size();
        long left = ackTimeout.toNanos();
        while (unacked.size() == before && failure == null) {
            if (left <= 0) {
                failure = "the agent at " + address + " was silent for " + Quantity.showDuration(ackTimeout)
                        + "; its buffer may be full, see its log";
                break;
            }
            left = await(left);
        }
        throwIfFailed();
    }

    /** Returns what is left of the time; every caller looks at its condition again. */
    @SuppressWarnings("WaitNotInLoop")
    private long await(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException nobodyInterruptsUs) {
            throw new IllegalStateException("interrupted while waiting for acks", nobodyInterruptsUs);
        }
    }

    private void throwIfFailed() throws Failure {
        if (failure != null) {
            throw new Failure(ExitCode.UNSURE, failure);
        }
    }

    /** The second thread: acks of one connection after the other. */
    private void readAcks() {
        Socket current = currentSocket();
        while (true) {
            readUntilLost(current);
            lock.lock();
            try {
                broken = true;
                closeQuietly(current);
                // Nothing is owed: a new connection can wait until there is something to send.
                while (unacked.isEmpty() && !finished) {
                    await(TimeUnit.DAYS.toNanos(1));
                }
                if (finished || failure != null || !reconnect()) {
                    changed.signalAll();
                    return;
                }
                current = socket;
            } finally {
                lock.unlock();
            }
        }
    }

    private Socket currentSocket() {
        lock.lock();
        try {
            return socket;
        } finally {
            lock.unlock();
        }
    }

    private void readUntilLost(Socket current) {
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(current.getInputStream())) {
            while (true) {
                String ack = "";
                for (int pairs = in.unpackMapHeader(); pairs > 0; pairs--) {
                    boolean isAck = in.unpackString().equals("ack");
                    ack = isAck ? in.unpackString() : ack;
                    if (!isAck) {
                        in.skipValue();
                    }
                }
                if (!acknowledged(ack)) {
                    return;
                }
            }
        } catch (IOException | MessagePackException lost) {
            // The connection ended, or what answers is no agent: the caller connects again, a bounded number of times.
        }
    }

    /** Acks come in order; any other one means that what answers has lost its way. */
    private boolean acknowledged(String ackToken) {
        lock.lock();
        try {
            Unacked oldest = unacked.peek();
            if (oldest == null || !oldest.ackToken.equals(ackToken)) {
                return false;
            }
            unacked.remove();
            unackedBytes -= oldest.message.length;
            triesWithoutProgress = 0;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Connects and sends again what is unacknowledged. Returns false, with {@link #failure} set, when that is in vain. */
    private boolean reconnect() {
        String reason = "the connection ends again and again";
        while (triesWithoutProgress < reconnectWaits.size()) {
            pause(reconnectWaits.get(triesWithoutProgress++));
            if (finished) {
                return false;
            }
            try {
                socket = AgentSocket.dial(address);
                out = buffered(socket);
                for (Unacked message : unacked) {
                    out.write(message.message);
                }
                out.flush();
                broken = false;
                return true;
            } catch (IOException unreachable) {
                closeQuietly(socket);
                reason = AgentSocket.reason(unreachable);
            }
        }
        failure = "the connection to " + address + " was lost and could not be made again (" + reason + ")";
        return false;
    }

    private void pause(Duration wait) {
        long left = wait.toNanos();
        while (left > 0 && !finished) {
            left = await(left);
        }
    }

    private static OutputStream buffered(Socket socket) throws IOException {
        return new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyLost) {
            // There is nothing left to save on it.
        }
    }
}
