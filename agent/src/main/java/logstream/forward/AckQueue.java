package logstream.forward;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Acks that wait until the events before them are durable, in the order of their messages.
 *
 * <p>Format of one: the map {@code {"ack": token}} with the token's own msgpack bytes. An ack is shorter than the message
 * it answers, so those of one turn are never more than was read in it.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class AckQueue {
    private static final byte[] HEAD = {(byte) 0x81, (byte) 0xa3, 'a', 'c', 'k'};

    /** Enough for two of Docker's, which has no more in flight on a connection. */
    private static final int USUAL_BYTES = 64;

    private final MsgpackCursor cursor = new MsgpackCursor();
    private byte[] acks = new byte[USUAL_BYTES];
    private int end;

    /** Adds the answer to a message with this token. */
    void add(byte[] token, int length) {
        int needed = end + HEAD.length + length;
        if (needed > acks.length) {
            acks = Arrays.copyOf(acks, Math.max(needed, 2 * acks.length));
        }
        System.arraycopy(HEAD, 0, acks, end, HEAD.length);
        System.arraycopy(token, 0, acks, end + HEAD.length, length);
        end = needed;
    }

    int bytes() {
        return end;
    }

    /**
     * Writes each ack by itself, since clients may read no more than one from a packet. The queue is empty afterwards.
     *
     * @return how many were written
     */
    int writeTo(OutputStream out) throws IOException {
        int written = 0;
        cursor.at(acks, 0);
        while (cursor.position() < end) {
            int start = cursor.position();
            cursor.skip();
            out.write(acks, start, cursor.position() - start);
            out.flush();
            written++;
        }
        clear();
        return written;
    }

    void clear() {
        end = 0;
        if (acks.length > USUAL_BYTES) {
            acks = new byte[USUAL_BYTES];
        }
    }
}
