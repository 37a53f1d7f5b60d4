package logstream.forward;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.TlsFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sender's connection, from accept to close. While its peer has something to say it is awake: a {@link Session} reads
 * on a virtual thread. Otherwise this object and the transport are all there is of it.
 *
 * <p>Invariants: between messages it is never closed by us, except to stop. It has a thread, or is watched, or has ended; the
 * end is told once. What must outlive a sleep is a field here.
 *
 * <p>Threading: {@link #run} on a thread of {@link AwakeConnections}, one at a time; the rest from any thread. The state is
 * guarded by {@code this}.
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** What all connections of a server have in common. */
    record Surroundings(
            SharedPools pools,
            EventSink sink,
            Faults faults,
            Metrics metrics,
            InstantSource clock,
            MessageBounds bounds,
            Admission admission,
            Timeouts timeouts,
            AwakeConnections awake) {}

    /** How long a peer may take; and the time, in the manner of {@link System#nanoTime}, and how it passes. */
    record Timeouts(Duration message, Duration handshake, LongSupplier nanoTime, Sleep sleep) {}

    /** Lets time pass, as {@link Thread#sleep(Duration)} does. */
    interface Sleep {
        void sleep(Duration time) throws InterruptedException;
    }

    /** What the connection is at. */
    private enum Phase {
        /** It is watched, and has no thread. */
        ASLEEP,
        /** Bytes have come, and it waits for a thread; or its thread does what is not the peer's to hurry. */
        WORKING,
        /** The peer is waited for, who has yet to agree with us on how to talk. */
        HANDSHAKING,
        /** The peer is waited for, between two messages. */
        BETWEEN,
        /** The peer is waited for, who has begun a message. */
        INSIDE,
        /** The peer is waited for, who is to read its acks. */
        ANSWERING,
        ENDED
    }

    private final Transport transport;
    private final Surroundings around;
    private final Consumer<Connection> onEnd;

    /** Whether the peer has yet to prove that it may send. Confined to the thread that the connection has at the time. */
    private boolean mustProve;

    /** What the peer speaks, once it is known. Confined as {@code mustProve}. */
    private Encoding encoding = Encoding.UNKNOWN;

    /** Whether it has asked for an ack. Confined as {@code mustProve}. */
    private boolean asksForAcks;

    private Phase phase = Phase.WORKING;
    /** When the phase began; of a sleep, when the peer was last heard of. */
    private long since;

    private boolean stopping;
    private boolean outputClosed;
    /** Whether we have decided to close it; then why has been told. */
    private boolean condemned;

    /**
     * @param mustProve whether the peer must prove that it may send
     * @param onEnd told once, when the connection has ended
     */
    Connection(Transport transport, Surroundings around, boolean mustProve, Consumer<Connection> onEnd) {
        this.mustProve = mustProve;
        this.transport = transport;
        this.around = around;
        this.onEnd = onEnd;
        since = now();
    }

    Transport transport() {
        return transport;
    }

    Surroundings around() {
        return around;
    }

    /** Begins: without a thread until the first byte, unless the first word is ours. */
    void open() {
        if (mustProve) {
            around.awake().run(this);
        } else {
            sleep();
        }
    }

    /** Whether the peer has yet to prove that it may send. */
    boolean mustProve() {
        return mustProve;
    }

    /** The peer has proved that it may send. */
    void proved() {
        mustProve = false;
    }

    /** What the peer was found to speak. */
    Encoding encoding() {
        return encoding;
    }

    /** Whether the peer was found to ask for acks. */
    boolean asksForAcks() {
        return asksForAcks;
    }

    /** What is to be remembered of the peer while the connection sleeps. */
    void speaks(Encoding found, boolean withAcks) {
        encoding = found;
        asksForAcks = withAcks;
    }

    /** What the connection does while it is awake: reads until the peer falls silent or is gone. */
    void run() {
        boolean silent = new Session(this).run();
        if (silent) {
            sleep();
        } else {
            end();
        }
    }

    private void sleep() {
        synchronized (this) {
            if (phase == Phase.WORKING) {
                since = now();
            }
            phase = Phase.ASLEEP;
        }
        try {
            transport.sleep(this::wake);
        } catch (IOException e) {
            // It is closed; reading will tell.
            wake();
        }
    }

    private void wake() {
        synchronized (this) {
            if (phase != Phase.ASLEEP) {
                return;
            }
            phase = Phase.WORKING;
        }
        around.awake().run(this);
    }

    private void end() {
        synchronized (this) {
            phase = Phase.ENDED;
        }
        closeTransport();
        onEnd.accept(this);
    }

    /** Ends the connection, whatever it does. */
    void close() {
        boolean asleep;
        synchronized (this) {
            condemned = true;
            asleep = phase == Phase.ASLEEP;
            if (asleep) {
                phase = Phase.ENDED;
            }
        }
        closeTransport();
        if (asleep) {
            onEnd.accept(this);
        }
    }

    /** Ends the connection, since others need the memory that it holds while it waits for its peer. */
    void evict() {
        if (condemn()) {
            around.faults().evicted(peer());
        }
        close();
    }

    /** Ends the connection if its peer has made it wait too long inside a message or a handshake. */
    void expire(long now) {
        switch (overdue(now)) {
            case INSIDE, ANSWERING -> {
                if (condemn()) {
                    around.faults().stalled(peer(), around.timeouts().message());
                }
                close();
            }
            case HANDSHAKING -> {
                if (condemn()) {
                    String what = "no handshake within "
                            + around.timeouts().handshake().toSeconds() + " s";
                    around.faults().tlsFailed(TlsFailure.TIMED_OUT, peer(), what);
                }
                close();
            }
            case ASLEEP, WORKING, BETWEEN, ENDED -> {}
        }
    }

    /** The phase that has taken too long; {@code WORKING} when none has. */
    private synchronized Phase overdue(long now) {
        boolean unshaken = phase == Phase.ASLEEP && transport.needsHandshake();
        Phase waiting = unshaken ? Phase.HANDSHAKING : phase;
        long limit = switch (waiting) {
            case INSIDE, ANSWERING -> around.timeouts().message().toNanos();
            case HANDSHAKING -> around.timeouts().handshake().toNanos();
            case ASLEEP, WORKING, BETWEEN, ENDED -> Long.MAX_VALUE;
        };
        return now - since >= limit ? waiting : Phase.WORKING;
    }

    private synchronized boolean condemn() {
        boolean first = !condemned;
        condemned = true;
        return first;
    }

    /** Whether the end was decided by us, and has been told. */
    synchronized boolean isCondemned() {
        return condemned;
    }

    /** No more acks after those that are owed: the peer learns of the end when it reads. What it sends is still taken. */
    synchronized void halfClose() {
        stopping = true;
        if (phase == Phase.ASLEEP || phase == Phase.BETWEEN) {
            closeOutput();
        }
    }

    /** Half-closes the connection if that is wanted and was not done; only between messages, with no ack owed. */
    synchronized void halfCloseIfStopping() {
        if (stopping) {
            closeOutput();
        }
    }

    /** Whether the acks that are owed are to be settled, and then {@link #halfCloseIfStopping} is to be called. */
    synchronized boolean mustHalfClose() {
        return stopping && !outputClosed;
    }

    /** Whether nothing can be answered any more. */
    synchronized boolean isOutputClosed() {
        return outputClosed;
    }

    private void closeOutput() {
        if (!outputClosed) {
            outputClosed = true;
            try {
                transport.halfClose();
            } catch (IOException e) {
                LOG.debug("A connection could not be half-closed: peer={} reason={}", peer(), e.getMessage());
            }
        }
    }

    /** For how long the peer has been waited for to send, at this time of {@link System#nanoTime}; 0 while it is not. */
    synchronized long silentNanos(long now) {
        return switch (phase) {
            case ASLEEP, HANDSHAKING, BETWEEN, INSIDE -> now - since;
            case WORKING, ANSWERING, ENDED -> 0;
        };
    }

    /** The handshake begins: its time counts from when the connection was accepted. */
    synchronized void handshaking() {
        phase = Phase.HANDSHAKING;
    }

    synchronized void waiting(boolean insideMessage) {
        begin(insideMessage ? Phase.INSIDE : Phase.BETWEEN);
        if (stopping && !insideMessage) {
            closeOutput();
        }
    }

    synchronized void answering() {
        begin(Phase.ANSWERING);
    }

    synchronized void working() {
        begin(Phase.WORKING);
    }

    private void begin(Phase next) {
        phase = next;
        since = now();
    }

    private long now() {
        return around.timeouts().nanoTime().getAsLong();
    }

    /** Who is at the other end. */
    Peer sender() {
        try {
            return Peer.at(transport.remote());
        } catch (IOException e) {
            return new Peer("unknown", Optional.empty());
        }
    }

    /** For logs: who is at the other end. */
    private String peer() {
        return sender().name();
    }

    private void closeTransport() {
        try {
            transport.close();
        } catch (IOException e) {
            LOG.debug("A connection could not be closed: reason={}", e.getMessage());
        }
    }
}
