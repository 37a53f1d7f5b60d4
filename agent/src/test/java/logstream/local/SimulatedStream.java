package logstream.local;

import java.util.Random;

/**
 * The local endpoint's shards and their limits on a clock that the test sets: {@link LocalStream}, {@link Shard} and
 * {@link ShardRate} as they are, without the HTTP around them. Partition keys are numbers whose hashes are drawn once.
 *
 * <p>Threading: one thread.
 */
public final class SimulatedStream {
    /** Different keys, evenly spread: as good as fresh ones, of which no shard has more than another in the long run. */
    public static final int KEYS = 1 << 16;

    private static final int HASH_BITS = 48;

    private final LocalStream stream;
    private final HashKey[] hashes;
    private final Shard[] shards;

    public SimulatedStream(int shardCount, Random random, long nowMillis) {
        stream = new LocalStream("logs", 1, shardCount, false, LocalStream.DEFAULT_RECORD_KIB, nowMillis);
        hashes = new HashKey[KEYS];
        for (int i = 0; i < KEYS; i++) {
            long low = random.nextLong();
            hashes[i] = new HashKey((long) i << HASH_BITS | low >>> (64 - HASH_BITS), low);
        }
        shards = new Shard[KEYS];
        place();
    }

    /** Whether the key's shard takes a record of so many bytes (data and key) now; if so, it is charged. */
    public boolean take(int key, int size, long nowMillis) {
        return shards[key].rate().take(nowMillis, size);
    }

    /** The key's shard, by its number. */
    public int shardOf(int key) {
        return shards[key].number();
    }

    public int openShards() {
        return stream.openCount();
    }

    public void scaleTo(int target, long nowMillis) {
        stream.scaleTo(target, nowMillis);
        place();
    }

    private void place() {
        for (int i = 0; i < hashes.length; i++) {
            shards[i] = stream.shardOf(hashes[i]);
        }
    }
}
