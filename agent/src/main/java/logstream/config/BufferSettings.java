package logstream.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import logstream.buffer.BufferConfig;

/**
 * The settings of the section {@code buffer}.
 *
 * <p>Threading: immutable.
 */
final class BufferSettings {
    private static final int MIB = 1 << 20;

    static final Setting<Path> DIRECTORY = Setting.of(
            "buffer.directory",
            Types.folder(),
            BufferConfig.DEFAULT.directory(),
            "Folder of the buffer, used by one agent at a time; put it on a disk that survives restarts.");
    static final Setting<Long> CHUNK_SIZE = Setting.of(
            "buffer.chunk_size",
            Types.size(MIB, 16 * MIB),
            (long) BufferConfig.DEFAULT.chunkBytes(),
            "Size at which a chunk file is ended and the next one begun.");
    static final Setting<Integer> MAX_CHUNKS = Setting.of(
                    "buffer.max_chunks",
                    Types.count(2, 100_000),
                    BufferConfig.DEFAULT.maxChunks(),
                    "Chunk files at most; when all are in use, the buffer is full.")
            .takenOver();
    static final Setting<BufferConfig.Overflow> OVERFLOW = Setting.of(
                    "buffer.overflow",
                    Types.choice(BufferConfig.Overflow.class),
                    BufferConfig.DEFAULT.overflow(),
                    "When the buffer is full: let containers wait, or drop the oldest chunk file, or drop new lines whose sender wants"
                            + " no ack. What is dropped is counted.")
            .takenOver();
    static final Setting<BufferConfig.MinFree> MIN_FREE = Setting.of(
                    "buffer.min_free",
                    Types.minFree(),
                    BufferConfig.DEFAULT.minFree(),
                    "What is left free of the buffer's disk; with less, no chunk file is begun, and the buffer counts as full.")
            .takenOver();
    static final Setting<BufferConfig.Sync> SYNC = Setting.of(
            "buffer.sync",
            Types.choice(BufferConfig.Sync.class),
            BufferConfig.DEFAULT.sync(),
            "When the buffer is forced to disk: before each ack and at intervals, after every write, or never"
                    + " (a power cut may then lose acknowledged lines).");
    static final Setting<Duration> SYNC_INTERVAL = Setting.of(
            "buffer.sync_interval",
            Types.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            BufferConfig.DEFAULT.syncInterval(),
            "Longest time that lines nobody asked an ack for stay unforced.");
    static final Setting<Long> DEAD_LETTERS_MAX_SIZE = Setting.of(
                    "buffer.dead_letters.max_size",
                    Types.size(0, 1024L << 30),
                    BufferConfig.DEFAULT.deadLetterBytes(),
                    "Bound of the records that were given up on and kept aside; the oldest go first.")
            .takenOver();
    static final Setting<Duration> DEAD_LETTERS_MAX_AGE = Setting.of(
                    "buffer.dead_letters.max_age",
                    Types.duration(Duration.ofMinutes(1), Duration.ofDays(3650)),
                    BufferConfig.DEFAULT.deadLetterAge(),
                    "How long they are kept.")
            .takenOver();

    static final List<Setting<?>> ALL = List.of(
            DIRECTORY,
            CHUNK_SIZE,
            MAX_CHUNKS,
            OVERFLOW,
            MIN_FREE,
            SYNC,
            SYNC_INTERVAL,
            DEAD_LETTERS_MAX_SIZE,
            DEAD_LETTERS_MAX_AGE);

    private BufferSettings() {}

    /** Relative folders begin at the folder of the configuration file. */
    static BufferConfig read(Binder binder, Path file) {
        return new BufferConfig(
                file.toAbsolutePath().resolveSibling(binder.value(DIRECTORY)).normalize(),
                Math.toIntExact(binder.value(CHUNK_SIZE)),
                binder.value(MAX_CHUNKS),
                binder.value(OVERFLOW),
                binder.value(MIN_FREE),
                binder.value(SYNC),
                binder.value(SYNC_INTERVAL),
                binder.value(DEAD_LETTERS_MAX_SIZE),
                binder.value(DEAD_LETTERS_MAX_AGE));
    }
}
