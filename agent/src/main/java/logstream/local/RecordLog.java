package logstream.local;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The records of one shard, in order, each at its ordinal. A ring: appended at the end, trimmed at the front.
 *
 * <p>Invariants: ordinals have no gaps; {@code first <= next}; arrival times never fall; {@link #bytes} is the sum of the
 * charges of the records held.
 *
 * <p>Threading: guarded by the lock of {@link Streams}.
 */
final class RecordLog {
    /** Bytes charged for a record besides its data and key: objects and references, measured on a 64-bit JVM. */
    static final int OVERHEAD = 128;

    private static final int LEAST_SLOTS = 16;

    /**
     * @param keyBytes length of the key in UTF-8
     * @param arrival milliseconds since 1970
     */
    record Entry(String key, int keyBytes, byte[] data, long arrival) {
        long charge() {
            return (long) OVERHEAD + keyBytes + data.length;
        }
    }

    private @Nullable Entry[] ring = new Entry[LEAST_SLOTS];
    private int head;
    private int size;
    private long first = 1;
    private long bytes;

    /** Ordinal of the oldest record held; {@link #next} when there is none. */
    long first() {
        return first;
    }

    /** Ordinal that the next record gets. */
    long next() {
        return first + size;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** Returns the record's ordinal. */
    long add(Entry entry) {
        if (size == ring.length) {
            resize(ring.length * 2);
        }
        ring[(head + size) & (ring.length - 1)] = entry;
        size++;
        bytes += entry.charge();
        return next() - 1;
    }

    Entry get(long ordinal) {
        Entry entry = ordinal < first || ordinal >= next() ? null : slot((int) (ordinal - first));
        if (entry == null) {
            throw new IllegalStateException("record " + ordinal + " is not in " + first + " to " + next());
        }
        return entry;
    }

    /** Throws the oldest record away; returns what was charged for it. */
    long trimOldest() {
        Entry oldest = get(first);
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
        first++;
        bytes -= oldest.charge();
        if (ring.length > LEAST_SLOTS && size < ring.length / 4) {
            resize(ring.length / 2);
        }
        return oldest.charge();
    }

    /** Ordinal of the first record that arrived at this time or later; {@link #next} when there is none. */
    long firstSince(long millis) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(first + middle).arrival() < millis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return first + low;
    }

    private @Nullable Entry slot(int index) {
        return ring[(head + index) & (ring.length - 1)];
    }

    private void resize(int slots) {
        @Nullable Entry[] wider = Arrays.copyOf(new Entry[0], slots);
        for (int i = 0; i < size; i++) {
            wider[i] = slot(i);
        }
        ring = wider;
        head = 0;
    }
}
