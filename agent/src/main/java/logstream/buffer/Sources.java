package logstream.buffer;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Where the buffer takes disk, time and chance from; tests bring their own.
 *
 * @param clock wall clock, for what is written to disk
 * @param nanoTime monotonic clock, for waiting and ages
 * @param random 64 random bits
 */
record Sources(ChunkFiles files, InstantSource clock, LongSupplier nanoTime, LongSupplier random) {
    static Sources real() {
        return new Sources(ChunkFiles.REAL, InstantSource.system(), System::nanoTime, new SecureRandom()::nextLong);
    }
}
