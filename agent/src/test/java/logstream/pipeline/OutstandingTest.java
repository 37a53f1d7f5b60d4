package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import logstream.kinesis.OutgoingRecord;
import logstream.metrics.Metrics;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OutstandingTest {
    private final Metrics metrics = new Metrics();
    private final Outstanding outstanding = new Outstanding(metrics);

    /** So it is when two chunks go one after the other, before the shipper has read on. */
    @Test
    void aChunkOfWhichNothingWasReadCanGo() {
        assertThat(outstanding.forget(outstanding.oldestSequence())).isZero();
        outstanding.add(7, 0, 10);
        assertThat(outstanding.forget(7)).isZero();
        assertThat(outstanding.forget(outstanding.oldestSequence())).isZero();
        assertThat(outstanding.isEmpty()).isTrue();
    }

    @Test
    void nothingIsReleasedBeforeAllBeforeItIsDone() {
        Shipment first = shipment(add(1, 10));
        Shipment second = shipment(add(1, 11));
        outstanding.done(second);
        assertThat(outstanding.takeDone()).isEqualTo(-1);
        assertThat(outstanding.doneCount()).isEqualTo(1);
        assertThat(outstanding.bytes()).isEqualTo(200);

        outstanding.done(first);
        assertThat(outstanding.takeDone()).isEqualTo(12);
        assertThat(outstanding.doneCount()).isZero();
        assertThat(outstanding.bytes()).isZero();
        assertThat(outstanding.isEmpty()).isTrue();
    }

    @Test
    void aDamagedGapIsPassed() {
        Shipment before = shipment(add(1, 10));
        Shipment behind = shipment(add(2, 5_000_000_000L));
        outstanding.done(before);
        assertThat(outstanding.takeDone()).isEqualTo(11);
        outstanding.done(behind);
        assertThat(outstanding.takeDone()).isEqualTo(5_000_000_001L);
    }

    /** A line over frames 0, 2 and 4, others between them and behind. */
    @Test
    void tiedFramesAreReleasedTogether() {
        long[] slots = new long[6];
        for (int i = 0; i < 6; i++) {
            slots[i] = add(1, i);
        }
        outstanding.tie(slots[0], slots[4]);
        outstanding.done(shipment(slots[0], slots[2], slots[4]));
        outstanding.done(shipment(slots[1]));
        assertThat(outstanding.takeDone()).isEqualTo(-1);
        assertThat(outstanding.firstUndone()).isEqualTo(slots[3]);
        assertThat(metrics.eventsMerged.sum()).isEqualTo(2);

        outstanding.done(shipment(slots[3]));
        assertThat(outstanding.takeDone()).isEqualTo(5);
        assertThat(outstanding.count()).isEqualTo(1);
    }

    @Test
    void aHeldFrameWaitsForTheRecordThatHoldsIt() {
        long first = add(1, 0);
        long second = add(1, 1);
        outstanding.hold(first);
        outstanding.done(shipment(first));
        assertThat(outstanding.takeDone()).isEqualTo(-1);
        assertThat(outstanding.doneCount()).isEqualTo(1);

        outstanding.done(new Shipment(
                Packed.underItsKey(new OutgoingRecord("k", new byte[1])), new long[] {second}, first, 1, 0));
        assertThat(outstanding.takeDone()).isEqualTo(2);
        assertThat(outstanding.doneCount()).isZero();
    }

    /** Lines that overlap without end: the frames in between would never be released. */
    @Test
    void tiesGiveWayWhenHalfOfTheSpanHangsOnThem() {
        int size = 1 << 20;
        long before = outstanding.add(1, 0, size);
        long ordinal = 0;
        while (outstanding.bytes() <= Outstanding.MOST_TIED_BYTES) {
            assertThat(outstanding.takeDone()).isEqualTo(-1);
            long slot = outstanding.add(1, ++ordinal, size);
            outstanding.tie(before, slot + 1);
            outstanding.done(shipment(before));
            before = slot;
        }
        assertThat(outstanding.takeDone()).isEqualTo(ordinal);
        assertThat(outstanding.count()).isEqualTo(1);
    }

    @Test
    void aChunkThatIsSetAsideTakesItsFramesAlong() {
        long a = add(1, 0);
        long b = add(1, 1);
        long c = add(2, 2);
        assertThat(outstanding.oldestSequence()).isEqualTo(1);
        outstanding.done(shipment(a));

        assertThat(outstanding.forget(1)).isEqualTo(1);
        assertThat(outstanding.doneCount()).isZero();
        assertThat(outstanding.oldestSequence()).isEqualTo(2);

        // What was left of the line: its merged and dead pieces are counted, once each.
        outstanding.done(shipment(b, c));
        assertThat(metrics.eventsMerged.sum()).isZero();
        assertThat(outstanding.doneCount()).isEqualTo(1);
        assertThat(outstanding.takeDone()).isEqualTo(3);
        assertThat(outstanding.doneCount()).isZero();
        assertThat(outstanding.oldestSequence()).isEqualTo(-1);
        assertThat(outstanding.forget(3)).isZero();
    }

    /** Against a model that looks at everything each time. */
    @Property(tries = 100)
    void whateverTheOrderTheBoundaryIsTheModels(@ForAll long seed) {
        Random random = new Random(seed);
        Outstanding ring = new Outstanding(new Metrics());
        List<long[]> open = new ArrayList<>();
        List<long[]> all = new ArrayList<>();
        TreeSet<Long> undone = new TreeSet<>();
        long slots = 0;
        long released = 0;
        for (int step = 0; step < 3_000; step++) {
            if (random.nextInt(3) > 0 || open.isEmpty()) {
                long slot = ring.add(slots / 500, 2 * slots, 1);
                assertThat(slot).isEqualTo(slots++);
                undone.add(slot);
                boolean joins = !open.isEmpty() && random.nextInt(3) == 0;
                if (joins) {
                    int which = Math.max(0, open.size() - 1 - random.nextInt(3));
                    long[] line = open.get(which);
                    long[] longer = Arrays.copyOf(line, line.length + 1);
                    longer[line.length] = slot;
                    open.set(which, longer);
                } else {
                    open.add(new long[] {slot});
                }
            } else {
                long[] line = open.remove(random.nextInt(Math.min(20, open.size())));
                all.add(line);
                ring.tie(line[0], line[line.length - 1]);
                ring.done(shipment(line));
                for (long slot : line) {
                    undone.remove(slot);
                }
            }
            if (random.nextInt(10) == 0) {
                long expected = boundary(all, undone.isEmpty() ? slots : undone.first(), released);
                long taken = ring.takeDone();
                assertThat(taken).isEqualTo(expected > released ? 2 * (expected - 1) + 1 : -1);
                released = expected;
                assertThat(ring.doneCount()).isEqualTo(slots - released - undone.size());
                assertThat(ring.count()).isEqualTo(slots - released);
            }
        }
    }

    /** The highest place up to which all is done, and that no line lies across. */
    private static long boundary(List<long[]> done, long firstUndone, long released) {
        long boundary = firstUndone;
        boolean moved = true;
        while (moved) {
            moved = false;
            for (long[] line : done) {
                if (line[0] < boundary && line[line.length - 1] >= boundary) {
                    boundary = line[0];
                    moved = true;
                }
            }
        }
        return Math.max(released, boundary);
    }

    private long add(long sequence, long ordinal) {
        return outstanding.add(sequence, ordinal, 100);
    }

    private static Shipment shipment(long... slots) {
        return new Shipment(Packed.underItsKey(new OutgoingRecord("k", new byte[1])), slots, Shipment.NO_SLOT, 1, 0);
    }
}
