package logstream.forward;

import java.io.IOException;

/**
 * Bytes that come one after the other, of which the next lie in an array: a connection's, or what was made of them.
 *
 * <p>Invariant: {@link #ensure} and {@link #yieldTurn} may move the unread bytes, into another array even: {@link #bytes}
 * and {@link #position} are taken anew afterwards.
 *
 * <p>Threading: confined to the thread of the connection.
 */
interface ByteSource {
    /** The array that holds the unread bytes, from {@link #position} on. */
    byte[] bytes();

    int position();

    /** How many bytes can be looked at without waiting. */
    int unread();

    /** The next byte, 0 to 255, which must have been ensured. */
    int peek();

    /** Consumes bytes that have been ensured. */
    void advance(int count);

    /**
     * Makes the next bytes available in one piece.
     *
     * @param count at most the larger of a window and the largest event
     * @throws java.io.EOFException when the peer closed the connection before them
     * @throws PayloadException when what they are made of ends before them
     */
    void ensure(int count) throws IOException, IntakeStoppedException;

    /** Lets others have their turn and hands on what was decoded. */
    void yieldTurn() throws IOException, IntakeStoppedException;

    /** Consumes bytes, whether they have come or not, without keeping them. */
    default void skip(long count) throws IOException, IntakeStoppedException {
        long left = count;
        while (left > 0) {
            ensure(1);
            int step = (int) Math.min(left, unread());
            advance(step);
            left -= step;
        }
    }
}
