package logstream.bench.load;

/**
 * What a load generator did with one {@link Amount}; one line of its output, in JSON.
 *
 * @param records written as a whole; with acks: acknowledged
 * @param firstWriteNanos {@link System#nanoTime} before the first byte was written
 * @param lastWriteNanos the same after the last byte was written, or the last ack read
 * @param reconnects connections that broke or ended, and were made again
 * @param idleOpen silent connections that are still open
 */
public record LoadReport(long records, long firstWriteNanos, long lastWriteNanos, long reconnects, int idleOpen) {}
