package logstream.forward;

import java.io.IOException;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the payload of PackedForward messages, plain or compressed.
 *
 * <p>Format: entries one after the other, as a string or as binary data of any width; see {@link Compression} for how it is
 * known whether they are compressed.
 *
 * <p>Invariant: entries before a broken one, or before a bound, are kept. For the rest, whose number nobody knows, one event
 * is counted as received and dropped, and the message goes on behind the payload: the same bytes again would end at the
 * same place.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class PayloadDecoder {
    private final WireReader reader;
    private final EventDecoder events;
    private final Delivery delivery;
    private final Connection.Surroundings around;
    private final LendingPool.Borrower borrower;
    private final MessageBounds bounds;
    private final Faults faults;
    private final String peer;

    /** Made for the first compressed payload: most connections never have one. */
    private @Nullable DecompressedPayload decompressed;

    private @Nullable EventDecoder decompressedEvents;

    /**
     * @param events of the reader
     */
    PayloadDecoder(
            WireReader reader,
            EventDecoder events,
            Delivery delivery,
            Connection.Surroundings around,
            LendingPool.Borrower borrower,
            String peer) {
        this.reader = reader;
        this.events = events;
        this.delivery = delivery;
        this.around = around;
        this.borrower = borrower;
        this.peer = peer;
        bounds = around.bounds();
        faults = around.faults();
    }

    /**
     * Consumes the payload at hand.
     *
     * @param tag null when the message's tag was too long to be read
     * @param behindBound where, in the reader's count, the message becomes too large
     */
    void decode(@Nullable Tag tag, long behindBound) throws IOException, IntakeStoppedException, UnreadableException {
        reader.ensure(1);
        int first = reader.peek();
        int header = MsgpackHeader.length(first);
        reader.ensure(header);
        long length = MsgpackHeader.bodyLength(reader.bytes(), reader.position(), first);
        reader.advance(header);
        long end = reader.consumed() + length;
        reader.ensure((int) Math.min(length, Compression.TELLING_BYTES));
        Compression compression = Compression.of(reader.bytes(), reader.position(), length);
        try {
            if (compression == Compression.NONE) {
                plain(tag, end, behindBound);
            } else {
                compressed(tag, compression, length, behindBound - reader.consumed());
            }
        } catch (PayloadException e) {
            giveUp(e);
        }
        reader.skip(end - reader.consumed());
    }

    private void plain(@Nullable Tag tag, long end, long behindBound) throws IOException, IntakeStoppedException {
        for (long entry = 0; reader.consumed() < end; entry++) {
            if (entry == bounds.entries() || reader.consumed() >= behindBound) {
                throw tooMuch();
            }
            if (!events.decode(tag, EventDecoder.ENTRY_VALUES, end - reader.consumed())) {
                throw notMsgpack();
            }
        }
    }

    private void compressed(@Nullable Tag tag, Compression compression, long length, long allowed)
            throws IOException, IntakeStoppedException {
        DecompressedPayload payload = decompressed();
        EventDecoder entries = decompressedEvents(payload);
        try {
            payload.begin(compression, length, allowed);
            for (long entry = 0; payload.hasMore(); entry++) {
                if (entry == bounds.entries()) {
                    throw tooMuch();
                }
                if (!entries.decode(tag, EventDecoder.ENTRY_VALUES, ValueWalker.UNBOUNDED)) {
                    throw notMsgpack();
                }
            }
        } finally {
            payload.end();
        }
    }

    private PayloadException tooMuch() {
        return new PayloadException(MalformedCause.OVER_LIMIT, bounds.tooMuch());
    }

    private static PayloadException notMsgpack() {
        return new PayloadException(MalformedCause.BROKEN_PAYLOAD, "a PackedForward payload that is not msgpack");
    }

    private void giveUp(PayloadException reason) throws UnreadableException {
        MalformedCause cause = reason.malformedCause();
        String what = String.valueOf(reason.getMessage());
        if (Faults.canContinue(cause)) {
            faults.skipped(cause, 1, peer, what);
        } else {
            faults.malformed(cause, peer, what);
        }
    }

    private DecompressedPayload decompressed() {
        if (decompressed == null) {
            decompressed = new DecompressedPayload(reader, around.pools().decompression(), borrower, bounds);
        }
        return decompressed;
    }

    private EventDecoder decompressedEvents(DecompressedPayload payload) {
        if (decompressedEvents == null) {
            decompressedEvents = new EventDecoder(payload, delivery, around, peer);
        }
        return decompressedEvents;
    }
}
