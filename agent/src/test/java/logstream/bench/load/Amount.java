package logstream.bench.load;

/**
 * How much of a load: until the first of the two bounds is reached.
 *
 * @param records of all connections together, rounded up to whole messages; 0 for no bound
 * @param seconds 0 for no bound
 * @param atFullSpeed whatever the rate of the plan
 */
public record Amount(long records, double seconds, boolean atFullSpeed) {
    public Amount {
        if (records < 0 || !(seconds >= 0)) {
            throw new IllegalArgumentException("negative: records " + records + ", seconds " + seconds);
        }
    }

    public static Amount ofRecords(long records) {
        return new Amount(records, 0, false);
    }

    public static Amount ofSeconds(double seconds) {
        return new Amount(0, seconds, false);
    }

    /** The same, as fast as it is taken. */
    public Amount hurried() {
        return new Amount(records, seconds, true);
    }
}
