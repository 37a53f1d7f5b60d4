package logstream.local;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A number of 128 bits, unsigned: where a record falls among the shards. The MD5 of its partition key, or given. */
record HashKey(long high, long low) implements Comparable<HashKey> {
    static final HashKey ZERO = new HashKey(0, 0);
    static final HashKey MAX = new HashKey(-1, -1);
    /** 2^128. */
    static final BigInteger SPACE = BigInteger.ONE.shiftLeft(128);

    /**
     * @throws IllegalArgumentException if the number is negative or has more than 128 bits
     */
    static HashKey of(BigInteger value) {
        if (value.signum() < 0 || value.bitLength() > 128) {
            throw new IllegalArgumentException("not a number of 128 bits: " + value);
        }
        return new HashKey(value.shiftRight(64).longValue(), value.longValue());
    }

    /** The hash of a partition key in UTF-8; the digest is reset by this. */
    static HashKey ofPartitionKey(byte[] utf8, MessageDigest md5) {
        ByteBuffer digest = ByteBuffer.wrap(md5.digest(utf8));
        return new HashKey(digest.getLong(), digest.getLong());
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5, which every Java must have", e);
        }
    }

    BigInteger value() {
        return new BigInteger(
                1, ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }

    HashKey minusOne() {
        return of(value().subtract(BigInteger.ONE));
    }

    @Override
    public int compareTo(HashKey other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Decimal, as the protocol writes it. */
    @Override
    public String toString() {
        return value().toString();
    }
}
