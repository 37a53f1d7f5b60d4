package logstream.bench.sink;

/**
 * How the sink misbehaves.
 *
 * @param throttledRecords share of records refused with ProvisionedThroughputExceededException
 * @param failedRequests share of requests answered with 500 InternalFailure, nothing accepted
 * @param lostAnswers share of requests whose records are accepted and whose connection is closed without an answer
 * @param delayMillis between a request and its answer
 */
public record SinkFaults(double throttledRecords, double failedRequests, double lostAnswers, long delayMillis) {
    public static final SinkFaults NONE = new SinkFaults(0, 0, 0, 0);

    public SinkFaults {
        for (double share : new double[] {throttledRecords, failedRequests, lostAnswers}) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(share + " is no share between 0 and 1");
            }
        }
        if (delayMillis < 0) {
            throw new IllegalArgumentException("a delay of " + delayMillis + " ms");
        }
    }
}
