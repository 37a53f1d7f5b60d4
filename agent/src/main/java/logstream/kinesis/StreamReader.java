package logstream.kinesis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/**
 * Reads a stream from a place on, all shards, parents before their children, through resharding, expired iterators,
 * throttling and outages.
 *
 * <p>Invariant: a shard is read only when its parents, as far as the stream still has them, were read to their end.
 *
 * <p>Aggregates are taken apart, see {@link AggregatedRecord}.
 *
 * <p>Shards that are behind in time are read first, so that what they give can be put in the order of time.
 *
 * <p>Memory: a round ends when it holds {@link #ROUND_BYTES} of data, plus at most one more answer (10 MiB).
 *
 * <p>Threading: one thread polls; {@link #close} may come from any.
 */
public final class StreamReader implements AutoCloseable {
    /** GetRecords takes five calls a second and shard, shared by all consumers: we leave one to the others. */
    static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);

    /** Where nothing comes, the stream's other consumers need the calls more than we do. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    static final int ROUND_BYTES = 8 << 20;

    /** What a record is charged with besides its data, so that aggregates of empty records have a bound, too. */
    private static final int RECORD_BYTES = 64;

    private static final int RECORDS_PER_CALL = 10_000;
    private static final int TRIES_TO_OPEN = 4;

    /** What poll waits with; returns early when the reader is closed. */
    interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    private final String stream;
    private final KinesisAccess access;
    private final ShardCalls calls;
    private final InstantSource wallClock;
    private final LongSupplier nanoTime;
    private final Sleeper sleeper;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Setbacks setbacks;
    private final Shards shards = new Shards();
    private final ShardListing listing;

    private Duration pause = Duration.ZERO;
    private boolean caughtUp;

    /** Why reading cannot go on, found in a round that had records to give first. */
    private @Nullable StreamReadException toThrow;

    private StreamReader(
            KinesisConfig config, InstantSource wallClock, LongSupplier nanoTime, @Nullable Sleeper sleeper) {
        this.stream = config.stream();
        this.access = new KinesisAccess(config, System.getenv());
        this.calls = new ShardCalls(access);
        this.wallClock = wallClock;
        this.nanoTime = nanoTime;
        this.sleeper = sleeper == null ? this::awaitClosing : sleeper;
        this.setbacks = new Setbacks(stream, nanoTime);
        this.listing = new ShardListing(calls, shards, setbacks, nanoTime);
    }

    /**
     * Uses stream, region, endpoint and role of the configuration. Asks the stream for its shards, so that "latest" is
     * now, whenever a shard's turn comes.
     *
     * @throws StreamReadException if the stream is missing, may not be read, or cannot be reached in a few attempts
     */
    public static StreamReader open(KinesisConfig config, StartAt startAt) {
        return open(config, startAt, InstantSource.system(), System::nanoTime, null);
    }

    /** For tests: the clocks, and what to wait with. */
    static StreamReader open(
            KinesisConfig config,
            StartAt startAt,
            InstantSource wallClock,
            LongSupplier nanoTime,
            @Nullable Sleeper sleeper) {
        StreamReader reader = new StreamReader(config, wallClock, nanoTime, sleeper);
        try {
            reader.firstShards(startAt);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
        return reader;
    }

    private void firstShards(StartAt startAt) {
        boolean latest = startAt instanceof StartAt.Latest;
        for (var listed : patiently(calls::listShards)) {
            boolean closed = listed.sequenceNumberRange() != null
                    && listed.sequenceNumberRange().endingSequenceNumber() != null;
            Shard shard = new Shard(listed.shardId(), ShardListing.parents(listed), new Shard.Place.Start(startAt));
            // Nothing comes after now in a shard that is closed.
            shard.finished = latest && closed;
            if (latest && !closed) {
                Instant now = wallClock.instant();
                shard.iterator = patiently(() -> calls.iterator(shard.id, shard.place));
                // Should this iterator expire before a record was seen, "latest" would be another place.
                shard.place = new Shard.Place.Start(new StartAt.Time(now));
            }
            shards.add(shard);
        }
    }

    /** A call of opening: a few tries, then the caller is told. */
    private <T> T patiently(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (RuntimeException e) {
                String reason = Setbacks.reason(e);
                if (attempt == TRIES_TO_OPEN || !pauseFor(Setbacks.retryWait(attempt))) {
                    throw new StreamReadException(
                            reason, "Check that the endpoint of stream " + stream + " can be reached, and try again.");
                }
            }
        }
    }

    /**
     * One round over the shards that are due: what they gave, each shard's records in its order; empty when nothing new.
     * Waits as long as the limits of GetRecords ask for, between a quarter of a second and, where nothing comes, a
     * second. Empty once the reader is closed.
     *
     * @throws StreamReadException if somebody must mend something; polling again tries again
     */
    public List<ReadRecord> poll() {
        StreamReadException found = toThrow;
        if (found != null) {
            toThrow = null;
            throw found;
        }
        caughtUp = false;
        List<ReadRecord> given = new ArrayList<>();
        if (pauseFor(untilRound())) {
            try {
                round(given);
            } catch (StreamReadException e) {
                if (given.isEmpty()) {
                    throw e;
                }
                toThrow = e;
            }
        }
        return given;
    }

    /** Whether the last round found every shard at its end: all that was in the stream then has been given. */
    public boolean caughtUp() {
        return caughtUp;
    }

    /**
     * About how far the stream was read in time: records that are still to come arrived after it, but for those of shards
     * that have not answered for a while. {@link Instant#MAX} when every shard was read to its end.
     */
    public Instant readUpTo() {
        return listing.isDue() && !listing.isLate() ? Instant.MIN : shards.readUpTo();
    }

    private void round(List<ReadRecord> given) {
        Duration paused = pause;
        pause = SHORTEST_PAUSE;
        shards.forgetTips();
        if (shards.ready().isEmpty()) {
            listing.request();
        }
        listing.ifDue();
        long bytes = 0;
        Instant slowest = Instant.MAX;
        for (Shard shard : shards.readyByTime()) {
            if (access.isClosed() || bytes >= ROUND_BYTES) {
                break;
            }
            // A shard that is ahead of one with more to give waits: what it gave would only have to be kept.
            if (untilRetry(shard) == 0 && !shard.reached.isAfter(slowest)) {
                shards.visited(shard);
                bytes += visit(shard, given);
                if (!shard.atTip && !shard.finished && shard.failures == 0 && shard.reached.isBefore(slowest)) {
                    slowest = shard.reached;
                }
            }
        }
        caughtUp = shards.allAtTip() && !listing.isDue() && !access.isClosed();
        if (caughtUp && given.isEmpty() && !paused.isZero()) {
            Duration doubled = paused.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
    }

    /** The pause; or, when every shard is left alone after failures, the time until one may be asked again. */
    private Duration untilRound() {
        Duration untilFirst = shards.ready().stream()
                .map(shard -> Duration.ofNanos(untilRetry(shard)))
                .min(Duration::compareTo)
                .orElseGet(listing::untilRetry);
        return untilFirst.compareTo(pause) > 0 ? untilFirst : pause;
    }

    /** Nanoseconds. */
    private long untilRetry(Shard shard) {
        return shard.failures == 0 ? 0 : Math.max(0, shard.retryAt - nanoTime.getAsLong());
    }

    /** Reads once from the shard. Returns the bytes of data it gave. */
    private long visit(Shard shard, List<ReadRecord> given) {
        try {
            String iterator = shard.iterator;
            if (iterator == null) {
                iterator = calls.iterator(shard.id, shard.place);
                shard.iterator = iterator;
            }
            GetRecordsResponse response = calls.records(iterator, RECORDS_PER_CALL);
            shard.failures = 0;
            return take(shard, response, given);
        } catch (ExpiredIteratorException _) {
            shard.iterator = null;
        } catch (ResourceNotFoundException _) {
            goneOrMissing(shard);
        } catch (RuntimeException e) {
            if (!access.isClosed()) {
                retryLater(shard, Setbacks.reason(e));
            }
        }
        return 0;
    }

    private long take(Shard shard, GetRecordsResponse response, List<ReadRecord> given) {
        long bytes = 0;
        for (Record record : response.records()) {
            List<ReadRecord> unpacked = Unpacking.records(record, shard.id);
            given.addAll(unpacked);
            bytes += record.data().asByteArrayUnsafe().length + (long) RECORD_BYTES * unpacked.size();
            shard.place = new Shard.Place.After(record.sequenceNumber());
            shard.reached(Unpacking.arrived(record));
        }
        shard.iterator = response.nextShardIterator();
        Long behind = response.millisBehindLatest();
        shard.atTip = behind == null ? response.records().isEmpty() : behind == 0;
        if (response.records().isEmpty() && behind != null) {
            shard.reached(wallClock.instant().minusMillis(behind));
        }
        if (shard.iterator == null) {
            end(shard, response);
        }
        return bytes;
    }

    /** The shard was read to its end: its children's turn, from their beginning. */
    private void end(Shard shard, GetRecordsResponse last) {
        for (var child : last.childShards()) {
            shards.add(Shard.fromItsBeginning(child.shardId(), Set.copyOf(child.parentShards())));
        }
        shards.finish(shard);
        if (last.childShards().isEmpty()) {
            // An engine that names no children may have some nevertheless.
            listing.request();
        }
    }

    /** A shard's retention may have ended while we read its parents; or the whole stream is gone. */
    private void goneOrMissing(Shard shard) {
        listing.request();
        listing.ifDue();
        if (!listing.isDue() && !listing.named(shard.id)) {
            shards.finish(shard);
        } else {
            shard.iterator = null;
            retryLater(shard, "the shard is not found");
        }
    }

    private void retryLater(Shard shard, String reason) {
        shard.failures++;
        Duration wait = Setbacks.retryWait(shard.failures);
        shard.retryAt = nanoTime.getAsLong() + wait.toNanos();
        setbacks.log("shard " + shard.id + " is asked again in " + wait.toMillis() + " ms: " + reason);
    }

    /** False if there is no point in going on: closed, or interrupted. */
    private boolean pauseFor(Duration time) {
        try {
            if (!time.isZero() && !access.isClosed()) {
                sleeper.sleep(time);
            }
            return !access.isClosed();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void awaitClosing(Duration time) throws InterruptedException {
        boolean _ = closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A poll that waits ends at once. */
    @Override
    public void close() {
        access.close();
        closing.countDown();
    }
}
