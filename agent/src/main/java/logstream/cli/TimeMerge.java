package logstream.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import logstream.cli.TailOrder.Timed;
import logstream.kinesis.ReadRecord;

/**
 * Merges the records of many agents and shards by time: a record goes on when every shard was read up to its time.
 * Records of one time go on as they were added.
 *
 * <p>Invariant: at most {@value #MAX_HELD} records and {@value #MAX_HELD_BYTES} bytes are kept after each call of {@link
 * #ready}; beyond that, order gives way to memory.
 *
 * <p>Threading: confined to one thread.
 */
final class TimeMerge {
    static final int MAX_HELD = 50_000;
    static final int MAX_HELD_BYTES = 48 << 20;

    private final PriorityQueue<Numbered> waiting =
            new PriorityQueue<>(Comparator.comparing(Numbered::time).thenComparingLong(Numbered::number));
    private long added;
    private long heldBytes;

    private record Numbered(ReadRecord record, Instant time, long number) {}

    void add(List<Timed> records) {
        for (Timed timed : records) {
            waiting.add(new Numbered(timed.record(), timed.time(), added++));
            heldBytes += timed.record().data().length;
        }
    }

    /**
     * What may go on.
     *
     * @param readUpTo all shards were read up to here
     */
    List<ReadRecord> ready(Instant readUpTo) {
        List<ReadRecord> ready = new ArrayList<>();
        for (Numbered first = waiting.peek(); first != null; first = waiting.peek()) {
            boolean full = waiting.size() > MAX_HELD || heldBytes > MAX_HELD_BYTES;
            if (first.time().isAfter(readUpTo) && !full) {
                break;
            }
            waiting.remove();
            heldBytes -= first.record().data().length;
            ready.add(first.record());
        }
        return ready;
    }

    /** Everything that still waits: nothing more will come. */
    List<ReadRecord> rest() {
        return ready(Instant.MAX);
    }
}
