package logstream.deploy.aws;

/**
 * A stream as Kinesis describes it.
 *
 * @param openShards those that take records now
 * @param retentionHours how long records are kept
 * @param maxRecordKib the largest record, in KiB; 0 when Kinesis does not say
 */
public record StreamSummary(
        String name,
        String status,
        boolean onDemand,
        int openShards,
        int retentionHours,
        boolean encrypted,
        int maxRecordKib) {}
