package logstream.local;

import java.math.BigInteger;

/**
 * The operations that change a stream's shards. They are done in the moment they are answered.
 *
 * <p>Threading: every method is called under the lock of {@link Streams}.
 */
final class ReshardOperations {
    private final Streams streams;

    ReshardOperations(Streams streams) {
        this.streams = streams;
    }

    void split(Fields request) throws ServiceError {
        String name = StreamName.of(request);
        String shardId = request.text("ShardToSplit").orElse(null);
        String start = request.text("NewStartingHashKey").orElse(null);
        Validation validation = new Validation();
        validation.present(shardId, "shardToSplit");
        validation.present(start, "newStartingHashKey");
        validation.pattern(start, "newStartingHashKey", "0|([1-9]\\d{0,38})");
        validation.done();
        LocalStream stream = streams.find(name);
        Shard shard = openShard(stream, String.valueOf(shardId));
        BigInteger cut = new BigInteger(String.valueOf(start));
        BigInteger first = shard.range().start().value();
        BigInteger last = shard.range().end().value();
        if (cut.compareTo(first.add(BigInteger.ONE)) <= 0 || cut.compareTo(last) >= 0) {
            throw ServiceError.argument("NewStartingHashKey " + cut + " used in SplitShard() on shard " + shard.id()
                    + " in stream " + name + " under account " + Streams.ACCOUNT
                    + " is not both greater than one plus the shard's StartingHashKey " + first
                    + " and less than the shard's EndingHashKey " + last + ".");
        }
        streams.reserveShards(2);
        stream.split(shard, HashKey.of(cut), streams.now());
    }

    void merge(Fields request) throws ServiceError {
        String name = StreamName.of(request);
        String one = request.text("ShardToMerge").orElse(null);
        String other = request.text("AdjacentShardToMerge").orElse(null);
        Validation validation = new Validation();
        validation.present(one, "shardToMerge");
        validation.present(other, "adjacentShardToMerge");
        validation.done();
        LocalStream stream = streams.find(name);
        Shard shard = openShard(stream, String.valueOf(one));
        Shard adjacent = openShard(stream, String.valueOf(other));
        if (!shard.range().isFollowedBy(adjacent.range()) && !adjacent.range().isFollowedBy(shard.range())) {
            throw ServiceError.argument("Shards " + shard.id() + " and " + adjacent.id() + " in stream " + name
                    + " under account " + Streams.ACCOUNT + " are not an adjacent pair of shards eligible for merging");
        }
        streams.reserveShards(1);
        stream.merge(shard, adjacent, streams.now());
    }

    byte[] updateCount(Encoding encoding, Fields request) throws ServiceError {
        String name = StreamName.of(request);
        int target = request.integer("TargetShardCount").orElse(0);
        String scaling = request.text("ScalingType").orElse(null);
        Validation validation = new Validation();
        validation.range(target, "targetShardCount", 1, Integer.MAX_VALUE);
        validation.pattern(scaling, "scalingType", "UNIFORM_SCALING");
        validation.done();
        LocalStream stream = streams.find(name);
        int current = stream.openCount();
        if (stream.onDemand()) {
            throw ServiceError.of(
                    "ValidationException",
                    "Request is invalid. Stream " + name + " under account " + Streams.ACCOUNT
                            + " is in On-Demand mode.");
        }
        if (target > 2L * current) {
            throw refused("up over double", current, target);
        }
        if (2L * target < current) {
            throw refused("down below half", current, target);
        }
        streams.reserveShards(stream.shardsToReach(target));
        stream.scaleTo(target, streams.now());
        return encoding.object(256, out -> {
            out.writeStringField("StreamName", name);
            out.writeNumberField("CurrentShardCount", current);
            out.writeNumberField("TargetShardCount", target);
            out.writeStringField("StreamARN", StreamName.arn(name));
        });
    }

    private static ServiceError refused(String how, int current, int target) {
        return ServiceError.argument("UpdateShardCount cannot scale " + how + " your current open shard count. "
                + "Current open shard count: " + current + " Target shard count: " + target);
    }

    private static Shard openShard(LocalStream stream, String id) throws ServiceError {
        Shard shard = ShardId.find(stream, id);
        if (!shard.isOpen()) {
            throw ServiceError.argument("Shard " + shard.id() + " in stream " + stream.name() + " under account "
                    + Streams.ACCOUNT
                    + " has already been merged or split, and thus is not eligible for merging or splitting.");
        }
        return shard;
    }
}
