package logstream.forward;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * What all connections of a server share, and by which they are bounded together.
 *
 * <p>A connection takes a window (and while it wants a large buffer, that) before it asks for a turn, never the other
 * way round, and waits for its peer without a window: so no wait is for something that waits in turn.
 *
 * @param turns one permit per core, fair: decoding happens under a permit; see {@link ForwardServer#turns}
 * @param windows what is read in one turn
 * @param largeBuffers for events that do not fit into a window
 * @param held what is kept while peers are waited for
 * @param patience how long a silent peer may keep a large buffer that another connection wants
 */
record SharedPools(Semaphore turns, BufferPool windows, BufferPool largeBuffers, HeldBytes held, Duration patience) {

    static SharedPools of(int turns, int maxEventBytes, long maxWaitingBytes) {
        return new SharedPools(
                new Semaphore(turns, true),
                new BufferPool(ForwardLimits.WINDOWS, ForwardLimits.WINDOW_BYTES),
                new BufferPool(ForwardLimits.LARGE_BUFFERS, Math.max(maxEventBytes, ForwardLimits.WINDOW_BYTES + 1)),
                new HeldBytes(maxWaitingBytes, System::nanoTime),
                ForwardLimits.LARGE_BUFFER_PATIENCE);
    }
}
