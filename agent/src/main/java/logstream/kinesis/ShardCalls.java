package logstream.kinesis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** The three calls of a reader, each one request; failures come out as the SDK's exceptions. */
final class ShardCalls {
    private final KinesisAccess access;

    ShardCalls(KinesisAccess access) {
        this.access = access;
    }

    /** Every shard that the stream still has, in pages. */
    List<software.amazon.awssdk.services.kinesis.model.Shard> listShards() {
        List<software.amazon.awssdk.services.kinesis.model.Shard> all = new ArrayList<>();
        String next = null;
        do {
            ListShardsRequest.Builder request = ListShardsRequest.builder().streamARN(access.streamArn());
            // A further page is asked for by its token alone; the ARN may stay, the name may not.
            ListShardsResponse response = access.client()
                    .listShards(
                            next == null
                                    ? request.streamName(access.streamName()).build()
                                    : request.nextToken(next).build());
            all.addAll(response.shards());
            next = response.nextToken();
        } while (next != null);
        return all;
    }

    String iterator(String shardId, Shard.Place place) {
        GetShardIteratorRequest.Builder request = GetShardIteratorRequest.builder()
                .streamARN(access.streamArn())
                .streamName(access.streamName())
                .shardId(shardId);
        switch (place) {
            case Shard.Place.After(String sequenceNumber) ->
                request.shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                        .startingSequenceNumber(sequenceNumber);
            case Shard.Place.Start(StartAt.TrimHorizon _) -> request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
            case Shard.Place.Start(StartAt.Latest _) -> request.shardIteratorType(ShardIteratorType.LATEST);
            case Shard.Place.Start(StartAt.Time(Instant instant)) ->
                request.shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(instant);
        }
        return access.client().getShardIterator(request.build()).shardIterator();
    }

    GetRecordsResponse records(String iterator, int limit) {
        return access.client()
                .getRecords(GetRecordsRequest.builder()
                        .streamARN(access.streamArn())
                        .shardIterator(iterator)
                        .limit(limit)
                        .build());
    }
}
