package logstream.buffer;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how the buffer keeps its frames.
 *
 * @param directory folder of the chunk files; created if missing; locked while in use
 * @param chunkBytes size at which a chunk is sealed; 1 MiB to 16 MiB (larger than any frame)
 * @param maxChunks chunk files at most; when all are in use, {@link Buffer#append} waits
 * @param sync when written frames are forced to disk
 * @param syncInterval longest time that written frames stay unforced when nobody waits for an ack
 * @param deadLetterBytes bound of the dead letters; the oldest go first
 * @param deadLetterAge how long dead letters are kept
 */
public record BufferConfig(
        Path directory,
        int chunkBytes,
        int maxChunks,
        Sync sync,
        Duration syncInterval,
        long deadLetterBytes,
        Duration deadLetterAge) {
    /** When frames are forced to disk. */
    public enum Sync {
        /** When a client waits for an ack, else within {@link BufferConfig#syncInterval}. */
        ACK,
        /** After every write. */
        ALWAYS,
        /** Never: written counts as durable. A power cut may lose acknowledged events; a crash of the agent does not. */
        NEVER
    }

    public static final BufferConfig DEFAULT = new BufferConfig(
            Path.of("/var/lib/logstream/buffer"),
            16 << 20,
            128,
            Sync.ACK,
            Duration.ofMillis(100),
            256L << 20,
            Duration.ofDays(14));

    public BufferConfig withDirectory(Path newDirectory) {
        return new BufferConfig(
                newDirectory, chunkBytes, maxChunks, sync, syncInterval, deadLetterBytes, deadLetterAge);
    }
}
