package logstream.monitor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DeadLetterCause;
import logstream.metrics.Metrics.DropCause;

/**
 * Everything that the status page shows, as it is at a moment. Its JSON is an outward face: names in snake case, times in
 * seconds since 1970, ages in seconds, -1 where something never happened.
 *
 * <p>Threading: immutable.
 */
record Status(
        long time,
        Agent agent,
        Said flow,
        List<Health.Check> checks,
        Rates rates,
        Totals totals,
        Fill buffer,
        Stream stream,
        DeadLetters deadLetters,
        int containersKnown,
        List<Row> containers,
        int viewers,
        List<Warning> warnings) {
    /** Containers that are shown; all are counted. */
    static final int MOST_ROWS = 200;

    record Agent(
            String version, String host, long pid, long started, String forward, String stream, long connections) {}

    record Said(String state, String why, String remedy) {}

    /** Per second, over the last few seconds. */
    record Rates(
            double received,
            double receivedBytes,
            double delivered,
            double deliveredBytes,
            double throttled,
            double dropped) {}

    record Totals(
            long recovered,
            long received,
            long created,
            long merged,
            long delivered,
            long deadLettered,
            Map<String, Long> dropped) {}

    record Fill(
            long events,
            long bytes,
            long limitBytes,
            long chunks,
            double oldestSeconds,
            long waitingConnections,
            long diskFreeBytes,
            boolean full) {}

    record Stream(
            long requestsInFlight,
            double lastSuccessSeconds,
            double blockedSeconds,
            long throttled,
            String mode,
            String status,
            String encryption,
            int openShards) {}

    record DeadLetters(long bytes, long deleted, Map<String, Long> causes) {}

    record Row(
            String name,
            String tag,
            double linesPerSecond,
            double bytesPerSecond,
            long lastSeen,
            long lines,
            long bytes,
            long partials,
            long drops) {
        static Row of(Containers.Row row) {
            return new Row(
                    row.name(),
                    row.tag(),
                    rounded(row.linesPerSecond()),
                    rounded(row.bytesPerSecond()),
                    row.lastSeenMillis() / 1_000,
                    row.lines(),
                    row.bytes(),
                    row.partials(),
                    row.drops());
        }
    }

    record Warning(String level, String from, String text, long last, long times) {
        static Warning of(RecentProblems.Problem problem) {
            return new Warning(
                    problem.level(),
                    problem.from(),
                    problem.text(),
                    problem.last().getEpochSecond(),
                    problem.times());
        }
    }

    static Rates rates(History.Change change) {
        Sample from = change.from();
        Sample to = change.to();
        return new Rates(
                rounded(change.perSecond(from.received(), to.received())),
                rounded(change.perSecond(from.receivedBytes(), to.receivedBytes())),
                rounded(change.perSecond(from.delivered(), to.delivered())),
                rounded(change.perSecond(from.deliveredBytes(), to.deliveredBytes())),
                rounded(change.perSecond(from.throttled(), to.throttled())),
                rounded(change.perSecond(from.dropped(), to.dropped())));
    }

    static Totals totals(Metrics metrics, Sample now) {
        long created = 0;
        for (CreateCause cause : CreateCause.values()) {
            created += metrics.created(cause).sum();
        }
        return new Totals(
                metrics.framesRecovered.sum(),
                now.received(),
                created,
                metrics.eventsMerged.sum(),
                now.delivered(),
                now.deadLettered(),
                byCause(DropCause.values(), metrics::dropped));
    }

    static Fill fill(Metrics.Gauges gauges, Sample now, long limitBytes, boolean full) {
        return new Fill(
                now.bufferedEvents(),
                now.bufferedBytes(),
                limitBytes,
                gauges.bufferChunks().getAsLong(),
                now.oldestMillis() / 1e3,
                gauges.waitingForRoom().getAsLong(),
                gauges.diskFreeBytes().getAsLong(),
                full);
    }

    static DeadLetters deadLetters(Metrics metrics) {
        return new DeadLetters(
                metrics.gauges().deadLetterBytes().getAsLong(),
                metrics.deadLettersDeleted.sum(),
                byCause(DeadLetterCause.values(), metrics::deadLettered));
    }

    /** Only what happened. */
    private static <E extends Enum<E>> SequencedMap<String, Long> byCause(E[] causes, Function<E, LongAdder> counter) {
        SequencedMap<String, Long> counts = new TreeMap<>();
        for (E cause : causes) {
            long count = counter.apply(cause).sum();
            if (count > 0) {
                counts.put(cause.name().toLowerCase(Locale.ROOT), count);
            }
        }
        return counts;
    }

    /** One digit behind the point is what people read. */
    static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
