package logstream.local;

import java.time.InstantSource;

/**
 * What a {@link LocalKinesis} is bounded by, and what it measures time and throws dice with.
 *
 * @param maxBytes memory for the records of all streams: data, keys and {@value RecordLog#OVERHEAD} bytes for each record
 * @param maxStreams streams at one time
 * @param maxShards shards of all streams, closed ones included
 * @param maxRequestBytes data and keys in one PutRecords request, 1 to 10 MiB
 * @param shardLimits whether a shard takes only 1 MiB and 1000 records a second
 * @param trackedKeys partition keys remembered to tell duplicates; 0: none
 * @param seed the dice of the faults: the same seed and requests give the same faults
 * @param clock arrival times, ages of iterators, shard limits
 */
public record LocalOptions(
        long maxBytes,
        int maxStreams,
        int maxShards,
        int maxRequestBytes,
        boolean shardLimits,
        int trackedKeys,
        long seed,
        InstantSource clock) {

    private static final int MEBIBYTE = 1 << 20;

    public LocalOptions {
        atLeast("maxBytes", maxBytes, MEBIBYTE);
        atLeast("maxStreams", maxStreams, 1);
        atLeast("maxShards", maxShards, 1);
        atLeast("maxRequestBytes", maxRequestBytes, 1);
        atLeast("trackedKeys", trackedKeys, 0);
        if (maxRequestBytes > 10 * MEBIBYTE) {
            throw new IllegalArgumentException("maxRequestBytes " + maxRequestBytes + " is more than 10 MiB");
        }
    }

    /** 64 MiB, 50 streams, 1000 shards, requests of 5 MiB, no shard limits, no keys tracked, the system's clock. */
    public static LocalOptions defaults() {
        return new LocalOptions(64L * MEBIBYTE, 50, 1000, 5 * MEBIBYTE, false, 0, 1, InstantSource.system());
    }

    public LocalOptions withMaxBytes(long value) {
        return new LocalOptions(value, maxStreams, maxShards, maxRequestBytes, shardLimits, trackedKeys, seed, clock);
    }

    public LocalOptions withMaxStreams(int value) {
        return new LocalOptions(maxBytes, value, maxShards, maxRequestBytes, shardLimits, trackedKeys, seed, clock);
    }

    public LocalOptions withMaxShards(int value) {
        return new LocalOptions(maxBytes, maxStreams, value, maxRequestBytes, shardLimits, trackedKeys, seed, clock);
    }

    public LocalOptions withMaxRequestBytes(int value) {
        return new LocalOptions(maxBytes, maxStreams, maxShards, value, shardLimits, trackedKeys, seed, clock);
    }

    public LocalOptions withShardLimits(boolean value) {
        return new LocalOptions(maxBytes, maxStreams, maxShards, maxRequestBytes, value, trackedKeys, seed, clock);
    }

    public LocalOptions withTrackedKeys(int value) {
        return new LocalOptions(maxBytes, maxStreams, maxShards, maxRequestBytes, shardLimits, value, seed, clock);
    }

    public LocalOptions withSeed(long value) {
        return new LocalOptions(
                maxBytes, maxStreams, maxShards, maxRequestBytes, shardLimits, trackedKeys, value, clock);
    }

    public LocalOptions withClock(InstantSource value) {
        return new LocalOptions(
                maxBytes, maxStreams, maxShards, maxRequestBytes, shardLimits, trackedKeys, seed, value);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " " + value + " is less than " + least);
        }
    }
}
