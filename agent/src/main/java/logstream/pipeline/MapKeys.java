package logstream.pipeline;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Knows the keys of the JSON objects under construction, so that each is there once: of pairs with the same key the last
 * one stays, as it does for readers that allow duplicates.
 *
 * <p>Keys are compared as they are written, escaped and repaired; two that differ on the wire can be the same by then. The
 * first few keys of an object are compared one by one, the others through a table.
 *
 * <p>Invariant: the keys of an inner object lie behind those of the objects around it, and are forgotten before them. At
 * most {@link #MOST} keys are known at once.
 *
 * <p>Threading: confined to one thread.
 */
final class MapKeys {
    /** Keys of an object, and of those around it, at most; this bounds the memory that one event can ask for. */
    static final int MOST = 1 << 16;

    private static final int COMPARED = 8;
    private static final int BUCKET_BITS = 12;
    private static final int NEXT_BITS = 17;
    private static final int USUAL = 64;

    /** Senders must not know which keys share a bucket. */
    private static final int MULTIPLIER = ThreadLocalRandom.current().nextInt() | 1;

    /** Where a pair begins, with the quote of its key; the complement of that once the pair was repeated. */
    private int[] starts = new int[USUAL];

    /** Of each key in the table: its bucket, and one more than the key before it in there. */
    private int[] links = new int[USUAL];

    /** Of each bucket: one more than its last key, 0 for none. */
    private int[] buckets = {};

    private int size;

    /** Forgets everything, and gives back memory beyond the usual. */
    void clear() {
        if (starts.length > USUAL) {
            starts = new int[USUAL];
            links = new int[USUAL];
        }
        if (size > 0) {
            Arrays.fill(buckets, 0);
        }
        size = 0;
    }

    /** Begins an object inside of the last one that was begun. Returns what stands for it. */
    int open() {
        return size;
    }

    /**
     * Takes a key of the object that was begun last.
     *
     * @param from where the key, and so its pair, begins
     * @param to one past the quote at its end
     * @return false when there are too many keys to go on
     */
    boolean add(int object, byte[] json, int from, int to) {
        if (size == MOST) {
            return false;
        }
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, 2 * size);
            links = Arrays.copyOf(links, 2 * size);
        }
        int comparedEnd = Math.min(size, object + COMPARED);
        for (int at = object; at < comparedEnd; at++) {
            markIfSame(at, json, from, to);
        }
        starts[size] = from;
        if (size >= object + COMPARED) {
            addToTable(object, json, from, to);
        }
        size++;
        return true;
    }

    private void addToTable(int object, byte[] json, int from, int to) {
        if (buckets.length == 0) {
            buckets = new int[1 << BUCKET_BITS];
        }
        int bucket = bucket(json, from, to);
        int next = buckets[bucket];
        for (int at = next - 1; at >= object + COMPARED; at = (links[at] & ((1 << NEXT_BITS) - 1)) - 1) {
            markIfSame(at, json, from, to);
        }
        links[size] = (bucket << NEXT_BITS) | next;
        buckets[bucket] = size + 1;
    }

    private void markIfSame(int at, byte[] json, int from, int to) {
        int other = starts[at];
        // A key ends with its first quote that is not escaped: what begins with the whole of it is the same key.
        if (other >= 0 && Arrays.equals(json, other, other + to - from, json, from, to)) {
            starts[at] = ~other;
        }
    }

    /**
     * Ends the object that was begun last: takes out the pairs whose keys were repeated.
     *
     * @param end one past the value of its last pair
     * @return one past the value of its last pair, now
     */
    int close(int object, byte[] json, int end) {
        int newEnd = end;
        for (int at = object; at < size; at++) {
            if (starts[at] < 0) {
                newEnd = takeOut(object, json, end);
                break;
            }
        }
        while (size > object) {
            size--;
            if (size >= object + COMPARED) {
                buckets[links[size] >>> NEXT_BITS] = links[size] & ((1 << NEXT_BITS) - 1);
            }
        }
        return newEnd;
    }

    private int takeOut(int object, byte[] json, int end) {
        int first = start(object);
        int to = first;
        for (int at = object; at < size; at++) {
            if (starts[at] < 0) {
                continue;
            }
            // Before the next pair stands a comma.
            int pairEnd = at + 1 < size ? start(at + 1) - 1 : end;
            if (to > first) {
                json[to++] = ',';
            }
            int length = pairEnd - starts[at];
            System.arraycopy(json, starts[at], json, to, length);
            to += length;
        }
        return to;
    }

    private int start(int at) {
        return starts[at] < 0 ? ~starts[at] : starts[at];
    }

    private static int bucket(byte[] json, int from, int to) {
        int hash = 0;
        for (int at = from; at < to; at++) {
            hash = (hash + json[at]) * MULTIPLIER;
            hash ^= hash >>> 15;
        }
        return hash >>> (Integer.SIZE - BUCKET_BITS);
    }
}
