package logstream.kinesis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The arrays that requests are written into, used again and again: a fresh one for each request would be cleared, and
 * collected, for nothing.
 *
 * <p>Invariant: at most {@link #MOST_KEPT_BYTES} lie here unused. Those in use are bounded by their users: each has one.
 *
 * <p>Threading: thread-safe.
 */
final class BodyBuffers {
    /** One request of the usual limit, or sixteen of 500 lines of half a KiB: so much is in flight at a time. */
    static final int MOST_KEPT_BYTES = 6 << 20;

    /** Sizes are multiples of it, so that an array fits the next request, too. */
    private static final int STEP_BYTES = 1 << 16;

    private final Deque<byte[]> unused = new ArrayDeque<>();
    private int unusedBytes;

    /** An array of this length or longer, with anything in it; to be given back. */
    synchronized byte[] take(int length) {
        Iterator<byte[]> newestFirst = unused.iterator();
        while (newestFirst.hasNext()) {
            byte[] buffer = newestFirst.next();
            if (buffer.length >= length) {
                newestFirst.remove();
                unusedBytes -= buffer.length;
                return buffer;
            }
        }
        return new byte[Math.ceilDiv(length, STEP_BYTES) * STEP_BYTES];
    }

    /** For the next one; those that were of no use for the longest time make room for it. */
    synchronized void giveBack(byte[] buffer) {
        if (buffer.length > MOST_KEPT_BYTES) {
            return;
        }
        unused.push(buffer);
        unusedBytes += buffer.length;
        while (unusedBytes > MOST_KEPT_BYTES) {
            unusedBytes -= unused.removeLast().length;
        }
    }
}
