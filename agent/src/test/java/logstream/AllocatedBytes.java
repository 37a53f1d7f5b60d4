package logstream;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/** What a thread allocates, as the JVM counts it: exact, and no matter of time. */
public final class AllocatedBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocatedBytes() {}

    /**
     * What this thread allocates for each of so many events, once the code is compiled: the least of several rounds. The
     * thread must be a platform thread.
     *
     * @param round handles that many events
     */
    public static double each(int events, int rounds, Callable<?> round) throws Exception {
        double least = Double.MAX_VALUE;
        for (int done = 0; done < rounds; done++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            Object _ = round.call();
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) events);
        }
        return least;
    }
}
