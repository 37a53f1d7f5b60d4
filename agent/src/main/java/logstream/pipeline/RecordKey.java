package logstream.pipeline;

import java.util.Optional;
import java.util.UUID;

/**
 * The partition key of a record, made from its frame's place and nothing else: the same after a restart, turned back by
 * anyone who holds the key.
 *
 * <p>Format: a version 8 UUID (RFC 9562). Its 122 free bits are the place (identity 58 bits, sequence 40, pieces 3,
 * index 21), scrambled by a Feistel network of {@value #ROUNDS} rounds over two halves of 61 bits, so that keys look
 * random and spread evenly over the hash range. The rounds and constants are published here and never change.
 *
 * <p>Invariant: two records with the same key hold the same lines. A record of a frame, or of a whole line, has the place
 * of its only, or first, frame and no pieces. A part of a line has the place of its last frame and the number of its
 * pieces, 1 to {@value #MOST_PIECES}: these two say which pieces it holds.
 *
 * <p>Threading: stateless.
 */
public final class RecordKey {
    private static final int ROUNDS = 6;
    private static final int HALF_BITS = 61;
    private static final long HALF_MASK = (1L << HALF_BITS) - 1;
    /** Characters of a key, each one byte. */
    static final int CHARACTERS = 36;

    /** Pieces in one part of a line at most. */
    static final int MOST_PIECES = 7;

    /** A chunk of 16 MiB has fewer frames of 12 bytes and more. */
    private static final int INDEX_BITS = 21;

    private static final int PIECES_BITS = 3;
    private static final int SEQUENCE_BITS = 40;
    private static final int IDENTITY_BITS = 58;

    /** The fractional bits of the square roots of 2, 3, 5, 7, 11 and 13: numbers with nothing up their sleeves. */
    private static final long[] ROUND_KEYS = {
        0x6a09e667f3bcc908L,
        0xbb67ae8584caa73bL,
        0x3c6ef372fe94f82bL,
        0xa54ff53a5f1d36f1L,
        0x510e527fade682d1L,
        0x9b05688c2b3e6c1fL,
    };

    private RecordKey() {}

    /**
     * Where a record was born.
     *
     * @param identity of the buffer, 58 bits
     * @param sequence of the chunk, 40 bits
     * @param index of the frame in its chunk, 21 bits
     * @param pieces 0, or the number of pieces in a part of a line, the last of them in that frame
     */
    public record Place(long identity, long sequence, int index, int pieces) implements Comparable<Place> {
        /** By buffer, then in the order in which its frames were appended, then by pieces. */
        @Override
        public int compareTo(Place other) {
            int byIdentity = Long.compare(identity, other.identity);
            if (byIdentity != 0) {
                return byIdentity;
            }
            int bySequence = Long.compare(sequence, other.sequence);
            if (bySequence != 0) {
                return bySequence;
            }
            int byIndex = Integer.compare(index, other.index);
            return byIndex != 0 ? byIndex : Integer.compare(pieces, other.pieces);
        }
    }

    /**
     * The key for the place of a frame: 36 characters, lower case.
     *
     * @throws IllegalStateException when a part is wider than its bits
     */
    public static String of(long identity, long sequence, int index) {
        return of(new Place(identity, sequence, index, 0));
    }

    /**
     * The key for a place.
     *
     * @throws IllegalStateException when a part is wider than its bits
     */
    static String of(Place place) {
        requireBits("identity", place.identity, IDENTITY_BITS);
        requireBits("sequence", place.sequence, SEQUENCE_BITS);
        requireBits("index", place.index, INDEX_BITS);
        requireBits("pieces", place.pieces, PIECES_BITS);
        // identity:58 sequence:40 pieces:3 index:21 as 122 bits, cut in the middle.
        long left = (place.identity << 3) | (place.sequence >>> 37);
        long right = ((place.sequence & ((1L << 37) - 1)) << (PIECES_BITS + INDEX_BITS))
                | ((long) place.pieces << INDEX_BITS)
                | place.index;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ mix(right, round);
            left = right;
            right = next & HALF_MASK;
        }
        return text(left, right);
    }

    /** The place that a key was made from; empty when the text is no key of this form. */
    public static Optional<Place> place(String key) {
        if (key.length() != CHARACTERS) {
            return Optional.empty();
        }
        long high = 0;
        long low = 0;
        for (int at = 0; at < CHARACTERS; at++) {
            char character = key.charAt(at);
            if (at == 8 || at == 13 || at == 18 || at == 23) {
                if (character != '-') {
                    return Optional.empty();
                }
                continue;
            }
            int digit = Character.digit(character, 16);
            if (digit < 0 || Character.isUpperCase(character)) {
                return Optional.empty();
            }
            if (at < 18) {
                high = (high << 4) | digit;
            } else {
                low = (low << 4) | digit;
            }
        }
        boolean versionEight = ((high >>> 12) & 0xf) == 8;
        boolean variantTwo = (low >>> 62) == 2;
        return versionEight && variantTwo ? Optional.of(unscramble(high, low)) : Optional.empty();
    }

    private static Place unscramble(long high, long low) {
        long first60 = ((high >>> 16) << 12) | (high & 0xfff);
        long last62 = low & ((1L << 62) - 1);
        long left = (first60 << 1) | (last62 >>> 61);
        long right = last62 & HALF_MASK;
        for (int round = ROUNDS - 1; round >= 0; round--) {
            long previous = right ^ mix(left, round);
            right = left;
            left = previous & HALF_MASK;
        }
        long sequence = ((left & 7) << 37) | (right >>> (PIECES_BITS + INDEX_BITS));
        int index = (int) right & ((1 << INDEX_BITS) - 1);
        int pieces = (int) (right >>> INDEX_BITS) & ((1 << PIECES_BITS) - 1);
        return new Place(left >>> 3, sequence, index, pieces);
    }

    /** The finalizer of SplitMix64 over half and round key; the upper 61 bits of what it gives. */
    private static long mix(long half, int round) {
        long mixed = half + ROUND_KEYS[round];
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return (mixed ^ (mixed >>> 31)) >>> 3;
    }

    private static String text(long left, long right) {
        long first60 = left >>> 1;
        long high = ((first60 >>> 12) << 16) | 0x8000 | (first60 & 0xfff);
        long low = (2L << 62) | ((left & 1) << 61) | right;
        return new UUID(high, low).toString();
    }

    private static void requireBits(String part, long value, int bits) {
        if (value < 0 || value >>> bits != 0) {
            throw new IllegalStateException(part + " " + value + " does not fit into " + bits + " bits");
        }
    }
}
