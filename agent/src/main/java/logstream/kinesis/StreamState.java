package logstream.kinesis;

import java.time.Duration;

/** What the stream says of itself when asked. */
public sealed interface StreamState {
    /**
     * It exists and takes records.
     *
     * @param name its name
     * @param arn its ARN
     * @param status ACTIVE or UPDATING
     * @param openShards shards that take records
     * @param mode PROVISIONED or ON_DEMAND
     * @param retention how long it keeps records
     * @param encryption NONE or KMS
     * @param maxRecordBytes data and key of one record, in bytes
     */
    record Ready(
            String name,
            String arn,
            String status,
            int openShards,
            String mode,
            Duration retention,
            String encryption,
            int maxRecordBytes)
            implements StreamState {}

    /**
     * It cannot be used now, or we may not ask. An agent that is allowed nothing but to put records gets this answer too.
     *
     * @param reason error code and message, or the stream's status
     * @param advice one sentence: what to do
     */
    record NotReady(String reason, String advice) implements StreamState {}
}
