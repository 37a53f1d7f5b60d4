package logstream.deploy.aws;

import java.util.Optional;
import logstream.deploy.stacks.CallFailure;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

/** The streams themselves, apart from their stacks. */
public final class Streams {
    private final KinesisClient client;
    private final Calls calls;

    Streams(KinesisClient client, Calls calls) {
        this.client = client;
        this.calls = calls;
    }

    /** Empty when there is no stream of this name. */
    public Optional<StreamSummary> find(String name) throws CallFailure {
        return calls.call("look at the stream " + name, () -> {
            try {
                return Optional.of(summary(client.describeStreamSummary(ask -> ask.streamName(name))
                        .streamDescriptionSummary()));
            } catch (ResourceNotFoundException _) {
                return Optional.empty();
            }
        });
    }

    /** Deletes a stream with all its records, also while consumers are registered. */
    public void delete(String name) throws CallFailure {
        calls.call(
                "delete the stream " + name,
                () -> client.deleteStream(ask -> ask.streamName(name).enforceConsumerDeletion(true)));
    }

    private static StreamSummary summary(StreamDescriptionSummary stream) {
        boolean onDemand =
                stream.streamModeDetails() != null && stream.streamModeDetails().streamMode() == StreamMode.ON_DEMAND;
        return new StreamSummary(
                stream.streamName(),
                stream.streamStatusAsString(),
                onDemand,
                stream.openShardCount(),
                stream.retentionPeriodHours(),
                stream.encryptionType() == EncryptionType.KMS,
                Optional.ofNullable(stream.maxRecordSizeInKiB()).orElse(0));
    }
}
