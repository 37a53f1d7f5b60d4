package logstream.kinesis;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a reader does about failed calls: what may pass is tried again later and logged, at most once a minute. */
final class Setbacks {
    static final Duration FIRST_RETRY = Duration.ofMillis(500);
    static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

    /** Failures in a row, after 3.5 seconds of waiting, that are no hiccup any more. */
    static final int LASTING = 4;

    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Setbacks.class);

    private final String stream;
    private final LongSupplier nanoTime;
    private @Nullable Long lastLog;
    private int unlogged;

    Setbacks(String stream, LongSupplier nanoTime) {
        this.stream = stream;
        this.nanoTime = nanoTime;
    }

    /**
     * Why to try again.
     *
     * @throws StreamReadException for what does not mend itself
     */
    static String reason(RuntimeException failure) {
        return switch (CallErrors.outcome(failure, Purpose.READ)) {
            case PutOutcome.Throttled throttled -> throttled.reason();
            case PutOutcome.Unavailable unavailable -> unavailable.reason();
            case PutOutcome.NeedsOperator(String reason, String advice) ->
                throw new StreamReadException(reason, advice);
            case PutOutcome.Refused(String reason, String advice) -> throw new StreamReadException(reason, advice);
        };
    }

    /** How long to wait after so many failures in a row, 1 or more. */
    static Duration retryWait(int failures) {
        Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
        return doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
    }

    void log(String what) {
        long now = nanoTime.getAsLong();
        if (lastLog != null && now - lastLog < LOG_INTERVAL.toNanos()) {
            unlogged++;
            return;
        }
        LOG.warn("reading stream={} is held up: {} (similar and not logged: {})", stream, what, unlogged);
        lastLog = now;
        unlogged = 0;
    }
}
