package logstream.cli;

import java.util.ArrayList;
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
 * missing: at most {@value #HOLD_MILLIS} ms, for what is missing may have been dropped, or lie before the place where
 * reading began. Where the keys cannot tell whether there is a gap, at an agent's first record and at the beginning of a
 * chunk, a later round that found all shards at their end is proof enough.
 *
 * <p>Records whose keys tell no place go on at once, in the order read.
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

    private record Held(ReadRecord record, long sinceNanos, long sinceRound) {}

    /** The records of one agent. */
    private static final class Lane {
        private final TreeMap<RecordKey.Place, Held> waiting = new TreeMap<>();
        private RecordKey.@Nullable Place last;
    }

    /** Takes a record as it was read. */
    void add(ReadRecord record) {
        Optional<RecordKey.Place> place = RecordKey.place(record.key());
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
     */
    List<ReadRecord> ready(boolean caughtUp) {
        List<ReadRecord> ready = new ArrayList<>(unplaced);
        unplaced.clear();
        long now = nanoTime.getAsLong();
        for (Lane lane : lanes.values()) {
            while (!lane.waiting.isEmpty() && mayGo(lane, now, caughtUp)) {
                ready.add(takeFirst(lane));
            }
        }
        makeRoom(ready);
        round++;
        return ready;
    }

    /** Everything that still waits: nothing more will come. */
    List<ReadRecord> rest() {
        List<ReadRecord> rest = new ArrayList<>(unplaced);
        unplaced.clear();
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

    private boolean mayGo(Lane lane, long now, boolean caughtUp) {
        RecordKey.Place place = lane.waiting.firstKey();
        Held first = lane.waiting.firstEntry().getValue();
        RecordKey.Place last = lane.last;
        boolean follows = last != null && follows(last, place);
        boolean late = last != null && place.compareTo(last) < 0;
        if (follows || late || now - first.sinceNanos >= TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS)) {
            return true;
        }
        boolean gapUnknown = last == null || last.sequence() != place.sequence();
        return gapUnknown && caughtUp && first.sinceRound < round;
    }

    private static boolean follows(RecordKey.Place last, RecordKey.Place place) {
        return last.sequence() == place.sequence() && last.index() + 1 == place.index();
    }

    private ReadRecord takeFirst(Lane lane) {
        Map.Entry<RecordKey.Place, Held> first = lane.waiting.pollFirstEntry();
        ReadRecord record = first.getValue().record;
        held--;
        heldBytes -= record.data().length;
        if (lane.last == null || first.getKey().compareTo(lane.last) > 0) {
            lane.last = first.getKey();
        }
        return record;
    }

    /** Beyond the bounds order gives way to memory. */
    private void makeRoom(List<ReadRecord> ready) {
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
