package logstream.forward;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * What all connections of a server share for compressed payloads. Each decompressor has native memory (gzip 40 KiB, zstd up
 * to its window of 8 MiB) and a window, so there are few.
 *
 * @param gzip decompressors of gzip
 * @param zstd decompressors of zstd, which is loaded with the first payload that wants it
 * @param eventBuffers for decompressed events that do not fit into a window
 */
record Decompression(LendingPool<Decompressor> gzip, LendingPool<Decompressor> zstd, LendingPool<byte[]> eventBuffers) {
    static Decompression of(int maxEventBytes, Duration patience) {
        return of(Zstd::new, maxEventBytes, patience);
    }

    /** As above, with another way to decompress zstd. */
    static Decompression of(Supplier<Decompressor> zstd, int maxEventBytes, Duration patience) {
        int eventBytes = Math.max(maxEventBytes, ForwardLimits.WINDOW_BYTES);
        return new Decompression(
                new LendingPool<>(ForwardLimits.GZIP_DECOMPRESSORS, Gzip::new, patience),
                new LendingPool<>(ForwardLimits.ZSTD_DECOMPRESSORS, zstd, patience),
                new LendingPool<>(ForwardLimits.EVENT_BUFFERS, () -> new byte[eventBytes], patience));
    }

    LendingPool<Decompressor> decompressors(Compression compression) {
        return switch (compression) {
            case NONE -> throw new IllegalArgumentException("a plain payload is not decompressed");
            case GZIP -> gzip;
            case ZSTD -> zstd;
        };
    }

    /** How many things are borrowed. */
    int inUse() {
        return gzip.inUse() + zstd.inUse() + eventBuffers.inUse();
    }
}
