package logstream.local;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The hash keys of one shard, both ends included. */
record HashRange(HashKey start, HashKey end) {
    HashRange {
        if (start.compareTo(end) > 0) {
            throw new IllegalArgumentException("range begins at " + start + " and ends before, at " + end);
        }
    }

    /**
     * The whole space in equal parts. Each has the width 2^128 / count, rounded down; the last also has what is left
     * over, as the service does it.
     */
    static List<HashRange> uniform(int count) {
        BigInteger width = HashKey.SPACE.divide(BigInteger.valueOf(count));
        List<HashRange> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            BigInteger start = width.multiply(BigInteger.valueOf(i));
            HashKey end =
                    i == count - 1 ? HashKey.MAX : HashKey.of(start.add(width).subtract(BigInteger.ONE));
            ranges.add(new HashRange(HashKey.of(start), end));
        }
        return ranges;
    }

    boolean contains(HashKey key) {
        return start.compareTo(key) <= 0 && key.compareTo(end) <= 0;
    }

    /** Whether the other begins right behind this one. */
    boolean isFollowedBy(HashRange other) {
        return !other.start.equals(HashKey.ZERO) && other.start.minusOne().equals(end);
    }

    HashRange below(HashKey cut) {
        return new HashRange(start, cut.minusOne());
    }

    HashRange from(HashKey cut) {
        return new HashRange(cut, end);
    }

    /** This range and the one that follows it, as one. */
    HashRange joinedWith(HashRange next) {
        return new HashRange(start, next.end);
    }
}
