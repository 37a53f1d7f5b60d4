package logstream.bench.sink;

import java.util.Arrays;

/**
 * For each sequence number of one connection the place of the record it came in: 8 bytes each, in pages made when needed.
 *
 * <p>Threading: guarded by the {@link Tally}.
 */
final class Places {
    private static final int PAGE_BITS = 10;
    private static final int PAGE = 1 << PAGE_BITS;

    private long[][] pages = new long[16][];

    /** The place as it was noted; 0 for none. */
    long get(int sequence) {
        int page = sequence >>> PAGE_BITS;
        return page < pages.length && pages[page] != null ? pages[page][sequence & (PAGE - 1)] : 0;
    }

    /** @param place not 0 */
    void set(int sequence, long place) {
        int page = sequence >>> PAGE_BITS;
        if (page >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(page + 1, 2 * pages.length));
        }
        if (pages[page] == null) {
            pages[page] = new long[PAGE];
        }
        pages[page][sequence & (PAGE - 1)] = place;
    }

    /** Lines whose place is before that of an earlier line. */
    long countDisordered() {
        long disordered = 0;
        long highest = 0;
        for (long[] page : pages) {
            for (long place : page == null ? new long[0] : page) {
                if (place != 0 && place < highest) {
                    disordered++;
                }
                highest = Math.max(highest, place);
            }
        }
        return disordered;
    }
}
