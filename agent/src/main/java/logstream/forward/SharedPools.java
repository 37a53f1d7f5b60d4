package logstream.forward;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * What all connections of a server share, and by which they are bounded together.
 *
 * <p>Who has one of them waits only for what stands behind it in this order: decompressor, event buffer, window, large
 * buffer, turn, conversion buffer. Peers are waited for without a window and without a turn; who keeps a decompressor, an
 * event buffer or a large buffer meanwhile loses it with its connection when others want it and the peer is slow. So no wait
 * is for something that waits in turn.
 *
 * @param turns one permit per core, fair: decoding happens under a permit; see {@link ForwardServer#turns}
 * @param windows what is read in one turn
 * @param largeBuffers for events that do not fit into a window
 * @param decompression for compressed payloads
 * @param conversions in which JSON becomes msgpack; kept only within a turn
 * @param held what is kept while peers are waited for
 * @param patience how long a silent peer may keep a large buffer that another connection wants
 */
record SharedPools(
        Semaphore turns,
        BufferPool windows,
        BufferPool largeBuffers,
        Decompression decompression,
        BufferPool conversions,
        HeldBytes held,
        Duration patience) {

    static SharedPools of(int turns, int maxEventBytes, long maxWaitingBytes) {
        Duration patience = ForwardLimits.LARGE_BUFFER_PATIENCE;
        return new SharedPools(
                new Semaphore(turns, true),
                new BufferPool(ForwardLimits.WINDOWS, ForwardLimits.WINDOW_BYTES),
                new BufferPool(ForwardLimits.LARGE_BUFFERS, Math.max(maxEventBytes, ForwardLimits.WINDOW_BYTES + 1)),
                Decompression.of(maxEventBytes, patience),
                new BufferPool(ForwardLimits.CONVERSION_BUFFERS, maxEventBytes),
                new HeldBytes(maxWaitingBytes, System::nanoTime),
                patience);
    }
}
