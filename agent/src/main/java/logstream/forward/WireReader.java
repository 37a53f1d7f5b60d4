package logstream.forward;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Reads a connection's bytes by blocking, in turns: at most one window of them is decoded before others have theirs.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>Bytes are decoded only while this connection has one of the turns. Whenever bytes are missing the turn ends:
 *       what was decoded is handed on, acks are settled, and only then the peer is waited for.
 *   <li>Between messages, a waiting connection owns a few bytes; inside one, also a copy of the unread bytes, exact in
 *       size; inside an event that is larger than a window, a large buffer.
 *   <li>{@link #ensure} may move the unread bytes: positions are taken anew afterwards.
 * </ul>
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class WireReader implements ByteSource {
    private static final byte[] NOTHING = new byte[0];

    /** What happens between two turns. All of it is called without a turn. */
    interface Pauses {
        /** Hands on the decoded events. Blocks while the buffer is full. */
        void flush() throws IntakeStoppedException;

        /** Whether messages ended that are to be answered: then {@link #settle} may wait for the peer to read. */
        boolean owesAcks();

        /**
         * Answers the messages that ended. Called without a window.
         *
         * @param heldBytes what the reader keeps from now until {@link #resumed}
         * @param large whether that is a large buffer
         */
        void settle(int heldBytes, boolean large) throws IOException, IntakeStoppedException;

        /**
         * All that the peer has sent was read. Sleeps for a moment, so that more gathers, where that is cheaper than to be
         * woken for each message and nobody waits for an answer.
         *
         * @return whether it slept
         */
        boolean gather() throws InterruptedIOException;

        /**
         * The peer has sent nothing yet: the reader is about to block.
         *
         * @return how many milliseconds it is to be waited for; 0 for as long as it takes
         */
        int waiting() throws IOException;

        /** Something came, and the reader no longer waits; -1 at the end of the stream. */
        void arrived(int bytes);

        /** The reader keeps nothing more than what its pools bound. */
        void resumed();
    }

    /** What is done between two turns. */
    interface Between {
        void run() throws IOException;
    }

    /** Which pool the buffer belongs to. */
    private enum Owner {
        SELF,
        WINDOWS,
        LARGE_BUFFERS
    }

    private final Transport transport;
    private final SharedPools pools;
    private final Pauses pauses;
    private final byte[] firstBytes = new byte[ForwardLimits.FIRST_READ_BYTES];

    private byte[] buffer = NOTHING;
    private Owner owner = Owner.SELF;
    private int position;
    private int limit;
    private boolean inTurn;
    /** Bytes of the stream that were in the buffer before its current first byte. */
    private long streamOffset;

    WireReader(Transport transport, SharedPools pools, Pauses pauses) {
        this.transport = transport;
        this.pools = pools;
        this.pauses = pauses;
    }

    /** The array that holds the unread bytes, from {@link #position} on. */
    @Override
    public byte[] bytes() {
        return buffer;
    }

    @Override
    public int position() {
        return position;
    }

    /** How many bytes can be looked at without waiting. */
    @Override
    public int unread() {
        return limit - position;
    }

    /** How many bytes of the stream were consumed. */
    long consumed() {
        return streamOffset + position;
    }

    /** The next byte, 0 to 255, which must have been ensured. */
    @Override
    public int peek() {
        return buffer[position] & 0xff;
    }

    /** Consumes bytes that have been ensured. */
    @Override
    public void advance(int count) {
        if (count > unread()) {
            throw new IllegalStateException("advanced by " + count + " bytes where " + unread() + " are unread");
        }
        position += count;
    }

    /**
     * Waits for the first byte of a message; false when the peer closed the connection instead.
     *
     * @throws java.net.SocketTimeoutException when nothing came for as long as {@link Pauses#waiting} said
     */
    boolean awaitMessage() throws IOException, IntakeStoppedException {
        return position < limit || more(1);
    }

    /**
     * Makes the next {@code count} bytes available in one piece.
     *
     * @param count at most the larger of a window and {@code maxEventBytes}
     * @throws EOFException when the peer closed the connection before them
     */
    @Override
    public void ensure(int count) throws IOException, IntakeStoppedException {
        while (unread() < count) {
            if (!more(count)) {
                throw new EOFException("the connection ended inside a message");
            }
        }
    }

    /** Lets others have their turn and hands on what was decoded; what is unread stays where it is. */
    @Override
    public void yieldTurn() throws IOException, IntakeStoppedException {
        leaveTurn();
        pauses.flush();
        enterTurn();
    }

    /**
     * Ends the turn early: what was decoded is handed on and answered.
     *
     * @param between what is done before the next turn, without turn, window and large buffer
     */
    void endTurn(Between between) throws IOException, IntakeStoppedException {
        leaveTurn();
        pauses.flush();
        keepUnread();
        pauses.settle(unread(), false);
        between.run();
        takeWindow();
        enterTurn();
    }

    /** Gives back turn and memory. The reader is of no use afterwards. */
    void close() {
        giveBack();
        leaveTurn();
        buffer = NOTHING;
        position = 0;
        limit = 0;
    }

    /** Reads at least one byte more; false at the end of the stream. */
    private boolean more(int wanted) throws IOException, IntakeStoppedException {
        return wanted > ForwardLimits.WINDOW_BYTES ? moreIntoLargeBuffer() : moreIntoWindow();
    }

    private boolean moreIntoWindow() throws IOException, IntakeStoppedException {
        leaveTurn();
        pauses.flush();
        if (owner != Owner.WINDOWS || pauses.owesAcks() || !isMoreThere()) {
            keepUnread();
            pauses.settle(unread(), false);
            int early = awaitFirstBytes();
            if (early < 0) {
                return false;
            }
            takeWindow();
            System.arraycopy(firstBytes, 0, buffer, limit, early);
            limit += early;
            if (early == firstBytes.length) {
                readNow();
            }
        }
        enterTurn();
        return true;
    }

    /** Reads on into the window that is had; whether there was something to read. */
    private boolean isMoreThere() throws IOException {
        moveUnread(buffer);
        return readNow() > 0;
    }

    private int readNow() throws IOException {
        int count = transport.readNow(buffer, limit, Math.min(ForwardLimits.WINDOW_BYTES, buffer.length - limit));
        if (count > 0) {
            pauses.arrived(count);
            limit += count;
        }
        return count;
    }

    /** Blocks until the peer sends; how many bytes were read, -1 at the end. */
    private int awaitFirstBytes() throws IOException {
        int atMost = Math.min(firstBytes.length, ForwardLimits.WINDOW_BYTES - unread());
        int count = firstBytesNow(atMost);
        if (count == 0 && pauses.gather()) {
            count = firstBytesNow(atMost);
        }
        while (count == 0) {
            count = transport.read(firstBytes, 0, atMost, pauses.waiting());
            pauses.arrived(count);
        }
        return count;
    }

    private int firstBytesNow(int atMost) throws IOException {
        int count = transport.readNow(firstBytes, 0, atMost);
        if (count > 0) {
            pauses.arrived(count);
        }
        return count;
    }

    /** The window is kept until a large buffer is had, so that only so many connections wait for one with memory. */
    private boolean moreIntoLargeBuffer() throws IOException, IntakeStoppedException {
        leaveTurn();
        pauses.flush();
        if (owner != Owner.LARGE_BUFFERS) {
            byte[] large = pools.largeBuffers()
                    .take(pools.patience(), () -> pools.held().evictLargeHolder(pools.patience()));
            moveUnread(large);
            giveBack();
            buffer = large;
            owner = Owner.LARGE_BUFFERS;
        } else if (position > 0) {
            moveUnread(buffer);
        }
        pauses.settle(unread(), true);
        int count = readNow();
        while (count == 0) {
            int atMost = Math.min(ForwardLimits.WINDOW_BYTES, buffer.length - limit);
            count = transport.read(buffer, limit, atMost, pauses.waiting());
            pauses.arrived(count);
            limit += Math.max(count, 0);
        }
        pauses.resumed();
        if (count < 0) {
            return false;
        }
        enterTurn();
        return true;
    }

    /** Moves the unread bytes to the front of an array. The caller makes it the buffer. */
    private void moveUnread(byte[] target) {
        int unread = unread();
        System.arraycopy(buffer, position, target, 0, unread);
        streamOffset += position;
        position = 0;
        limit = unread;
    }

    /** Leaves the unread bytes in an array of their own and gives back the buffer. */
    private void keepUnread() {
        byte[] kept = position == limit ? NOTHING : new byte[unread()];
        moveUnread(kept);
        giveBack();
        buffer = kept;
    }

    private void takeWindow() throws InterruptedIOException {
        byte[] window = pools.windows().take();
        moveUnread(window);
        buffer = window;
        owner = Owner.WINDOWS;
        pauses.resumed();
    }

    private void giveBack() {
        switch (owner) {
            case SELF -> {}
            case WINDOWS -> pools.windows().giveBack(buffer);
            case LARGE_BUFFERS -> pools.largeBuffers().giveBack(buffer);
        }
        owner = Owner.SELF;
    }

    private void enterTurn() throws InterruptedIOException {
        try {
            pools.turns().acquire();
            inTurn = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException("interrupted while waiting for a turn").initCause(e);
        }
    }

    private void leaveTurn() {
        if (inTurn) {
            inTurn = false;
            pools.turns().release();
        }
    }
}
