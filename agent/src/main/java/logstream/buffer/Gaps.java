package logstream.buffer;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Frames that are not to be had any more, by their ordinals: each was counted as dropped by whoever adds it here.
 *
 * <p>Invariant: the ranges are not empty, and neither overlap nor touch. Bounded: forgotten once what lies before them is
 * released, and at most one for each chunk and damaged stretch.
 *
 * <p>Threading: guarded by the buffer's lock.
 */
final class Gaps {
    private final NavigableMap<Long, Long> ends = new TreeMap<>();

    /** The frames of {@code [from, to)}, whether some of them are known already or not. */
    void add(long from, long to) {
        long begin = from;
        long end = to;
        for (Map.Entry<Long, Long> near = ends.floorEntry(to);
                near != null && near.getValue() >= from;
                near = ends.floorEntry(to)) {
            begin = Math.min(begin, near.getKey());
            end = Math.max(end, near.getValue());
            ends.remove(near.getKey());
        }
        if (begin < end) {
            ends.put(begin, end);
        }
    }

    /** How many frames of {@code [from, to)} are known to be gone. */
    long within(long from, long to) {
        long frames = 0;
        for (Map.Entry<Long, Long> gap : ends.headMap(to, false).entrySet()) {
            frames += Math.max(0, Math.min(to, gap.getValue()) - Math.max(from, gap.getKey()));
        }
        return frames;
    }

    /** The first frame from the ordinal on that is not known to be gone. */
    long after(long ordinal) {
        Map.Entry<Long, Long> gap = ends.floorEntry(ordinal);
        return gap == null ? ordinal : Math.max(ordinal, gap.getValue());
    }

    /** Nobody asks for frames below any more. */
    void forgetBelow(long ordinal) {
        for (Map.Entry<Long, Long> first = ends.firstEntry();
                first != null && first.getValue() <= ordinal;
                first = ends.firstEntry()) {
            ends.remove(first.getKey());
        }
    }
}
