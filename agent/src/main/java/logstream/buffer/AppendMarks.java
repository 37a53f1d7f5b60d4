package logstream.buffer;

/**
 * When frames were appended, about: a bounded list of marks (ordinal, time), thinned out when it is full.
 *
 * <p>Invariant: ordinals and times of the marks grow; the time given for a frame is never later than its append.
 *
 * <p>Threading: guarded by the buffer's lock.
 */
final class AppendMarks {
    private static final int MAX_MARKS = 1024;

    /** Appends within this time share a mark. */
    private static final long APART_NANOS = 10_000_000;

    private final long[] ordinals = new long[MAX_MARKS];
    private final long[] nanos = new long[MAX_MARKS];
    private int count;

    /** Recovered frames count as appended at the start. */
    AppendMarks(long startNanos) {
        nanos[0] = startNanos;
        count = 1;
    }

    /** Frames from the ordinal on were appended now. */
    void appended(long ordinal, long now) {
        if (ordinals[count - 1] == ordinal) {
            nanos[count - 1] = now;
            return;
        }
        if (now - nanos[count - 1] < APART_NANOS) {
            return;
        }
        if (count == MAX_MARKS) {
            thin();
        }
        ordinals[count] = ordinal;
        nanos[count] = now;
        count++;
    }

    private void thin() {
        int kept = 0;
        for (int mark = 0; mark < count; mark += 2) {
            ordinals[kept] = ordinals[mark];
            nanos[kept] = nanos[mark];
            kept++;
        }
        count = kept;
    }

    /** The mark at or before a frame. */
    long nanosOf(long ordinal) {
        return nanos[markOf(ordinal)];
    }

    /** The ordinal up to which {@link #nanosOf} gives the same. */
    long sameUntil(long ordinal, long end) {
        int next = markOf(ordinal) + 1;
        return next < count ? ordinals[next] : end;
    }

    private int markOf(long ordinal) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (ordinals[middle] <= ordinal) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
