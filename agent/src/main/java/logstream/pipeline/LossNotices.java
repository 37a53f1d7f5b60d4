package logstream.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DropCause;

/**
 * Tells the stream's consumers what they will not see: when events were dropped, a record says how many, when and why.
 *
 * <p>Format: an ordinary record, with {@code source} "logstream" and the tag {@code logstream.loss}, besides the fields
 * {@code dropped}, {@code cause}, {@code since}, {@code until} and {@code host}.
 *
 * <p>Invariants: each event that was dropped is in one notice, unless the agent is killed before it is written. At most one notice
 * for each cause in {@link #FIRST_WAIT}, and while a cause persists in twice that, and again twice, up to
 * {@link #LONGEST_WAIT}: a stream is not flooded by what is missing from it.
 *
 * <p>Threading: confined to one thread.
 */
public final class LossNotices {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Metrics metrics;
    private final Predicate<byte[]> appender;
    private final String host;
    private final Map<DropCause, Watch> watches = new EnumMap<>(DropCause.class);

    /** What is known of one cause. */
    private static final class Watch {
        private long told;
        private Instant since;
        private Instant due;
        private Duration wait = FIRST_WAIT;

        private Watch(Instant now) {
            since = now;
            due = now;
        }
    }

    /**
     * @param appender appends a record's bytes to the buffer, or returns false when there is no room: it must not block
     * @param host name of this host
     */
    public LossNotices(Metrics metrics, Predicate<byte[]> appender, String host, Instant now) {
        this.metrics = metrics;
        this.appender = appender;
        this.host = host;
        for (DropCause cause : DropCause.values()) {
            watches.put(cause, new Watch(now));
        }
    }

    /** Writes the notices that are due. Call it about every second. */
    public void look(Instant now) {
        watches.forEach((cause, watch) -> look(cause, watch, now));
    }

    /** Writes all notices that are not written yet: the agent ends. */
    public void finish(Instant now) {
        watches.forEach((cause, watch) -> tell(cause, watch, now));
    }

    private void look(DropCause cause, Watch watch, Instant now) {
        boolean lost = metrics.dropped(cause).sum() > watch.told;
        if (!lost) {
            watch.since = now;
            if (now.isAfter(watch.due)) {
                watch.wait = FIRST_WAIT;
                watch.due = now.plus(FIRST_WAIT);
            }
        } else if (!now.isBefore(watch.due) && tell(cause, watch, now)) {
            Duration twice = watch.wait.multipliedBy(2);
            watch.wait = twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
            watch.due = now.plus(watch.wait);
        }
    }

    private boolean tell(DropCause cause, Watch watch, Instant now) {
        long sum = metrics.dropped(cause).sum();
        long dropped = sum - watch.told;
        if (dropped == 0 || !appender.test(notice(cause, dropped, watch.since, now))) {
            return false;
        }
        metrics.created(CreateCause.LOSS_NOTICE).increment();
        watch.told = sum;
        watch.since = now;
        return true;
    }

    private byte[] notice(DropCause cause, long dropped, Instant since, Instant until) {
        String name = cause.name().toLowerCase(Locale.ROOT);
        String from = seconds(since);
        String to = seconds(until);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("container_id", "");
        fields.put("container_name", "/logstream");
        fields.put("source", "logstream");
        fields.put(
                "log",
                String.format(
                        Locale.ROOT,
                        "%d %s dropped on %s between %s and %s: %s",
                        dropped,
                        dropped == 1 ? "event was" : "events were",
                        host,
                        from,
                        to,
                        reason(cause)));
        fields.put("dropped", dropped);
        fields.put("cause", name);
        fields.put("since", from);
        fields.put("until", to);
        fields.put("host", host);
        fields.put("time", to);
        fields.put("tag", "logstream.loss");
        try {
            return JSON.writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers are JSON", e);
        }
    }

    private static String reason(DropCause cause) {
        return switch (cause) {
            case INVALID -> "a sender sent what is no event";
            case UNMATCHED_TAG -> "the tag matches none of the patterns in record.tags";
            case TOO_LARGE -> "larger than what the agent or the stream takes";
            case DAMAGED -> "the disk did not give them back, or not as they were written";
        };
    }

    private static String seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
