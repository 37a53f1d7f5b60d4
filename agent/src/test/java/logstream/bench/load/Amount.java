package logstream.bench.load;

/**
 * How much of a load: until the first of the two is reached.
 *
 * @param records of all connections together, rounded up to whole messages; 0 for no bound
 * @param seconds 0 for no bound
 */
public record Amount(long records, double seconds) {
    public Amount {
        if (records < 0 || !(seconds >= 0)) {
            throw new IllegalArgumentException("negative: records " + records + ", seconds " + seconds);
        }
    }

    public static Amount ofRecords(long records) {
        return new Amount(records, 0);
    }

    public static Amount ofSeconds(double seconds) {
        return new Amount(0, seconds);
    }
}
