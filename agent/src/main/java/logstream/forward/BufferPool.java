package logstream.forward;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A bounded set of byte arrays of one size, handed out in the order in which they were asked for. Arrays are made when
 * they are first needed and kept from then on.
 *
 * <p>Invariant: never more than {@code count} arrays exist.
 *
 * <p>Threading: any thread.
 */
final class BufferPool {
    private final int bufferBytes;
    private final int count;
    private final Semaphore permits;
    private final ConcurrentLinkedQueue<byte[]> idle = new ConcurrentLinkedQueue<>();

    BufferPool(int count, int bufferBytes) {
        this.count = count;
        this.bufferBytes = bufferBytes;
        permits = new Semaphore(count, true);
    }

    /** Waits for an array. Its content is whatever was left in it. */
    byte[] take() throws InterruptedIOException {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        return idleOrNew();
    }

    /** Waits for an array; after each stretch of {@code patience} without one, does {@code impatient} and waits on. */
    byte[] take(Duration patience, Runnable impatient) throws InterruptedIOException {
        try {
            while (!permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                impatient.run();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        return idleOrNew();
    }

    void giveBack(byte[] buffer) {
        if (buffer.length != bufferBytes) {
            throw new IllegalStateException(
                    "a buffer of " + buffer.length + " bytes was given back to a pool of " + bufferBytes);
        }
        idle.add(buffer);
        permits.release();
    }

    int bufferBytes() {
        return bufferBytes;
    }

    int inUse() {
        return count - permits.availablePermits();
    }

    private byte[] idleOrNew() {
        byte[] buffer = idle.poll();
        return buffer != null ? buffer : new byte[bufferBytes];
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for a buffer");
    }
}
