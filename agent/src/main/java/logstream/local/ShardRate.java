package logstream.local;

/**
 * The write limits of one shard: 1000 records and 1 MiB a second, saved up for at most a second.
 *
 * <p>Invariant: neither store exceeds its capacity. A record larger than the capacity passes when the store is full, and
 * leaves a debt.
 *
 * <p>Threading: guarded by the lock of {@link Streams}.
 */
final class ShardRate {
    static final int RECORDS_PER_SECOND = 1000;
    static final int BYTES_PER_SECOND = 1 << 20;

    /** In thousandths, so that a millisecond's share is a whole number. */
    private static final long RECORD_CAPACITY = 1000L * RECORDS_PER_SECOND;

    private static final long BYTE_CAPACITY = 1000L * BYTES_PER_SECOND;

    private long records = RECORD_CAPACITY;
    private long bytes = BYTE_CAPACITY;
    private long filledAt;

    /**
     * @param nowMillis a clock that steps back adds nothing
     */
    ShardRate(long nowMillis) {
        filledAt = nowMillis;
    }

    /** Whether the shard takes a record of this size (data and key) now; if so, it is charged. */
    boolean take(long nowMillis, long size) {
        fill(nowMillis);
        long cost = 1000L * size;
        if (records < 1000 || (bytes < cost && bytes < BYTE_CAPACITY)) {
            return false;
        }
        records -= 1000;
        bytes -= cost;
        return true;
    }

    private void fill(long nowMillis) {
        long elapsed = nowMillis - filledAt;
        filledAt = nowMillis;
        if (elapsed > 0) {
            // After an hour any debt is paid; the cap keeps the product within a long.
            long counted = Math.min(elapsed, 3_600_000);
            records = Math.min(RECORD_CAPACITY, records + counted * RECORDS_PER_SECOND);
            bytes = Math.min(BYTE_CAPACITY, bytes + counted * BYTES_PER_SECOND);
        }
    }
}
