package logstream.pipeline;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import logstream.buffer.Frame;

/**
 * A line that has not ended: the pieces of it that are here, by their ordinals, and what is known of those that are not.
 *
 * <p>Invariant: it is either whole so far, and nothing of it has left; or it leaves in parts, and will never be whole.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Line {
    /** What a piece costs besides its bytes, roughly: the objects around them. */
    static final int PIECE_OVERHEAD_BYTES = 256;

    /**
     * A piece, and where its frame is.
     *
     * @param origin place from which keys are made
     * @param jsonBytes its line takes at most so many bytes in a record
     */
    record Held(Piece piece, Frame frame, RecordKey.Place origin, long slot, int jsonBytes) {
        int bytes() {
            return piece.payload().length + PIECE_OVERHEAD_BYTES;
        }
    }

    /**
     * What is remembered of a line when it has ended.
     *
     * @param next ordinal of the piece behind the last one that left
     * @param complete whether its last piece was there
     * @param newest ordinal of the piece that came last
     * @param newestChecksum of that piece
     */
    record Ended(int next, boolean complete, int newest, int newestChecksum) {
        /** Whether the piece was there before: only the newest is ever repeated, when its ack was lost. */
        boolean repeats(Piece piece) {
            return piece.ordinal() == newest && piece.checksum() == newestChecksum;
        }
    }

    private final String id;
    private final TreeMap<Integer, Held> pieces = new TreeMap<>();
    private boolean inParts;
    private int next;
    private int last;
    private int newest;
    private int newestChecksum;
    private long newestNanos;
    private long lastSlot;
    private long jsonBytes;
    private long bytes;
    private Carry carry = Carry.NONE;

    /**
     * Bytes at the end of a part that begin a character.
     *
     * @param ordinal of the piece that they go on in
     * @param slot that is held as long as they are on their way
     */
    record Carry(byte[] bytes, int ordinal, long slot) {
        static final Carry NONE = new Carry(new byte[0], 0, Shipment.NO_SLOT);

        boolean isNone() {
            return slot == Shipment.NO_SLOT;
        }
    }

    /** A line of which nothing is known. */
    Line(String id) {
        this.id = id;
        this.next = 1;
    }

    /** A line that ended too early, and goes on. */
    Line(String id, Ended ended) {
        this.id = id;
        this.next = ended.next;
        this.inParts = true;
    }

    String id() {
        return id;
    }

    /** Whether its pieces are lines of a {@link Paragraph}. */
    boolean isParagraph() {
        return id.startsWith(Piece.PARAGRAPH);
    }

    /** The pieces that have not left; not a copy. */
    NavigableMap<Integer, Held> pieces() {
        return pieces;
    }

    boolean leavesInParts() {
        return inParts;
    }

    /** Bytes of memory, roughly. */
    long bytes() {
        return bytes;
    }

    /** When its newest piece was appended. */
    long newestNanos() {
        return newestNanos;
    }

    /** Slot of its newest frame, repeated ones included. */
    long lastSlot() {
        return lastSlot;
    }

    Carry carry() {
        return carry;
    }

    void carry(Carry newCarry) {
        carry = newCarry;
    }

    /** The oldest slot that waits for the line. */
    long oldestSlot() {
        long oldest = carry.isNone() ? Long.MAX_VALUE : carry.slot;
        for (Held held : pieces.values()) {
            oldest = Math.min(oldest, held.slot);
        }
        return oldest;
    }

    /** Whether the piece was there before, as it is. */
    boolean repeats(Piece piece) {
        Held same = pieces.get(piece.ordinal());
        if (same != null) {
            return same.piece.checksum() == piece.checksum();
        }
        return piece.ordinal() == newest && piece.checksum() == newestChecksum;
    }

    /** Whether another piece has its place: its sender uses an id again. */
    boolean contradicts(Piece piece) {
        return pieces.containsKey(piece.ordinal()) && !repeats(piece);
    }

    void add(Held held) {
        Piece piece = held.piece;
        pieces.put(piece.ordinal(), held);
        bytes += held.bytes();
        jsonBytes += held.jsonBytes;
        newest = piece.ordinal();
        newestChecksum = piece.checksum();
        if (piece.last()) {
            last = piece.ordinal();
        }
        repeated(held.frame, held.slot);
        Piece first = pieces.firstEntry().getValue().piece;
        int around = first.headLength() + first.tailLength() + LineJson.WHOLE_BYTES;
        inParts |= around + jsonBytes > RecordEncoder.MOST_RECORD_BYTES;
    }

    /** A frame of the line came that brings nothing new. */
    void repeated(Frame frame, long slot) {
        newestNanos = frame.appendedNanos();
        lastSlot = slot;
    }

    /** The piece is on its way in a part. */
    void left(Held held) {
        remove(held);
        inParts = true;
        next = Math.max(next, held.piece.ordinal() + 1);
    }

    /** Forgets the pieces in a chunk. */
    void forget(long sequence) {
        for (Held held : List.copyOf(pieces.values())) {
            if (held.frame.sequence() == sequence) {
                remove(held);
            }
        }
    }

    private void remove(Held held) {
        pieces.remove(held.piece.ordinal());
        bytes -= held.bytes();
        jsonBytes -= held.jsonBytes;
    }

    /** Whether its last piece is here, and all between what has left and that one. */
    boolean isComplete() {
        return last > 0 && pieces.size() == last - next + 1 && pieces.firstKey() == next && pieces.lastKey() == last;
    }

    boolean isLast(int ordinal) {
        return ordinal == last;
    }

    Ended ended(boolean complete) {
        return new Ended(next, complete, newest, newestChecksum);
    }
}
