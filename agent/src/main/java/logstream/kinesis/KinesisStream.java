package logstream.kinesis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.RequestFailure;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * One stream to put records into. Every call is one request and tells what became of it; nothing is retried here.
 *
 * <p>Threading: thread-safe; meant to be called from several virtual threads at once.
 */
public final class KinesisStream implements AutoCloseable {
    private final KinesisAccess access;
    private final Metrics metrics;

    private KinesisStream(KinesisAccess access, Metrics metrics) {
        this.access = access;
        this.metrics = metrics;
    }

    /**
     * Talks to nobody: what is wrong with region, credentials or stream is told by the first call.
     *
     * @param metrics counts the requests that failed as a whole
     */
    public static KinesisStream open(KinesisConfig config, Metrics metrics) {
        return open(config, metrics, System.getenv());
    }

    static KinesisStream open(KinesisConfig config, Metrics metrics, Map<String, String> environment) {
        return new KinesisStream(new KinesisAccess(config, environment), metrics);
    }

    /**
     * Sends one PutRecords request and waits for its answer, at most for the configured time-out (finding region and
     * credentials for the first time may add some seconds).
     *
     * @param records 1 to {@link PutRecordsLimits#RECORDS}
     * @throws IllegalStateException for another number of records, or after {@link #close}: a bug of the caller
     */
    public PutOutcome put(List<OutgoingRecord> records) {
        if (records.isEmpty() || records.size() > PutRecordsLimits.RECORDS) {
            throw new IllegalStateException(
                    "a request of " + records.size() + " records; 1 to " + PutRecordsLimits.RECORDS + " are possible");
        }
        access.requireOpen();
        PutCalls.Answer answer;
        try {
            answer = access.puts().put(records);
        } catch (RuntimeException e) {
            return failed(e);
        }
        return answered(answer, records.size());
    }

    /** Asks the stream what it is: one DescribeStreamSummary. */
    public StreamState check() {
        DescribeStreamSummaryRequest request = DescribeStreamSummaryRequest.builder()
                .streamARN(access.streamArn())
                .streamName(access.streamName())
                .build();
        access.requireOpen();
        StreamDescriptionSummary summary;
        try {
            summary = access.client().describeStreamSummary(request).streamDescriptionSummary();
        } catch (RuntimeException e) {
            PutOutcome.Failed told = CallErrors.outcome(e, Purpose.CHECK);
            return new StreamState.NotReady(told.reason(), told.advice());
        }
        return state(summary);
    }

    private PutOutcome failed(RuntimeException e) {
        if (access.isClosed()) {
            // A pool that is closed under a call fails it in ways of its own.
            metrics.requestsFailed(RequestFailure.NO_ANSWER).increment();
            return new PutOutcome.Unavailable("closed while waiting for the answer");
        }
        CallErrors.Told told = CallErrors.told(e);
        metrics.requestsFailed(told.error().cause).increment();
        return told.outcome(Purpose.PUT);
    }

    private PutOutcome answered(PutCalls.Answer answer, int sent) {
        if (answer.results().size() != sent) {
            // Which record is which cannot be told: as if there were no answer.
            metrics.requestsFailed(RequestFailure.NO_ANSWER).increment();
            return new PutOutcome.Unavailable(
                    "an answer about " + answer.results().size() + " records to a request of " + sent + " (request "
                            + answer.requestId() + ")");
        }
        return new PutOutcome.Answered(answer.results());
    }

    private static StreamState state(StreamDescriptionSummary summary) {
        StreamStatus status = summary.streamStatus();
        if (status != StreamStatus.ACTIVE && status != StreamStatus.UPDATING) {
            return new StreamState.NotReady(
                    "the stream's status is " + summary.streamStatusAsString(),
                    status == StreamStatus.CREATING
                            ? "Wait until it is ACTIVE."
                            : "Create the stream again, or name another: this one is going away.");
        }
        Integer maxRecordKiB = summary.maxRecordSizeInKiB();
        return new StreamState.Ready(
                orEmpty(summary.streamName()),
                orEmpty(summary.streamARN()),
                summary.streamStatusAsString(),
                summary.openShardCount() == null ? 0 : summary.openShardCount(),
                summary.streamModeDetails() == null
                        ? "PROVISIONED"
                        : orEmpty(summary.streamModeDetails().streamModeAsString()),
                Duration.ofHours(summary.retentionPeriodHours() == null ? 24 : summary.retentionPeriodHours()),
                summary.encryptionTypeAsString() == null ? "NONE" : summary.encryptionTypeAsString(),
                maxRecordKiB == null ? PutRecordsLimits.RECORD_BYTES : maxRecordKiB << 10);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Calls in flight end as {@link PutOutcome.Unavailable}. */
    @Override
    public void close() {
        access.close();
    }
}
