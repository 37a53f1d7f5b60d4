package logstream.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import logstream.kinesis.Aggregate;
import logstream.kinesis.PackingConfig;

/**
 * Which records leave together in one, see {@link Aggregate}.
 *
 * <p>Invariants: an aggregate holds records of one chunk, so that it can be forgotten with it, and each of them says its id
 * itself. A record that is alone leaves as it is, as the Kinesis Producer Library does it, too.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Aggregation {
    private final boolean on;
    private final int mostBytes;

    Aggregation(PackingConfig config) {
        on = config.aggregate();
        mostBytes = config.maxAggregateBytes();
    }

    boolean isOn() {
        return on;
    }

    /** How many from the front of the queue go together: 0 when it is empty. */
    int count(Queue<Shipment> queue) {
        Shipment first = queue.peek();
        if (first == null || !on || !first.hasId()) {
            return first == null ? 0 : 1;
        }
        int bytes = RecordKey.CHARACTERS + emptyBytes();
        int count = 0;
        for (Shipment next : queue) {
            bytes += partBytes(next);
            if (!next.hasId() || next.sequence() != first.sequence() || bytes > mostBytes) {
                break;
            }
            count++;
        }
        return Math.max(1, count);
    }

    /** One shipment of several, or the one that it is. */
    static Shipment of(List<Shipment> members) {
        return members.size() == 1
                ? members.getFirst()
                : Shipment.aggregate(UUID.randomUUID().toString(), members);
    }

    /** The two halves of an aggregate, each under a key of its own. */
    static List<Shipment> halves(Shipment aggregate) {
        List<Shipment> members = aggregate.members();
        int middle = members.size() / 2;
        return List.of(
                of(new ArrayList<>(members.subList(0, middle))),
                of(new ArrayList<>(members.subList(middle, members.size()))));
    }

    /** Data and key of an aggregate of these. */
    static int bytes(List<Shipment> members) {
        int bytes = RecordKey.CHARACTERS + emptyBytes();
        for (Shipment member : members) {
            bytes += partBytes(member);
        }
        return bytes;
    }

    private static int emptyBytes() {
        return Aggregate.emptyBytes(RecordKey.CHARACTERS);
    }

    private static int partBytes(Shipment member) {
        return Aggregate.partBytes(member.record().data().length);
    }
}
