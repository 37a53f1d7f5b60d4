package logstream.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import logstream.kinesis.ReadRecord;
import logstream.pipeline.RecordKey;
import org.jspecify.annotations.Nullable;

/**
 * Puts each agent's records, which come from several shards, back into the order in which the agent took them, and lets
 * through a record that was sent twice only once. The order is in the keys, see {@link RecordKey}.
 *
 * <p>A record that directly follows the last one of its agent goes on at once. One behind a gap waits for what is
 * missing: until all shards were read up to its time, and then at most {@value #HOLD_MILLIS} ms, for what is missing may
 * have been dropped, or lie before the place where reading began. Where the keys cannot tell whether there is a gap, at
 * an agent's first record and at the beginning of a chunk, a later round that found all shards at their end is proof
 * enough.
 *
 * <p>Records that tell no place, see {@link RecordPlace}, go on at once, in the order read.
 *
 * <p>Each record that goes on gets a time: about when it arrived, but no earlier than the one that goes before it.
 *
 * <p>Invariant: at most {@value #MAX_HELD} records, {@value #MAX_HELD_BYTES} bytes, {@value #MAX_REMEMBERED} keys and
 * about {@value #MAX_AGENTS} agents are kept after each call of {@link #ready}.
 *
 * <p>Threading: confined to one thread.
 */
final class TailOrder {
    static final int HOLD_MILLIS = 1000;
    static final int MAX_HELD = 20_000;
    static final int MAX_HELD_BYTES = 32 << 20;

    /** More than 16 MiB of short lines, which is what a crashed agent sends again at most. */
    static final int MAX_REMEMBERED = 100_000;

    static final int MAX_AGENTS = 10_000;

    private final LongSupplier nanoTime;
    private final LinkedHashSet<RecordKey.Place> remembered = new LinkedHashSet<>();
    private final Map<Long, Lane> lanes = new LinkedHashMap<>();
    private final List<ReadRecord> unplaced = new ArrayList<>();
    private long round;
    private int held;
    private long heldBytes;

    /**
     * @param nanoTime monotonic time in nanoseconds
     */
    TailOrder(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A record in its order, and the time by which it is merged with those of others; never falls within an agent. */
    record Timed(ReadRecord record, Instant time) {}

    private record Held(ReadRecord record, long sinceNanos, long sinceRound) {}

    /** The records of one agent. */
    private static final class Lane {
        private final TreeMap<RecordKey.Place, Held> waiting = new TreeMap<>();
        private RecordKey.@Nullable Place last;
        private Instant time = Instant.MIN;
    }

    /** Takes a record as it was read. */
    void add(ReadRecord record) {
        Optional<RecordKey.Place> place = RecordPlace.of(record);
        if (place.isEmpty()) {
            unplaced.add(record);
            return;
        }
        if (!remembered.add(place.get())) {
            return;
        }
        if (remembered.size() > MAX_REMEMBERED) {
            remembered.removeFirst();
        }
        Lane lane = lanes.computeIfAbsent(place.get().identity(), identity -> new Lane());
        lane.waiting.put(place.get(), new Held(record, nanoTime.getAsLong(), round));
        held++;
        heldBytes += record.data().length;
    }

    /**
     * What may go on after a round of reading.
     *
     * @param caughtUp whether the round found all shards at their end
     * @param readUpTo all shards were read up to here, see {@link RecordSource#readUpTo}
     */
    List<Timed> ready(boolean caughtUp, Instant readUpTo) {
        List<Timed> ready = takeUnplaced();
        long now = nanoTime.getAsLong();
        for (Lane lane : lanes.values()) {
            while (!lane.waiting.isEmpty() && mayGo(lane, now, caughtUp, readUpTo)) {
                ready.add(takeFirst(lane));
            }
        }
        makeRoom(ready);
        round++;
        return ready;
    }

    /** Everything that still waits: nothing more will come. */
    List<Timed> rest() {
        List<Timed> rest = takeUnplaced();
        for (Lane lane : lanes.values()) {
            while (!lane.waiting.isEmpty()) {
                rest.add(takeFirst(lane));
            }
        }
        return rest;
    }

    /** How many agents are kept in mind. */
    int agents() {
        return lanes.size();
    }

    /** Those of a shard stay in their order, should their times disagree. */
    private List<Timed> takeUnplaced() {
        Map<String, Instant> times = new HashMap<>();
        List<Timed> taken = new ArrayList<>();
        for (ReadRecord record : unplaced) {
            Instant time = later(record.arrived(), times.getOrDefault(record.shardId(), Instant.MIN));
            times.put(record.shardId(), time);
            taken.add(new Timed(record, time));
        }
        unplaced.clear();
        return taken;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private boolean mayGo(Lane lane, long now, boolean caughtUp, Instant readUpTo) {
        RecordKey.Place place = lane.waiting.firstKey();
        Held first = lane.waiting.firstEntry().getValue();
        RecordKey.Place last = lane.last;
        boolean follows = last != null && follows(last, place);
        boolean late = last != null && place.compareTo(last) < 0;
        boolean waited = now - first.sinceNanos >= TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS)
                && !first.record.arrived().isAfter(readUpTo);
        if (follows || late || waited) {
            return true;
        }
        boolean gapUnknown = last == null || last.sequence() != place.sequence();
        return gapUnknown && caughtUp && first.sinceRound < round;
    }

    private static boolean follows(RecordKey.Place last, RecordKey.Place place) {
        return last.sequence() == place.sequence() && last.index() + 1 == place.index();
    }

    private Timed takeFirst(Lane lane) {
        Map.Entry<RecordKey.Place, Held> first = lane.waiting.pollFirstEntry();
        ReadRecord record = first.getValue().record;
        held--;
        heldBytes -= record.data().length;
        if (lane.last == null || first.getKey().compareTo(lane.last) > 0) {
            lane.last = first.getKey();
        }
        lane.time = later(lane.time, record.arrived());
        return new Timed(record, lane.time);
    }

    /** Beyond the bounds order gives way to memory. */
    private void makeRoom(List<Timed> ready) {
        for (Lane lane : lanes.values()) {
            while ((held > MAX_HELD || heldBytes > MAX_HELD_BYTES) && !lane.waiting.isEmpty()) {
                ready.add(takeFirst(lane));
            }
        }
        Iterator<Lane> oldest = lanes.values().iterator();
        while (lanes.size() > MAX_AGENTS && oldest.hasNext()) {
            if (oldest.next().waiting.isEmpty()) {
                oldest.remove();
            }
        }
    }
}
