package logstream.it;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Counts the events of a stream that is too large to be kept: by the number in their field {@code event}, and whether each has
 * one key.
 *
 * <p>Threading: confined to one thread.
 */
final class StreamTally implements AutoCloseable {
    private static final String FIELD = "\"event\":\"";

    private final KinesisClient client;
    private final Map<String, String> iterators = new LinkedHashMap<>();
    private final long[] high;
    private final long[] low;
    private int events;
    private long duplicates;
    private long otherKeys;

    private StreamTally(KinesisClient client, int mostEvents) {
        this.client = client;
        this.high = new long[mostEvents];
        this.low = new long[mostEvents];
    }

    /** @param mostEvents their numbers are below it */
    static StreamTally open(URI endpoint, String stream, int mostEvents) {
        StreamTally tally = new StreamTally(
                KinesisClient.builder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                        .httpClientBuilder(Apache5HttpClient.builder())
                        .build(),
                mostEvents);
        for (Shard shard :
                tally.client.listShards(request -> request.streamName(stream)).shards()) {
            tally.iterators.put(
                    shard.shardId(),
                    tally.client
                            .getShardIterator(request -> request.streamName(stream)
                                    .shardId(shard.shardId())
                                    .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                            .shardIterator());
        }
        return tally;
    }

    /** Reads on to the end of every shard; gives how many events there are. */
    int read() {
        for (Map.Entry<String, String> shard : iterators.entrySet()) {
            GetRecordsResponse answer;
            do {
                answer = client.getRecords(request -> request.shardIterator(shard.getValue()));
                answer.records().forEach(this::count);
                shard.setValue(answer.nextShardIterator());
            } while (!answer.records().isEmpty());
        }
        return events;
    }

    private void count(Record record) {
        String text = new String(record.data().asByteArrayUnsafe(), StandardCharsets.UTF_8);
        int from = text.indexOf(FIELD) + FIELD.length();
        int event = Integer.parseInt(text.substring(from, text.indexOf('"', from)));
        UUID key = UUID.fromString(record.partitionKey());
        if (high[event] == 0 && low[event] == 0) {
            events++;
            high[event] = key.getMostSignificantBits();
            low[event] = key.getLeastSignificantBits();
        } else if (high[event] == key.getMostSignificantBits() && low[event] == key.getLeastSignificantBits()) {
            duplicates++;
        } else {
            otherKeys++;
        }
    }

    /** Records that came again under the key that their event has. */
    long duplicates() {
        return duplicates;
    }

    /** Records of an event that has another key. */
    long otherKeys() {
        return otherKeys;
    }

    @Override
    public void close() {
        client.close();
    }
}
