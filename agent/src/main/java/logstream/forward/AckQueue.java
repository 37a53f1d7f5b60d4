package logstream.forward;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Acks that wait until the events before them are durable, in the order of their messages.
 *
 * <p>Format of one: the map {@code {"ack": token}} in the encoding of its message, with the token's own bytes. An ack is
 * not much longer than its token, and the tokens of one turn are never more than was read in it.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class AckQueue {
    private static final byte[] MSGPACK_HEAD = {(byte) 0x81, (byte) 0xa3, 'a', 'c', 'k'};
    private static final byte[] JSON_HEAD = "{\"ack\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] JSON_TAIL = {'}'};
    private static final byte[] NOTHING = {};

    /** Bytes before each ack that tell how long it is: that of a token at its limit fits. */
    private static final int LENGTH_BYTES = 2;

    /** Enough for two of Docker's, which has no more in flight on a connection. */
    private static final int USUAL_BYTES = 64;

    private byte[] acks = new byte[USUAL_BYTES];
    private int end;

    /** Adds the answer to a message with this token. */
    void add(Encoding encoding, byte[] token, int length) {
        boolean json = encoding == Encoding.JSON;
        byte[] head = json ? JSON_HEAD : MSGPACK_HEAD;
        byte[] tail = json ? JSON_TAIL : NOTHING;
        int bytes = head.length + length + tail.length;
        reserve(LENGTH_BYTES + bytes);
        acks[end++] = (byte) (bytes >> 8);
        acks[end++] = (byte) bytes;
        append(head, head.length);
        append(token, length);
        append(tail, tail.length);
    }

    /** Bytes that are kept for the acks. */
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
        int at = 0;
        while (at < end) {
            int bytes = (acks[at] & 0xff) << 8 | (acks[at + 1] & 0xff);
            out.write(acks, at + LENGTH_BYTES, bytes);
            out.flush();
            at += LENGTH_BYTES + bytes;
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

    private void reserve(int more) {
        if (end + more > acks.length) {
            acks = Arrays.copyOf(acks, Math.max(end + more, 2 * acks.length));
        }
    }

    private void append(byte[] bytes, int length) {
        System.arraycopy(bytes, 0, acks, end, length);
        end += length;
    }
}
