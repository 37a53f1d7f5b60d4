package logstream.bench.sink;

import java.util.ArrayList;
import java.util.List;
import logstream.bench.load.LineStamp;

/**
 * All that was accepted: every line of every connection, once, again, or not at all, and how long it took.
 *
 * <p>Threading: guarded by its own monitor, taken once per request.
 */
final class Tally {
    private static final long LATE_MICROS = 1_000_000;

    private final List<Places> connections = new ArrayList<>();
    private Latencies latencies = new Latencies();
    private long identity = -1;
    private long records;
    private long duplicates;
    private long resent;
    private long foreign;
    private long badKeys;
    private long firstAcceptedNanos;
    private long lastAcceptedNanos;
    private long resumedNanos;
    private long lastLateNanos;

    /** @param refused the records of the batch that are not accepted; shorter when the rest is */
    synchronized void accept(PutBatch batch, boolean[] refused, long now) {
        int micros = LineStamp.micros(now);
        for (int record = 0; record < batch.count(); record++) {
            if (!refused[record]) {
                accept(batch, record, now, micros);
            }
        }
    }

    private void accept(PutBatch batch, int record, long now, int nowMicros) {
        if (identity < 0) {
            identity = batch.identity(record);
        }
        if (identity < 0 || batch.identity(record) != identity) {
            badKeys++;
        }
        if (!batch.isLine(record)) {
            foreign++;
            return;
        }
        Places places = places(batch.connection(record));
        // 0 stands for none.
        long place = batch.place(record) + 1;
        long before = places.get(batch.sequence(record));
        if (before == place) {
            duplicates++;
        } else if (before != 0) {
            resent++;
            places.set(batch.sequence(record), Math.min(before, place));
        } else {
            places.set(batch.sequence(record), place);
            fresh(LineStamp.microsBetween(batch.micros(record), nowMicros), now);
        }
    }

    private void fresh(long micros, long now) {
        records++;
        latencies.add(micros);
        lastAcceptedNanos = now;
        if (firstAcceptedNanos == 0) {
            firstAcceptedNanos = now;
        }
        if (resumedNanos == 0) {
            resumedNanos = now;
        }
        if (micros > LATE_MICROS) {
            lastLateNanos = now;
        }
    }

    private Places places(int connection) {
        while (connections.size() <= connection) {
            connections.add(new Places());
        }
        return connections.get(connection);
    }

    /** Latencies are counted anew. */
    synchronized void mark() {
        latencies = new Latencies();
    }

    /** The next record is the first after an outage. */
    synchronized void outageEnded() {
        resumedNanos = 0;
    }

    /** @param withOrder whether the order is looked at, which takes a while */
    synchronized SinkReport report(SinkServer.Requests requests, boolean withOrder) {
        return new SinkReport(
                records,
                duplicates,
                resent,
                foreign,
                badKeys,
                withOrder
                        ? connections.stream()
                                .mapToLong(Places::countDisordered)
                                .sum()
                        : 0,
                requests.all().sum(),
                requests.throttledRecords().sum(),
                requests.failed().sum(),
                requests.unanswered().sum(),
                firstAcceptedNanos,
                lastAcceptedNanos,
                resumedNanos,
                lastLateNanos,
                latencies.micros(0.5),
                latencies.micros(0.99),
                latencies.micros(0.999));
    }
}
