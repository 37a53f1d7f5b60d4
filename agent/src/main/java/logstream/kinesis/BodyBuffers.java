package logstream.kinesis;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The arrays that requests are written into, used again and again: a fresh one for each request would be cleared, and
 * collected, for nothing.
 *
 * <p>Invariant: at most {@link #MOST_KEPT_BYTES} lie here unused. Those in use are bounded by their users: each has one.
 *
 * <p>Threading: thread-safe.
 */
final class BodyBuffers {
    /** Sixteen requests of 500 lines of half a KiB; larger ones are few at a time. */
    static final int MOST_KEPT_BYTES = 4 << 20;

    /** Sizes are multiples of it, so that an array fits the next request, too. */
    private static final int STEP_BYTES = 1 << 16;

    private final Deque<byte[]> unused = new ArrayDeque<>();
    private int unusedBytes;

    /** An array of this length or longer, with anything in it; to be given back. */
    synchronized byte[] take(int length) {
        while (true) {
            byte[] buffer = unused.poll();
            if (buffer == null) {
                return new byte[Math.ceilDiv(length, STEP_BYTES) * STEP_BYTES];
            }
            unusedBytes -= buffer.length;
            if (buffer.length >= length) {
                return buffer;
            }
            // Too small for what is sent now: let go.
        }
    }

    synchronized void giveBack(byte[] buffer) {
        if (unusedBytes + buffer.length <= MOST_KEPT_BYTES) {
            unused.push(buffer);
            unusedBytes += buffer.length;
        }
    }
}
