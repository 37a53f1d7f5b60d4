package logstream.local;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All streams and their records, within the bounds of the options.
 *
 * <p>Invariants: {@link #storedBytes} is the sum of the logs' bytes and, outside of an append, at most the bound;
 * {@link #shardCount} is the number of all shards, closed ones included.
 *
 * <p>Threading: everything here, and in the streams and shards it hands out, is guarded by {@link #lock}; every method
 * asserts that the caller holds it.
 */
final class Streams {
    static final String ACCOUNT = "000000000000";
    static final String REGION = "us-east-1";

    private final LocalOptions options;
    private final FaultDice dice;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<String, LocalStream> streams = new TreeMap<>();
    private final KeyTally tally;
    private long incarnations;
    private int shardCount;
    private long storedBytes;
    private long stored;
    private long accepted;
    private long acceptedBytes;
    private long throttled;
    private long failed;
    private long trimmed;

    Streams(LocalOptions options, FaultDice dice) {
        this.options = options;
        this.dice = dice;
        this.tally = new KeyTally(options.trackedKeys());
    }

    ReentrantLock lock() {
        return lock;
    }

    NavigableMap<String, LocalStream> all() {
        assertLocked();
        return Collections.unmodifiableNavigableMap(streams);
    }

    LocalStream find(String name) throws ServiceError {
        assertLocked();
        LocalStream stream = streams.get(name);
        if (stream == null) {
            throw ServiceError.notFound("Stream " + name + " under account " + ACCOUNT + " not found.");
        }
        return stream;
    }

    void create(String name, int shards, boolean onDemand, int maxRecordKib) throws ServiceError {
        assertLocked();
        if (streams.containsKey(name)) {
            throw ServiceError.of(
                    "ResourceInUseException", "Stream " + name + " under account " + ACCOUNT + " already exists.");
        }
        if (streams.size() >= options.maxStreams()) {
            throw ServiceError.limit("This endpoint holds at most " + options.maxStreams() + " streams.");
        }
        reserveShards(shards);
        streams.put(name, new LocalStream(name, ++incarnations, shards, onDemand, maxRecordKib, now()));
    }

    void delete(LocalStream stream) {
        assertLocked();
        streams.remove(stream.name());
        shardCount -= stream.shards().size();
        for (Shard shard : stream.shards()) {
            storedBytes -= shard.log().bytes();
            stored -= shard.log().size();
        }
    }

    /** To be called before shards are added to a stream. */
    void reserveShards(int added) throws ServiceError {
        assertLocked();
        if (shardCount + added > options.maxShards()) {
            throw ServiceError.limit("This request would exceed the shard limit for the account " + ACCOUNT + " in "
                    + REGION + ". Current shard count for the account, closed shards included: " + shardCount
                    + ". Limit: " + options.maxShards() + ". Number of additional shards: " + added + ".");
        }
        shardCount += added;
    }

    /** Appends what the faults and the shards' limits let pass. One result for each entry, in order. */
    List<PutResult> put(LocalStream stream, List<PutEntry> entries, Faults faults) {
        assertLocked();
        long now = now();
        List<PutResult> results = new ArrayList<>(entries.size());
        for (PutEntry entry : entries) {
            results.add(put(stream, entry, faults, now));
        }
        return results;
    }

    private PutResult put(LocalStream stream, PutEntry entry, Faults faults, long now) {
        Shard shard = stream.shardOf(entry.hash());
        if (dice.hits(faults.throttledRecords())
                || (options.shardLimits() && !shard.rate().take(now, entry.size()))) {
            throttled++;
            return new PutResult.Refused(ServiceError.of(
                    "ProvisionedThroughputExceededException",
                    "Rate exceeded for shard " + shard.id() + " in stream " + stream.name() + " under account "
                            + ACCOUNT + "."));
        }
        if (dice.hits(faults.failedRecords())) {
            failed++;
            return new PutResult.Refused(ServiceError.internalFailure());
        }
        // Never before the shard's last: a clock may step back, arrival times do not.
        RecordLog log = shard.log();
        long arrival =
                log.size() == 0 ? now : Math.max(now, log.get(log.next() - 1).arrival());
        RecordLog.Entry added = new RecordLog.Entry(entry.key(), entry.keyBytes(), entry.data(), arrival);
        long ordinal = log.add(added);
        storedBytes += added.charge();
        stored++;
        accepted++;
        acceptedBytes += entry.size();
        tally.accepted(entry.key());
        trim();
        return new PutResult.Accepted(shard, ordinal);
    }

    /** Throws the oldest records of the fullest shard away until the rest is within the bound. */
    private void trim() {
        while (storedBytes > options.maxBytes()) {
            RecordLog fullest = fullest();
            if (fullest == null) {
                throw new IllegalStateException(storedBytes + " bytes are charged, but all shards are empty");
            }
            storedBytes -= fullest.trimOldest();
            stored--;
            trimmed++;
        }
    }

    private @Nullable RecordLog fullest() {
        RecordLog fullest = null;
        for (LocalStream stream : streams.values()) {
            for (Shard shard : stream.shards()) {
                if (shard.log().size() > 0 && (fullest == null || shard.log().bytes() > fullest.bytes())) {
                    fullest = shard.log();
                }
            }
        }
        return fullest;
    }

    long now() {
        return options.clock().millis();
    }

    long accepted() {
        assertLocked();
        return accepted;
    }

    Map<String, Integer> repeatedKeys() {
        assertLocked();
        return tally.repeated();
    }

    /** The score, but for the requests, which are counted elsewhere. */
    Score score(long requests, long failedRequests) {
        assertLocked();
        return new Score(
                requests,
                failedRequests,
                accepted,
                acceptedBytes,
                throttled,
                failed,
                trimmed,
                stored,
                storedBytes,
                tally.duplicates(),
                tally.untracked());
    }

    private void assertLocked() {
        if (!lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("the lock of the streams is not held by " + Thread.currentThread());
        }
    }
}
