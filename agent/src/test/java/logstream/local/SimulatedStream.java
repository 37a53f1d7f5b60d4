package logstream.local;

import java.util.Random;

/**
 * The local endpoint's shards and their limits on a clock that the test sets: {@link LocalStream}, {@link Shard} and
 * {@link ShardRate} as they are, without the HTTP around them. Partition keys are numbers whose hashes are drawn once.
 *
 * <p>Threading: one thread.
 */
public final class SimulatedStream {
    private final LocalStream stream;
    private final HashKey[] hashes;
    private final Shard[] shards;

    /**
     * @param keys how many different keys there are
     */
    public SimulatedStream(int shardCount, int keys, Random random, long nowMillis) {
        stream = new LocalStream("logs", 1, shardCount, false, LocalStream.DEFAULT_RECORD_KIB, nowMillis);
        hashes = new HashKey[keys];
        for (int i = 0; i < keys; i++) {
            hashes[i] = new HashKey(random.nextLong(), random.nextLong());
        }
        shards = new Shard[keys];
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
