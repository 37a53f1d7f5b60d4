package logstream.bench.sink;

/**
 * What a sink has seen so far; one line of its output, in JSON. Times are {@link System#nanoTime}, 0 if it never happened.
 *
 * @param records different ones accepted
 * @param duplicates accepted again under the same key: sent again by the agent
 * @param resent accepted again under another key: the same line, taken twice by the agent since its client sent it again
 * @param foreign accepted, but not a line of the load
 * @param badKeys accepted under keys that are not made from a place in one buffer
 * @param disordered lines that stand before an earlier line of their connection when sorted by key; only known at the end
 * @param requests of PutRecords, whatever became of them
 * @param throttledRecords refused on purpose
 * @param failedRequests refused on purpose
 * @param lostAnswers given no answer on purpose
 * @param firstAcceptedNanos of the first record
 * @param lastAcceptedNanos of the last different record so far
 * @param resumedNanos of the first record after the last outage ended
 * @param lastLateNanos of the last record that was accepted more than a second after it was written
 * @param p50Micros from writing to acceptance, since the last command {@code mark}
 * @param p99Micros the same
 * @param p999Micros the same
 */
public record SinkReport(
        long records,
        long duplicates,
        long resent,
        long foreign,
        long badKeys,
        long disordered,
        long requests,
        long throttledRecords,
        long failedRequests,
        long lostAnswers,
        long firstAcceptedNanos,
        long lastAcceptedNanos,
        long resumedNanos,
        long lastLateNanos,
        long p50Micros,
        long p99Micros,
        long p999Micros) {}
