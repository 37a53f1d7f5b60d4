package logstream.forward;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection while it is awake: reads messages, hands on events, writes acks. Made when it wakes and dropped when it
 * sleeps.
 *
 * <p>Invariant: whatever ends it, its turn, its buffers and what the sink holds for it are given back.
 *
 * <p>Threading: {@link #run} on the thread of the connection; {@link #evict} is called by others.
 */
final class Session implements WireReader.Pauses, HeldBytes.Holder, LendingPool.Borrower {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Connection connection;
    private final Connection.Surroundings around;
    private final Transport transport;
    private final String peer;
    private final Delivery delivery;
    private final WireReader reader;
    private final MessageDecoder decoder;
    private final Pace pace;

    /** There while the peer has yet to prove that it may send. */
    private Optional<Handshake> handshake = Optional.empty();

    /** What the reader keeps until it goes on. */
    private int keptBytes;

    private boolean keepsLarge;

    /** Whether the peer is waited for; and whether it was not for long the last time. */
    private boolean waiting;

    private boolean brisk;

    /** Whether messages come so close together that it pays to let some gather. */
    private boolean dense;

    /** What came since the peer was waited for, or let gather. */
    private int gathered;

    /** Whether the connection is one of the few that keep their threads. */
    private boolean staying;

    Session(Connection connection) {
        this.connection = connection;
        around = connection.around();
        transport = connection.transport();
        Peer sender = connection.sender();
        peer = sender.name();
        pace = new Pace(around.timeouts().nanoTime());
        delivery = new Delivery(
                around.sink(), sender, new TransportOutput(transport), around.metrics(), connection.asksForAcks());
        reader = new WireReader(transport, around.pools(), this);
        decoder = new MessageDecoder(reader, delivery, around, this, peer, connection.encoding());
    }

    /** Reads until the peer falls silent, which gives true, or the connection is to be closed. */
    boolean run() {
        try {
            if (transport.needsHandshake()) {
                connection.handshaking();
                transport.handshake();
                connection.working();
            }
            return (!connection.mustProve() || hasProved()) && readMessages();
        } catch (UnreadableException e) {
            settleLast();
        } catch (IntakeStoppedException e) {
            LOG.debug("A connection ends because the agent stops: peer={} reason={}", peer, e.getMessage());
        } catch (TlsFailedException e) {
            if (!connection.isCondemned()) {
                around.faults().tlsFailed(e.failure(), peer, e.what());
            }
        } catch (EOFException e) {
            around.faults().cutOff(peer);
        } catch (IOException e) {
            lost(e);
        } catch (RuntimeException e) {
            LOG.error("A connection was closed by a bug in the agent: peer={}. Report this with the trace.", peer, e);
        } finally {
            giveBack();
        }
        return false;
    }

    /** Whether the peer proves that it may send. If not it is told, and the connection is to be closed. */
    private boolean hasProved() throws IOException, IntakeStoppedException {
        Handshake proving = around.admission()
                .handshake(
                        transport.remote(),
                        new Handshake.Line(
                                reader,
                                new TransportOutput(transport),
                                reason -> around.faults().unauthorized(peer, reason)))
                .orElseThrow();
        handshake = Optional.of(proving);
        try {
            if (proving.run()) {
                connection.proved();
                return true;
            }
            transport.halfClose();
            proving.linger();
            return false;
        } finally {
            handshake = Optional.empty();
        }
    }

    /** As {@link #run}. */
    private boolean readMessages() throws IOException, IntakeStoppedException, UnreadableException {
        while (true) {
            try {
                if (!decoder.next()) {
                    return false;
                }
            } catch (SocketTimeoutException e) {
                if (transport.heldBytes() == 0) {
                    connection.speaks(decoder.encoding(), delivery.isAsked());
                    return true;
                }
            }
            if (connection.mustHalfClose()) {
                reader.endTurn(() -> {});
                connection.halfCloseIfStopping();
            }
        }
    }

    @Override
    public void evict() {
        connection.evict();
    }

    @Override
    public Pace pace() {
        return pace;
    }

    @Override
    public void flush() throws IntakeStoppedException {
        delivery.flush();
    }

    @Override
    public boolean owesAcks() {
        return delivery.owedBytes() > 0;
    }

    /** While the buffer or the disk is waited for, the wait is not the peer's fault, and only what is large counts. */
    @Override
    public void settle(int heldBytes, boolean large) throws IOException, IntakeStoppedException {
        keptBytes = large ? 0 : heldBytes;
        keepsLarge = large;
        if (!owesAcks()) {
            return;
        }
        if (connection.isOutputClosed()) {
            delivery.forgetAcks();
            return;
        }
        HeldBytes held = around.pools().held();
        int bytes = keptBytes + delivery.owedBytes();
        if (bytes > ForwardLimits.UNCOUNTED_BYTES) {
            held.hold(this, bytes, false);
        }
        delivery.awaitDurable();
        held.hold(this, ForwardLimits.AWAKE_BYTES + bytes, large);
        connection.answering();
        delivery.writeAcks();
        connection.working();
        held.release(this);
    }

    @Override
    public boolean gather() throws InterruptedIOException {
        boolean pays = dense && gathered > 0 && gathered < ForwardLimits.GATHERED_BYTES;
        if (!pays
                || delivery.isAsked()
                || handshake.isPresent()
                || decoder.insideMessage()
                || connection.mustHalfClose()) {
            return false;
        }
        gathered = 0;
        // To moments that all connections have in common: then what they send is written and published together, too.
        long moment = ForwardLimits.GATHER.toNanos();
        long rest = moment - Math.floorMod(around.timeouts().nanoTime().getAsLong(), moment);
        try {
            around.timeouts().sleep().sleep(Duration.ofNanos(rest < moment / 2 ? rest + moment : rest));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("interrupted while more gathered").initCause(e);
        }
        return true;
    }

    @Override
    public int waiting() {
        gathered = 0;
        pace.waiting();
        if (handshake.isPresent()) {
            connection.waiting(false);
            return handshake.get().millisLeft();
        }
        int begun = transport.heldBytes();
        boolean inside = decoder.insideMessage() || begun > 0;
        if (inside) {
            around.pools().held().hold(this, ForwardLimits.AWAKE_BYTES + keptBytes + begun, keepsLarge);
        }
        connection.waiting(inside);
        waiting = true;
        if (inside) {
            return 0;
        }
        if (staysAwake()) {
            return 0;
        }
        boolean crowded = around.awake().isCrowded();
        return (int) (crowded ? ForwardLimits.CROWDED_PATIENCE : ForwardLimits.IDLE_PATIENCE).toMillis();
    }

    private boolean staysAwake() {
        if (brisk && !staying) {
            staying = around.awake().tryStay();
        } else if (!brisk) {
            leave();
        }
        return staying;
    }

    private void leave() {
        if (staying) {
            staying = false;
            around.awake().leave();
        }
    }

    @Override
    public void arrived(int bytes) {
        around.metrics().bytesReceived.add(Math.max(bytes, 0));
        pace.arrived(bytes);
        gathered += Math.max(bytes, 0);
        if (waiting) {
            long now = around.timeouts().nanoTime().getAsLong();
            long silent = connection.silentNanos(now);
            brisk = silent < ForwardLimits.BRISK.toNanos();
            dense = silent < ForwardLimits.GATHER.toNanos();
            waiting = false;
        }
        connection.working();
    }

    @Override
    public void resumed() {
        around.pools().held().release(this);
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
        if (!connection.isCondemned() && decoder.insideMessage()) {
            around.faults().cutOff(peer);
        } else {
            LOG.debug("A connection was lost: peer={} reason={}", peer, reason.getMessage());
        }
    }

    private void giveBack() {
        reader.close();
        leave();
        around.pools().held().release(this);
        try {
            delivery.close();
        } catch (IOException e) {
            LOG.debug("What a connection had taken could not be given back: peer={}", peer, e);
        }
    }
}
