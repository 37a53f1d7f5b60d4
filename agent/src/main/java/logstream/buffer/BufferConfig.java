package logstream.buffer;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how the buffer keeps its frames.
 *
 * @param directory folder of the chunk files; created if missing; locked while in use
 * @param chunkBytes size at which a chunk is sealed; 1 MiB to 16 MiB (larger than any frame)
 * @param maxChunks chunk files at most; when all are in use, the buffer is full
 * @param overflow what becomes of events when the buffer is full
 * @param minFree what is left free of the file system; with less, no chunk is begun, and the buffer is full
 * @param sync when written frames are forced to disk
 * @param syncInterval longest time that written frames stay unforced when nobody waits for an ack
 * @param deadLetterBytes bound of the dead letters; the oldest go first
 * @param deadLetterAge how long dead letters are kept
 */
public record BufferConfig(
        Path directory,
        int chunkBytes,
        int maxChunks,
        Overflow overflow,
        MinFree minFree,
        Sync sync,
        Duration syncInterval,
        long deadLetterBytes,
        Duration deadLetterAge) {
    /** What becomes of events when the buffer is full. */
    public enum Overflow {
        /** Intake waits: nothing is lost, senders wait. */
        BLOCK,
        /** The oldest sealed chunk is deleted and counted as dropped: what is new is worth more. */
        DROP_OLDEST_CHUNK,
        /** Events that nobody wants an ack for are dropped and counted; others wait. */
        DROP_NEWEST
    }

    /** When frames are forced to disk. */
    public enum Sync {
        /** When a client waits for an ack, else within {@link BufferConfig#syncInterval}. */
        ACK,
        /** After every write. */
        ALWAYS,
        /** Never: written counts as durable. A power cut may lose acknowledged events; a crash of the agent does not. */
        NEVER
    }

    /**
     * A share of the file system, but not more than so many bytes.
     *
     * @param percent 1 to 100
     * @param bytes 0 for none: the buffer may fill the disk
     */
    public record MinFree(int percent, long bytes) {
        /** What a share is never more than: on a large disk, 5 % would be more than anyone needs. */
        public static final long MOST_OF_SHARE = 1L << 30;

        public static final MinFree NONE = bytes(0);

        public static MinFree share(int percent) {
            return new MinFree(percent, MOST_OF_SHARE);
        }

        public static MinFree bytes(long bytes) {
            return new MinFree(100, bytes);
        }

        /** In bytes, of a file system of so many. */
        long of(long totalBytes) {
            return Math.min(bytes, totalBytes / 100 * percent);
        }

        /** As it is written in the configuration, or in bytes. */
        @Override
        public String toString() {
            return percent == 100 ? Long.toString(bytes) : percent + "%";
        }
    }

    public static final BufferConfig DEFAULT = new BufferConfig(
            Path.of("/var/lib/logstream/buffer"),
            16 << 20,
            128,
            Overflow.BLOCK,
            MinFree.share(5),
            Sync.ACK,
            Duration.ofMillis(100),
            256L << 20,
            Duration.ofDays(14));

    public BufferConfig withDirectory(Path newDirectory) {
        return new BufferConfig(
                newDirectory,
                chunkBytes,
                maxChunks,
                overflow,
                minFree,
                sync,
                syncInterval,
                deadLetterBytes,
                deadLetterAge);
    }
}
