package logstream.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import logstream.kinesis.KinesisConfig;
import org.jspecify.annotations.Nullable;

/**
 * The records that are ready to be sent, and the rule that makes batches of them.
 *
 * <p>Three queues, in this order of preference: <em>suspects</em>, groups out of a refused request, sent as they are until
 * the one to blame stands alone; <em>waiting</em>, records that rejoin after their wait; <em>fresh</em>, records just read.
 * A batch of fresh records goes when it is full or its oldest record has waited for the linger time. Only then are
 * aggregates made, of fresh records: what was sent keeps its key and its bytes.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Outbox {
    private int maxRecords;
    private int maxBytes;
    private long lingerNanos;
    private final Aggregation aggregation;
    private final Deque<List<Shipment>> suspects = new ArrayDeque<>();
    private final PriorityQueue<Shipment> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Shipment::dueNanos).thenComparingLong(Shipment::firstSlot));
    private final Deque<Shipment> fresh = new ArrayDeque<>();
    private long freshBytes;
    private long bytes;

    Outbox(KinesisConfig config) {
        bounds(config);
        aggregation = new Aggregation(config.packing());
    }

    /** From now on other bounds hold: {@code maxBatchRecords}, {@code maxBatchBytes}, {@code linger}. */
    void bounds(KinesisConfig config) {
        maxRecords = config.maxBatchRecords();
        maxBytes = config.maxBatchBytes();
        lingerNanos = config.linger().toNanos();
    }

    void addFresh(Shipment shipment) {
        fresh.add(shipment);
        freshBytes += shipment.size();
        bytes += shipment.size();
    }

    void addWaiting(Shipment shipment) {
        waiting.add(shipment);
        bytes += shipment.size();
    }

    void addSuspects(List<Shipment> group) {
        suspects.add(group);
        for (Shipment shipment : group) {
            bytes += shipment.size();
        }
    }

    /** Bytes of all records in the three queues. */
    long bytes() {
        return bytes;
    }

    /** Whether a whole batch of fresh records is at hand. */
    boolean isFull() {
        return (fresh.size() >= maxRecords && !aggregation.isOn()) || freshBytes >= maxBytes;
    }

    /**
     * One record, without regard to its wait; empty when there is none. One that was never sent is preferred: a record
     * that is refused for its own sake must not be the only one that asks whether the stream lives.
     */
    List<Shipment> probe() {
        Shipment one = pollFresh();
        if (one == null) {
            one = waiting.poll();
        }
        if (one == null) {
            one = pollSuspect();
        }
        return one == null ? List.of() : taken(List.of(one));
    }

    /**
     * The next batch; empty when none should go now.
     *
     * @param allowed this at most, but one record at least unless it is {@link Load#NONE}
     * @param hurry whether to go without linger
     */
    List<Shipment> batch(Load allowed, boolean hurry, long now) {
        if (allowed.records() == 0) {
            return List.of();
        }
        List<Shipment> group = suspects.poll();
        if (group != null) {
            return taken(group);
        }
        boolean due = hurry || isFull() || isDue(waiting.peek(), now) || hasLingered(now);
        return due
                ? fill(Math.min(allowed.records(), maxRecords), Math.min(allowed.bytes(), maxBytes), now)
                : List.of();
    }

    /** Nanoseconds until {@link #batch} may have something; {@link Long#MAX_VALUE} when nothing is queued. */
    long nanosUntilNext(boolean hurry, long now) {
        if (!suspects.isEmpty()) {
            return 0;
        }
        long next = Long.MAX_VALUE;
        Shipment first = waiting.peek();
        if (first != null) {
            next = Math.max(0, first.dueNanos() - now);
        }
        Shipment oldest = fresh.peek();
        if (oldest != null) {
            boolean atOnce = hurry || isFull();
            next = Math.min(next, atOnce ? 0 : Math.max(0, oldest.appendedNanos() + lingerNanos - now));
        }
        return next;
    }

    /** Forgets all records that end in a chunk. */
    void forget(long sequence) {
        List<List<Shipment>> groups = List.copyOf(suspects);
        suspects.clear();
        for (List<Shipment> group : groups) {
            List<Shipment> kept =
                    group.stream().filter(one -> one.sequence() != sequence).toList();
            if (!kept.isEmpty()) {
                suspects.add(kept);
            }
        }
        waiting.removeIf(one -> one.sequence() == sequence);
        fresh.removeIf(one -> one.sequence() == sequence);
        freshBytes = fresh.stream().mapToLong(Shipment::size).sum();
        bytes = freshBytes
                + waiting.stream().mapToLong(Shipment::size).sum()
                + suspects.stream()
                        .flatMap(List::stream)
                        .mapToLong(Shipment::size)
                        .sum();
    }

    private List<Shipment> fill(int records, long mostBytes, long now) {
        List<Shipment> batch = new ArrayList<>();
        long batchBytes = 0;
        while (batch.size() < records) {
            long room = batch.isEmpty() ? Long.MAX_VALUE : mostBytes - batchBytes;
            Shipment next = isDue(waiting.peek(), now) ? takeWaiting(room) : takeFresh(room);
            if (next == null) {
                break;
            }
            batch.add(next);
            batchBytes += next.size();
        }
        return taken(batch);
    }

    /** Null when there is none, or it has no room. */
    private @Nullable Shipment takeWaiting(long room) {
        Shipment first = waiting.peek();
        return first == null || first.size() > room ? null : waiting.poll();
    }

    /** A record, or several as one; null when there is none, or it has no room. */
    private @Nullable Shipment takeFresh(long room) {
        int count = aggregation.count(fresh);
        if (count > 1) {
            return takeAggregate(fresh.stream().limit(count).toList(), room);
        }
        Shipment first = fresh.peek();
        return first == null || first.size() > room ? null : pollFresh();
    }

    private @Nullable Shipment takeAggregate(List<Shipment> members, long room) {
        if (Aggregation.bytes(members) > room) {
            return null;
        }
        for (Shipment member : members) {
            bytes -= member.size();
            Shipment _ = pollFresh();
        }
        Shipment aggregate = Aggregation.of(members);
        bytes += aggregate.size();
        return aggregate;
    }

    private List<Shipment> taken(List<Shipment> batch) {
        for (Shipment shipment : batch) {
            bytes -= shipment.size();
        }
        return batch;
    }

    private @Nullable Shipment pollSuspect() {
        List<Shipment> group = suspects.poll();
        if (group == null) {
            return null;
        }
        if (group.size() > 1) {
            suspects.addFirst(group.subList(1, group.size()));
        }
        return group.getFirst();
    }

    private @Nullable Shipment pollFresh() {
        Shipment one = fresh.poll();
        if (one != null) {
            freshBytes -= one.size();
        }
        return one;
    }

    private boolean hasLingered(long now) {
        Shipment oldest = fresh.peek();
        return oldest != null && now - oldest.appendedNanos() >= lingerNanos;
    }

    private static boolean isDue(@Nullable Shipment shipment, long now) {
        return shipment != null && now - shipment.dueNanos() >= 0;
    }
}
