package logstream.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * What a stream holds, read from its beginning through the AWS SDK as any consumer would, and kept. For streams that are
 * not resharded.
 *
 * <p>Threading: confined to one thread.
 */
final class StreamRecords implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KinesisClient client;
    private final Map<String, String> iterators = new LinkedHashMap<>();
    private final List<Found> found = new ArrayList<>();

    /** A record as it lies in the stream. */
    record Found(String key, String text, Instant arrived) {
        /** Its value as JSON. */
        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException e) {
                throw new AssertionError("a record that is no JSON: " + text, e);
            }
        }

        /** Whether the agent itself made it. */
        boolean isLossNotice() {
            return json().path("source").asText().equals("logstream");
        }
    }

    private StreamRecords(KinesisClient client) {
        this.client = client;
    }

    static StreamRecords open(URI endpoint, String stream) {
        StreamRecords records = new StreamRecords(KinesisClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(Apache5HttpClient.builder())
                .build());
        for (Shard shard :
                records.client.listShards(request -> request.streamName(stream)).shards()) {
            records.iterators.put(
                    shard.shardId(),
                    records.client
                            .getShardIterator(request -> request.streamName(stream)
                                    .shardId(shard.shardId())
                                    .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                            .shardIterator());
        }
        return records;
    }

    /** Reads on to the end of every shard, and gives all records since the beginning. */
    List<Found> all() {
        for (Map.Entry<String, String> shard : iterators.entrySet()) {
            GetRecordsResponse answer;
            do {
                answer = client.getRecords(request -> request.shardIterator(shard.getValue()));
                answer.records()
                        .forEach(one -> found.add(new Found(
                                one.partitionKey(), one.data().asUtf8String(), one.approximateArrivalTimestamp())));
                shard.setValue(answer.nextShardIterator());
            } while (!answer.records().isEmpty() || answer.millisBehindLatest() > 0);
        }
        return found;
    }

    /** The notices of losses among them. */
    List<JsonNode> lossNotices() {
        return all().stream().filter(Found::isLossNotice).map(Found::json).toList();
    }

    /** The partition keys under which each event of {@link AckedLoad} lies in the stream. */
    Map<String, List<String>> keysByEvent() {
        return all().stream()
                .filter(one -> !one.isLossNotice())
                .collect(Collectors.groupingBy(
                        one -> one.json().path("event").asText(), Collectors.mapping(Found::key, Collectors.toList())));
    }

    @Override
    public void close() {
        client.close();
    }
}
