package logstream.kinesis;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.http.ExecutableHttpRequest;

/**
 * The time that one request may take, all in all, whatever it hangs in: when it is over, the request is aborted and its
 * thread interrupted, as by the SDK's clients. Time-outs of connecting and reading begin anew with each byte.
 *
 * <p>Invariant: after {@link #close} nobody interrupts the thread, and it is left uninterrupted by this.
 *
 * <p>Threading: made and closed by the thread that waits for the request; a timer's thread ends it.
 */
final class TimeLimit implements AutoCloseable {
    private final long millis;
    private final Thread waiting = Thread.currentThread();
    private final ScheduledFuture<?> timer;
    private @Nullable ExecutableHttpRequest request; // guarded by this
    private boolean over; // guarded by this
    private boolean closed; // guarded by this

    TimeLimit(ScheduledThreadPoolExecutor timers, long millis) {
        this.millis = millis;
        this.timer = timers.schedule(this::end, millis, TimeUnit.MILLISECONDS);
    }

    /** From now on it is this request that is aborted. */
    synchronized void on(ExecutableHttpRequest sent) {
        request = sent;
        if (over) {
            sent.abort();
        }
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        over = true;
        waiting.interrupt();
        if (request != null) {
            request.abort();
        }
    }

    /** What a failure of the request is: the end of its time, or itself. */
    synchronized RuntimeException told(RuntimeException failure) {
        return over ? ApiCallTimeoutException.create(millis) : failure;
    }

    @Override
    public void close() {
        boolean _ = timer.cancel(false);
        synchronized (this) {
            closed = true;
            if (over) {
                boolean _ = Thread.interrupted();
            }
        }
    }
}
