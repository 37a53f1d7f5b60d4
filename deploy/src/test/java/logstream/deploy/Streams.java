package logstream.deploy;

import java.util.Map;

/** Streams as Kinesis describes them. */
final class Streams {
    private Streams() {}

    static Map<String, Object> summary(int openShards, String mode) {
        return Map.of(
                "StreamDescriptionSummary",
                Map.of(
                        "StreamName",
                        "logs-Stream-1A2B",
                        "StreamARN",
                        "arn:aws:kinesis:eu-west-1:123456789012:stream/logs-Stream-1A2B",
                        "StreamStatus",
                        "ACTIVE",
                        "StreamModeDetails",
                        Map.of("StreamMode", mode),
                        "OpenShardCount",
                        openShards,
                        "RetentionPeriodHours",
                        24,
                        "EncryptionType",
                        "KMS",
                        "MaxRecordSizeInKiB",
                        1024));
    }
}
