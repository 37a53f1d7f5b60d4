package logstream;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the configuration again when it is asked to, and, where that is wanted, when the file has changed. A change counts
 * once two looks in a row have seen the same: a file that is being written is not taken for whole.
 *
 * <p>Threading: a virtual thread of its own, which alone calls {@link #look}; the rest from any thread.
 */
final class ReloadThread {
    /** So often it is asked whether the file is to be looked at, while it is not. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(ReloadThread.class);

    private final Reload reload;
    private final Supplier<Duration> interval;
    private final Semaphore wishes = new Semaphore(0);
    private Optional<String> seen = Optional.empty();
    private volatile boolean stopped;

    /** @param interval between two looks; zero for none */
    ReloadThread(Reload reload, Supplier<Duration> interval) {
        this.reload = reload;
        this.interval = interval;
    }

    void start() {
        Thread.ofVirtual().name("reload").start(this::run);
    }

    /** Returns at once; wishes that come while one is fulfilled are fulfilled together. */
    void wanted() {
        wishes.release();
    }

    void stop() {
        stopped = true;
        wishes.release();
    }

    private void run() {
        try {
            while (!stopped) {
                Duration wait = interval.get();
                boolean asked = wishes.tryAcquire((wait.isZero() ? IDLE : wait).toNanos(), TimeUnit.NANOSECONDS);
                if (stopped) {
                    return;
                }
                if (asked) {
                    wishes.drainPermits();
                    Reload.Result _ = reload.now();
                } else if (!wait.isZero()) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            log.error("a bug ended the reloading of the configuration; the present one holds until a restart", e);
            throw e;
        }
    }

    /** Looks at the file, and loads it if it has changed and stays as it is. */
    void look() {
        Optional<String> now = reload.state();
        if (reload.isNews(now) && now.equals(seen)) {
            Reload.Result _ = reload.now();
        }
        seen = now;
    }
}
