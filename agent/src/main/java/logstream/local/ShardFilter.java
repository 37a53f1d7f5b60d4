package logstream.local;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Which shards ListShards shows. No shard is ever forgotten here, so the trim horizon is the stream's creation.
 *
 * @param value number of a shard, or milliseconds since 1970, or nothing, as the kind wants it
 */
record ShardFilter(Kind kind, long value) {
    enum Kind {
        AFTER_SHARD_ID,
        AT_TRIM_HORIZON,
        FROM_TRIM_HORIZON,
        AT_LATEST,
        AT_TIMESTAMP,
        FROM_TIMESTAMP
    }

    static final ShardFilter ALL = new ShardFilter(Kind.FROM_TRIM_HORIZON, 0);

    static ShardFilter of(Fields fields) throws ServiceError {
        Kind kind = kind(fields.text("Type").orElse(""));
        return switch (kind) {
            case AFTER_SHARD_ID -> {
                OptionalInt after = ShardId.number(fields.text("ShardId").orElse(""));
                if (after.isEmpty()) {
                    throw ServiceError.argument("ShardFilter AFTER_SHARD_ID needs the ShardId of a shard.");
                }
                yield new ShardFilter(kind, after.getAsInt());
            }
            case AT_TIMESTAMP, FROM_TIMESTAMP -> {
                OptionalLong time = fields.time("Timestamp");
                if (time.isEmpty()) {
                    throw ServiceError.argument("ShardFilter " + kind + " needs a Timestamp.");
                }
                yield new ShardFilter(kind, time.getAsLong());
            }
            case AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST -> new ShardFilter(kind, 0);
        };
    }

    static Kind kind(String name) throws ServiceError {
        for (Kind each : Kind.values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw ServiceError.argument("ShardFilter has no valid Type: " + name);
    }

    boolean shows(Shard shard) {
        return switch (kind) {
            case AFTER_SHARD_ID -> shard.number() > value;
            case AT_TRIM_HORIZON -> shard.parents().isEmpty();
            case FROM_TRIM_HORIZON -> true;
            case AT_LATEST -> shard.isOpen();
            case AT_TIMESTAMP -> shard.created() <= value && closedSince(shard);
            case FROM_TIMESTAMP -> closedSince(shard);
        };
    }

    private boolean closedSince(Shard shard) {
        return shard.closed().orElse(Long.MAX_VALUE) >= value;
    }
}
