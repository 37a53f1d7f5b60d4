package logstream.kinesis;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which stream, and how records are put into it.
 *
 * <p>An endpoint on loopback (127.0.0.1, ::1, localhost) is a stand-in on this host and works without an account: where
 * system properties and environment have no credentials or region, fixed dummy credentials and us-east-1 are used; no
 * profile is read and no metadata service is asked. Any other endpoint gets what the default chains find.
 *
 * @param stream name or ARN; an ARN also reaches the streams of other accounts
 * @param region null: the ARN's, else the SDK finds it (environment, profile, instance metadata)
 * @param endpoint null: the region's own
 * @param roleArn role to assume; null: the credentials of the default chain are used as they are
 * @param roleExternalId external id for {@code roleArn}, or null
 * @param roleSessionName name of the session for {@code roleArn}
 * @param access how AWS is reached, where the usual does not do
 * @param maxBatchRecords records in one request, 1 to 500
 * @param maxBatchBytes data and keys in one request, 1 MiB to 10 MiB
 * @param maxRequestsInFlight requests sent at once
 * @param linger longest wait of a record for a fuller batch
 * @param requestTimeout longest wait for the answer to a request
 * @param retryLimit retries while nothing at all is accepted, and of one record that is refused while others pass
 * @param retryWait first wait while nothing is accepted; doubles
 * @param packing in which form records are put
 */
public record KinesisConfig(
        String stream,
        @Nullable String region,
        @Nullable URI endpoint,
        @Nullable String roleArn,
        @Nullable String roleExternalId,
        String roleSessionName,
        AccessConfig access,
        int maxBatchRecords,
        int maxBatchBytes,
        int maxRequestsInFlight,
        Duration linger,
        Duration requestTimeout,
        int retryLimit,
        Duration retryWait,
        PackingConfig packing) {

    /** Everything but the stream. */
    public static KinesisConfig of(String stream) {
        return new KinesisConfig(
                stream,
                null,
                null,
                null,
                null,
                "logstream",
                AccessConfig.DEFAULT,
                PutRecordsLimits.RECORDS,
                PutRecordsLimits.SAFE_REQUEST_BYTES,
                16,
                Duration.ofMillis(200),
                Duration.ofSeconds(10),
                17,
                Duration.ofSeconds(1),
                PackingConfig.PLAIN);
    }

    public KinesisConfig withPacking(PackingConfig newPacking) {
        return new KinesisConfig(
                stream,
                region,
                endpoint,
                roleArn,
                roleExternalId,
                roleSessionName,
                access,
                maxBatchRecords,
                maxBatchBytes,
                maxRequestsInFlight,
                linger,
                requestTimeout,
                retryLimit,
                retryWait,
                newPacking);
    }

    /** The same, reached in another way. */
    public KinesisConfig withAccess(AccessConfig value) {
        return new KinesisConfig(
                stream,
                region,
                endpoint,
                roleArn,
                roleExternalId,
                roleSessionName,
                value,
                maxBatchRecords,
                maxBatchBytes,
                maxRequestsInFlight,
                linger,
                requestTimeout,
                retryLimit,
                retryWait,
                packing);
    }
}
