package logstream.buffer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failures of the commit thread in a row: says them, and how long to pause before it tries again.
 *
 * <p>Threading: confined to the commit thread.
 */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path folder;
    private final LongSupplier nanoTime;
    private final Seldom seldom;
    private int inARow;
    private boolean hurried;
    private long retryAt;

    Failures(Path folder, LongSupplier nanoTime) {
        this.folder = folder;
        this.nanoTime = nanoTime;
        this.seldom = new Seldom(nanoTime);
    }

    /** One more. */
    void failed(IOException e, String what) {
        inARow++;
        // That the disk is kept free is said where it is decided.
        if (!(e instanceof Reserve.KeptFreeException) && seldom.due()) {
            LOG.error(
                    "The buffer cannot {}: folder={} error=\"{}\". It is tried again, and intake waits."
                            + " Make room on the disk, or mend it.",
                    what,
                    folder,
                    e.toString());
        }
        // The first retry is at once: most often a new chunk is all that is needed.
        long pause = inARow == 1 ? 0 : Math.min(LONGEST_PAUSE_NANOS, SHORTEST_PAUSE_NANOS << Math.min(inARow - 2, 10));
        retryAt = nanoTime.getAsLong() + pause;
    }

    /** It works again. */
    void none() {
        inARow = 0;
    }

    /** The buffer is closed: the few attempts that are left count from now, and follow each other at once. */
    void hurry() {
        inARow = 0;
        hurried = true;
    }

    int inARow() {
        return inARow;
    }

    long nanosUntilRetry() {
        return inARow == 0 || hurried ? 0 : Math.max(0, retryAt - nanoTime.getAsLong());
    }
}
