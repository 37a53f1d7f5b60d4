package logstream.forward;

import java.io.IOException;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;

/**
 * What a compressed payload holds, decompressed while it is read: compressed bytes are pulled off the wire in blocks, what
 * comes out lies in one window, or, where an event does not fit into it, in an event buffer.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>What comes out, and where it breaks or passes a bound, depends on the payload only, not on how it arrived: the
 *       decompressor is fed with whole blocks, counted from the payload's beginning.
 *   <li>At most one window is decompressed in one turn.
 *   <li>Decompressor and event buffer are waited for without turn, window and large buffer; see {@link SharedPools}.
 * </ul>
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class DecompressedPayload implements ByteSource {
    /** From here on the ratio counts: what is small may be dense. */
    private static final long RATIO_COUNTS_FROM = 1 << 20;

    private static final byte[] NOTHING = {};

    private final WireReader wire;
    private final Decompression pools;
    private final LendingPool.Borrower borrower;
    private final MessageBounds bounds;

    private @Nullable LendingPool<Decompressor> lender;
    private @Nullable Decompressor decompressor;
    private byte @Nullable [] eventBuffer;

    /** Bytes of the payload behind the block at hand. */
    private long compressedLeft;

    /** How many of them may be looked at. */
    private long allowedLeft;

    private int blockLeft;
    private long compressed;
    private long decompressed;
    private int decompressedInTurn;

    /** Whether the decompressor may have more to give without input. */
    private boolean mayHaveMore;

    private boolean overLimit;

    /** The decompressor's window, or the event buffer. */
    private byte[] buffer = NOTHING;

    private int position;
    private int limit;

    DecompressedPayload(WireReader wire, Decompression pools, LendingPool.Borrower borrower, MessageBounds bounds) {
        this.wire = wire;
        this.pools = pools;
        this.borrower = borrower;
        this.bounds = bounds;
    }

    /**
     * Begins with the payload that stands at the wire's position; {@link #end} must follow, whatever happens.
     *
     * @param length its bytes
     * @param allowed how many of them may be decompressed
     */
    void begin(Compression compression, long length, long allowed) throws IOException, IntakeStoppedException {
        compressedLeft = length;
        allowedLeft = allowed;
        blockLeft = 0;
        compressed = 0;
        decompressed = 0;
        mayHaveMore = false;
        overLimit = false;
        LendingPool<Decompressor> from = pools.decompressors(compression);
        lender = from;
        decompressor = from.tryBorrow(borrower);
        if (decompressor == null) {
            wire.endTurn(() -> decompressor = from.borrow(borrower));
        }
        Decompressor borrowed = borrowed();
        buffer = borrowed.window();
        borrowed.begin();
    }

    /** Gives back what was borrowed. */
    void end() {
        if (eventBuffer != null) {
            pools.eventBuffers().giveBack(eventBuffer);
            eventBuffer = null;
        }
        if (decompressor != null && lender != null) {
            decompressor.end();
            lender.giveBack(decompressor);
            decompressor = null;
        }
        buffer = NOTHING;
        position = 0;
        limit = 0;
    }

    /**
     * Whether another byte follows.
     *
     * @throws PayloadException when that cannot be said, or may not
     */
    boolean hasMore() throws IOException, IntakeStoppedException {
        return position < limit || fill(1);
    }

    @Override
    public byte[] bytes() {
        return buffer;
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public int unread() {
        return limit - position;
    }

    @Override
    public int peek() {
        return buffer[position] & 0xff;
    }

    @Override
    public void advance(int count) {
        if (count > unread()) {
            throw new IllegalStateException("advanced by " + count + " bytes where " + unread() + " are unread");
        }
        position += count;
    }

    @Override
    public void ensure(int count) throws IOException, IntakeStoppedException {
        while (unread() < count) {
            if (!fill(count)) {
                throw new PayloadException(MalformedCause.BROKEN_PAYLOAD, "a payload that ends inside an entry");
            }
        }
    }

    @Override
    public void yieldTurn() throws IOException, IntakeStoppedException {
        decompressedInTurn = 0;
        wire.yieldTurn();
    }

    /** Decompresses at least one byte more; false at the payload's end. */
    private boolean fill(int wanted) throws IOException, IntakeStoppedException {
        makeRoom(wanted);
        Decompressor borrowed = borrowed();
        while (true) {
            if (overLimit) {
                throw new PayloadException(
                        MalformedCause.OVER_LIMIT,
                        "a compressed payload that becomes larger than forward.max_decompressed_size or "
                                + "forward.max_compression_ratio allows");
            }
            if (blockLeft == 0 && !mayHaveMore && !nextBlock()) {
                return false;
            }
            if (decompressedInTurn >= ForwardLimits.WINDOW_BYTES) {
                yieldTurn();
            }
            wire.ensure(blockLeft);
            int room = Math.min(ForwardLimits.WINDOW_BYTES, buffer.length - limit);
            borrowed.decompress(wire.bytes(), wire.position(), blockLeft, buffer, limit, room);
            int taken = borrowed.consumed();
            int made = borrowed.produced();
            if (taken == 0 && made == 0 && blockLeft > 0) {
                throw new PayloadException(MalformedCause.BROKEN_PAYLOAD, "a compressed payload that leads nowhere");
            }
            wire.advance(taken);
            blockLeft -= taken;
            compressed += taken;
            mayHaveMore = made == room;
            if (take(made) > 0) {
                return true;
            }
        }
    }

    /** Makes another block the one at hand; false when there is none. */
    private boolean nextBlock() throws PayloadException {
        if (compressedLeft == 0) {
            if (!borrowed().mayEnd()) {
                throw new PayloadException(MalformedCause.BROKEN_PAYLOAD, "a compressed payload that ends too early");
            }
            return false;
        }
        if (allowedLeft <= 0) {
            throw new PayloadException(MalformedCause.OVER_LIMIT, bounds.tooMuch());
        }
        blockLeft = (int) Math.min(ForwardLimits.COMPRESSED_BLOCK_BYTES, Math.min(compressedLeft, allowedLeft));
        compressedLeft -= blockLeft;
        allowedLeft -= blockLeft;
        return true;
    }

    /** Makes readable what came out, but not what is beyond the bounds; how much that is. */
    private int take(int made) {
        decompressed += made;
        decompressedInTurn += made;
        long most = Math.min(
                bounds.decompressedBytes(), Math.max(RATIO_COUNTS_FROM, compressed * bounds.compressionRatio()));
        long excess = decompressed - most;
        overLimit = excess > 0;
        int taken = made - Math.clamp(excess, 0, made);
        limit += taken;
        return taken;
    }

    private void makeRoom(int wanted) throws IOException, IntakeStoppedException {
        if (wanted > ForwardLimits.WINDOW_BYTES) {
            byte[] large = eventBuffer != null ? eventBuffer : borrowEventBuffer();
            moveUnread(large);
        } else {
            moveUnread(borrowed().window());
            if (eventBuffer != null) {
                pools.eventBuffers().giveBack(eventBuffer);
                eventBuffer = null;
            }
        }
    }

    private byte[] borrowEventBuffer() throws IOException, IntakeStoppedException {
        LendingPool<byte[]> from = pools.eventBuffers();
        eventBuffer = from.tryBorrow(borrower);
        if (eventBuffer == null) {
            wire.endTurn(() -> eventBuffer = from.borrow(borrower));
        }
        if (eventBuffer == null) {
            throw new IllegalStateException("no event buffer was borrowed");
        }
        return eventBuffer;
    }

    private void moveUnread(byte[] target) {
        int unread = unread();
        System.arraycopy(buffer, position, target, 0, unread);
        buffer = target;
        position = 0;
        limit = unread;
    }

    private Decompressor borrowed() {
        if (decompressor == null) {
            throw new IllegalStateException("no payload has begun");
        }
        return decompressor;
    }
}
