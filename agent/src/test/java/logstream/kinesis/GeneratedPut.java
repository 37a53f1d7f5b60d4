package logstream.kinesis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/** PutRecords by the SDK's generated client: what {@link KinesisStream#put} must agree with. */
final class GeneratedPut implements AutoCloseable {
    private final KinesisAccess access;

    GeneratedPut(KinesisConfig config) {
        this(config, Map.of());
    }

    GeneratedPut(KinesisConfig config, Map<String, String> environment) {
        access = new KinesisAccess(config, environment);
    }

    PutOutcome put(List<OutgoingRecord> records) {
        PutRecordsResponse response;
        try {
            response = access.client().putRecords(request(records));
        } catch (RuntimeException e) {
            return CallErrors.outcome(e, Purpose.PUT);
        }
        if (response.records().size() != records.size()) {
            return new PutOutcome.Unavailable(
                    "an answer about " + response.records().size()
                            + " records to a request of " + records.size() + " (request "
                            + response.responseMetadata().requestId() + ")");
        }
        return new PutOutcome.Answered(
                response.records().stream().map(GeneratedPut::result).toList());
    }

    private PutRecordsRequest request(List<OutgoingRecord> records) {
        List<PutRecordsRequestEntry> entries = new ArrayList<>();
        for (OutgoingRecord each : records) {
            entries.add(PutRecordsRequestEntry.builder()
                    .partitionKey(each.key())
                    .data(SdkBytes.fromByteArray(each.data()))
                    .build());
        }
        return PutRecordsRequest.builder()
                .streamARN(access.streamArn())
                .streamName(access.streamName())
                .records(entries)
                .build();
    }

    private static RecordResult result(PutRecordsResultEntry entry) {
        String code = entry.errorCode();
        if (code == null && entry.sequenceNumber() != null) {
            return new RecordResult.Accepted(orEmpty(entry.shardId()), entry.sequenceNumber());
        }
        return "ProvisionedThroughputExceededException".equals(code)
                ? new RecordResult.Throttled()
                : new RecordResult.Failed(code == null ? "no sequence number" : code, orEmpty(entry.errorMessage()));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public void close() {
        access.close();
    }
}
