package logstream.local;

import java.math.BigInteger;
import java.util.OptionalLong;

/**
 * The sequence numbers of one shard: 56 digits that grow with the record's ordinal. Numbers of a shard that was created
 * later are larger, so children follow their parents.
 *
 * <pre>
 * bit  184  2, which makes it 56 digits
 *      148  36 bits  second of the shard's creation
 *       80  64 bits  ordinal of the record, from 1; 0 is the shard's starting number
 *        4  32 bits  number of the shard
 *        0  2
 * </pre>
 *
 * <p>Threading: immutable.
 */
final class SequenceNumbers {
    /** The ordinal that no record reaches: the ending number of a closed shard. */
    static final long END = Long.MAX_VALUE;

    private static final int ORDINAL_BIT = 80;

    private final BigInteger base;

    /**
     * @param createdSecond seconds since 1970, below 2^36
     * @param shard the shard's number within its stream
     */
    SequenceNumbers(long createdSecond, int shard) {
        base = BigInteger.TWO
                .shiftLeft(184)
                .or(BigInteger.valueOf(createdSecond).shiftLeft(148))
                .or(BigInteger.valueOf(shard).shiftLeft(4))
                .or(BigInteger.TWO);
    }

    /** The number of the record with this ordinal, in decimal. */
    String of(long ordinal) {
        return BigInteger.valueOf(ordinal).shiftLeft(ORDINAL_BIT).add(base).toString();
    }

    /** The ordinal that belongs to a number of this shard; empty for any other number. */
    OptionalLong ordinal(String number) {
        BigInteger rest = new BigInteger(number).subtract(base);
        if (rest.signum() == 0) {
            return OptionalLong.of(0);
        }
        BigInteger ordinal = rest.shiftRight(ORDINAL_BIT);
        boolean ours = rest.signum() > 0 && rest.getLowestSetBit() >= ORDINAL_BIT && ordinal.bitLength() < 64;
        return ours ? OptionalLong.of(ordinal.longValue()) : OptionalLong.empty();
    }
}
