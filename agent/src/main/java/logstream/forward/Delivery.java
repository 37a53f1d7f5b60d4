package logstream.forward;

import java.io.IOException;
import java.io.OutputStream;
import logstream.forward.EventSink.Intake;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * The way of one connection's events to the sink, and of the acks back.
 *
 * <p>Invariant: an ack is written only after the events of its message, and all before them, are durable.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class Delivery {
    private final EventSink sink;
    private final Peer peer;
    private final OutputStream out;
    private final Metrics metrics;
    private final AckQueue acks = new AckQueue();

    /** Opened by the first event: most connections of a probing sender never have one. */
    private @Nullable Intake intake;

    private boolean full;

    Delivery(EventSink sink, Peer peer, OutputStream out, Metrics metrics) {
        this.sink = sink;
        this.peer = peer;
        this.out = out;
        this.metrics = metrics;
    }

    void take(Tag tag, long seconds, int nanos, MsgpackCursor record) {
        Intake opened = intake;
        if (opened == null) {
            opened = sink.open(peer);
            intake = opened;
        }
        full = opened.take(tag, seconds, nanos, record);
    }

    /** Whether {@link #flush} must come before the next event. */
    boolean isFull() {
        return full;
    }

    void flush() throws IntakeStoppedException {
        if (intake != null) {
            intake.flush();
        }
        full = false;
    }

    /** The message that ended is to be answered with this token. */
    void answer(Encoding encoding, byte[] token, int length) {
        acks.add(encoding, token, length);
    }

    /** Bytes of the acks that are owed. */
    int owedBytes() {
        return acks.bytes();
    }

    /** Blocks until everything flushed is durable. */
    void awaitDurable() throws IntakeStoppedException {
        if (intake != null) {
            intake.awaitDurable();
        }
    }

    /** Writes the acks that are owed: call {@link #flush} and {@link #awaitDurable} before. */
    void writeAcks() throws IOException {
        metrics.acksSent.add(acks.writeTo(out));
    }

    /** Nobody can be answered any more: the client will send again. */
    void forgetAcks() {
        acks.clear();
    }

    /** Gives back what the sink holds for this connection. */
    void close() throws IOException {
        if (intake != null) {
            intake.close();
        }
    }
}
