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

    /**
     * Whether an ack may be wanted for what is flushed. The wish stands at the end of a message, and a large one is flushed
     * before: so a connection counts as asking until a message of it ended without the wish, and for ever once one had it.
     */
    private boolean mayAsk = true;

    /** Whether a message had that wish, also before the connection slept. */
    private boolean asked;

    /** Events of a message were taken whose end has not come yet. */
    private boolean midMessage;

    /** Some of them may have been dropped. */
    private boolean incomplete;

    /** @param asked whether an ack was wanted for a message of this connection before */
    Delivery(EventSink sink, Peer peer, OutputStream out, Metrics metrics, boolean asked) {
        this.asked = asked;
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
        switch (opened.take(tag, seconds, nanos, record, !asked)) {
            case YES -> {}
            case FULL -> full = true;
            case DROPPED -> incomplete = true;
        }
        midMessage = true;
    }

    /** Whether {@link #flush} must come before the next event. */
    boolean isFull() {
        return full;
    }

    void flush() throws IntakeStoppedException {
        if (intake != null) {
            boolean whole = intake.flush(mayAsk);
            incomplete |= midMessage && !whole;
        }
        full = false;
    }

    /**
     * A message ended.
     *
     * @param encoding of its answer, if it wants one
     * @throws UnreadableException when this is the first message of its connection with that wish, and events of it were
     *     dropped before it was known: it gets no ack, and the sender sends it again over another connection
     */
    void end(Encoding encoding, MessageOption option) throws UnreadableException {
        metrics.messagesReceived.increment();
        boolean wanted = option.tokenLength() > 0;
        if (wanted && incomplete) {
            throw new UnreadableException("the buffer is full, and a message lost events before it asked for an ack");
        }
        asked |= wanted;
        mayAsk = asked;
        midMessage = false;
        incomplete = false;
        if (wanted) {
            acks.add(encoding, option.token(), option.tokenLength());
        }
    }

    /** Whether an ack was wanted for a message of this connection. */
    boolean isAsked() {
        return asked;
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
