package logstream.local;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Decides which record and which request a fault hits. One seed, asked in the same order, gives the same answers.
 *
 * <p>Threading: guarded by itself.
 */
final class FaultDice {
    private final RandomGenerator random;

    FaultDice(long seed) {
        // Named, so that a seed means the same on every Java.
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** True for about this share of all calls; a share of 0 throws no dice. */
    synchronized boolean hits(double share) {
        return share > 0 && random.nextDouble() < share;
    }
}
