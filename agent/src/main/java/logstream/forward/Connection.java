package logstream.forward;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sender's connection, from accept to close: reads messages, hands on events, writes acks.
 *
 * <p>Invariants: between messages it is never closed by us, except to stop. Whatever ends it, its turn, its buffers and
 * what the sink holds for it are given back.
 *
 * <p>Threading: {@link #run} on a virtual thread of its own. {@link #halfClose}, {@link #close}, {@link #evict} and
 * {@link #silentNanos} are called by others; what they share with it is guarded by {@code lock}.
 */
final class Connection implements Runnable, WireReader.Pauses, HeldBytes.Holder, LendingPool.Borrower {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** What all connections of a server have in common. */
    record Surroundings(
            SharedPools pools,
            EventSink sink,
            Faults faults,
            Metrics metrics,
            InstantSource clock,
            MessageBounds bounds,
            Admission admission) {}

    private final Socket socket;
    private final String peer;
    private final HeldBytes held;
    private final Faults faults;
    private final Metrics metrics;
    private final Delivery delivery;
    private final WireReader reader;
    private final MessageDecoder decoder;
    private final Pace pace = new Pace(System::nanoTime);
    private final Optional<Handshake> handshake;

    private final ReentrantLock lock = new ReentrantLock();
    /** Confined to the thread of the connection. */
    private boolean handshaking;

    private volatile boolean stopping;
    private volatile boolean outputClosed;
    private volatile boolean evicted;
    /** Whether the peer is waited for; then also since when, and whether its message has begun. */
    private boolean waiting;

    private long waitingSince;
    private boolean waitingInsideMessage;

    Connection(Socket socket, Surroundings around) throws IOException {
        this.socket = socket;
        SocketAddress remote = socket.getRemoteSocketAddress();
        Peer sender = Peer.at(remote);
        peer = sender.name();
        held = around.pools().held();
        faults = around.faults();
        metrics = around.metrics();
        delivery = new Delivery(around.sink(), sender, socket.getOutputStream(), metrics);
        reader = new WireReader(socket.getInputStream(), around.pools(), this);
        decoder = new MessageDecoder(reader, delivery, around, this, peer, Encoding.UNKNOWN);
        handshake = around.admission()
                .handshake(
                        remote,
                        new Handshake.Line(
                                reader, socket.getOutputStream(), reason -> faults.unauthorized(peer, reason)));
    }

    @Override
    public void run() {
        try {
            socket.setTcpNoDelay(true);
            if (handshake.isPresent() && !admitted(handshake.get())) {
                return;
            }
            while (decoder.next()) {
                if (stopping && !outputClosed) {
                    reader.endTurn(() -> {});
                    closeOutput();
                }
            }
        } catch (UnreadableException e) {
            settleLast();
        } catch (IntakeStoppedException e) {
            LOG.debug("A connection ends because the agent stops: peer={} reason={}", peer, e.getMessage());
        } catch (EOFException e) {
            faults.cutOff(peer);
        } catch (IOException e) {
            lost(e);
        } catch (RuntimeException e) {
            LOG.error("A connection was closed by a bug in the agent: peer={}. Report this with the trace.", peer, e);
        } finally {
            end();
        }
    }

    private boolean admitted(Handshake proving) throws IOException, IntakeStoppedException {
        handshaking = true;
        boolean admitted = proving.run();
        if (!admitted) {
            closeOutput();
            proving.linger();
        }
        handshaking = false;
        socket.setSoTimeout(0);
        return admitted;
    }

    /** No more acks after those that are owed: the peer learns of the end when it reads. What it sends is still taken. */
    void halfClose() {
        lock.lock();
        try {
            stopping = true;
            if (waiting && !waitingInsideMessage) {
                closeOutput();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection, whatever it does. */
    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A connection could not be closed: peer={} reason={}", peer, e.getMessage());
        }
    }

    @Override
    public Pace pace() {
        return pace;
    }

    @Override
    public void evict() {
        evicted = true;
        close();
    }

    /** For how long the peer has been waited for, at this time of {@link System#nanoTime}; 0 while it is not. */
    long silentNanos(long now) {
        lock.lock();
        try {
            return waiting ? now - waitingSince : 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() throws IntakeStoppedException {
        delivery.flush();
    }

    @Override
    public boolean owesAcks() {
        return delivery.owedBytes() > 0;
    }

    /**
     * Large buffers are held only from when the peer is waited for: until then the wait is not its fault. They count with
     * no bytes, since their pool bounds them.
     */
    @Override
    public void settle(int heldBytes, boolean large) throws IOException, IntakeStoppedException {
        int bytes = heldBytes + delivery.owedBytes();
        if (!large && bytes > ForwardLimits.UNCOUNTED_BYTES) {
            held.hold(this, bytes, false);
        }
        if (owesAcks() && !outputClosed) {
            delivery.awaitDurable();
        }
        if (large) {
            held.hold(this, 0, true);
        }
        if (outputClosed) {
            delivery.forgetAcks();
        } else {
            delivery.writeAcks();
        }
    }

    @Override
    public void waiting() throws IOException {
        pace.waiting();
        if (handshaking) {
            socket.setSoTimeout(handshake.map(Handshake::millisLeft).orElse(0));
        }
        lock.lock();
        try {
            waiting = true;
            waitingSince = System.nanoTime();
            waitingInsideMessage = decoder.insideMessage();
            if (stopping && !waitingInsideMessage) {
                closeOutput();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void arrived(int bytes) {
        metrics.bytesReceived.add(Math.max(bytes, 0));
        pace.arrived(bytes);
        lock.lock();
        try {
            waiting = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resumed() {
        held.release(this);
    }

    /** What came before the bytes that cannot be read is kept and answered. */
    private void settleLast() {
        reader.close();
        try {
            delivery.flush();
            settle(0, false);
        } catch (IntakeStoppedException | IOException e) {
            LOG.debug("A connection ended before its last ack: peer={} reason={}", peer, e.getMessage());
        }
    }

    private void lost(IOException reason) {
        if (evicted) {
            faults.evicted(peer);
        } else if (decoder.insideMessage()) {
            faults.cutOff(peer);
        } else {
            LOG.debug("A connection was lost: peer={} reason={}", peer, reason.getMessage());
        }
    }

    private void closeOutput() {
        if (!outputClosed) {
            outputClosed = true;
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                LOG.debug("A connection could not be half-closed: peer={} reason={}", peer, e.getMessage());
            }
        }
    }

    private void end() {
        reader.close();
        held.release(this);
        try {
            delivery.close();
        } catch (IOException e) {
            LOG.debug("What a connection had taken could not be given back: peer={}", peer, e);
        }
        close();
    }
}
