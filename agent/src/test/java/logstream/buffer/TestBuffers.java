package logstream.buffer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import logstream.metrics.Metrics;

/** Small buffers, small frames, and a time that stands still. */
final class TestBuffers {
    static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private TestBuffers() {}

    /** Chunks with room for so many bytes of frames, forced by hand or by waiting only. */
    static BufferConfig config(Path folder, int frameBytes, int maxChunks) {
        return new BufferConfig(
                folder,
                ChunkFormat.FIRST_FRAME_AT + frameBytes,
                maxChunks,
                BufferConfig.Overflow.BLOCK,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.ACK,
                Duration.ofHours(1),
                1 << 20,
                Duration.ofDays(14));
    }

    static BufferConfig with(BufferConfig config, BufferConfig.Sync sync, Duration interval) {
        return new BufferConfig(
                config.directory(),
                config.chunkBytes(),
                config.maxChunks(),
                config.overflow(),
                config.minFree(),
                sync,
                interval,
                config.deadLetterBytes(),
                config.deadLetterAge());
    }

    static BufferConfig with(BufferConfig config, BufferConfig.Overflow overflow, BufferConfig.MinFree minFree) {
        return new BufferConfig(
                config.directory(),
                config.chunkBytes(),
                config.maxChunks(),
                overflow,
                minFree,
                config.sync(),
                config.syncInterval(),
                config.deadLetterBytes(),
                config.deadLetterAge());
    }

    static Sources sources(ChunkFiles files, AtomicLong nanos, long seed) {
        return new Sources(files, () -> START.plusNanos(nanos.get()), nanos::get, new Random(seed)::nextLong);
    }

    static Sources sources(ChunkFiles files) {
        return sources(files, new AtomicLong(), 1);
    }

    /** A buffer whose commit thread is the caller of {@link Buffer#step}. */
    static Buffer manual(BufferConfig config, Sources sources) throws IOException {
        return BufferOpening.open(config, new Metrics(), sources);
    }

    static FrameBatch batch(String... payloads) {
        FrameBatch batch = new FrameBatch(1 << 10);
        for (String payload : payloads) {
            add(batch, payload.getBytes(StandardCharsets.UTF_8));
        }
        return batch;
    }

    static void add(FrameBatch batch, byte[] payload) {
        int at = batch.begin();
        System.arraycopy(payload, 0, batch.reserve(at, payload.length), at, payload.length);
        batch.end(FrameKind.RECORD, at + payload.length);
    }

    static String text(Frame frame) {
        return new String(frame.payload(), StandardCharsets.UTF_8);
    }

    /** Reads all there is now. */
    static List<Frame> drain(Buffer buffer) throws IOException {
        List<Frame> frames = new ArrayList<>();
        for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
            frames.add(frame);
            buffer.checkInvariant();
        }
        return frames;
    }

    static List<String> texts(List<Frame> frames) {
        return frames.stream().map(TestBuffers::text).toList();
    }

    /** What is in the folder besides the lock, by name. */
    static List<String> names(Path folder) throws IOException {
        try (var listing = Files.list(folder)) {
            return listing.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(FolderLock.FILE))
                    .sorted()
                    .toList();
        }
    }

    /** The chunk files of a folder, in order. */
    static List<Path> chunkFiles(Path folder) throws IOException {
        try (var listing = Files.list(folder)) {
            return listing.filter(path -> ChunkFormat.sequence(path).isPresent())
                    .sorted()
                    .toList();
        }
    }

    static Path copy(Path folder, Path target) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(target.resolve(folder.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, target.resolve(folder.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
        return target;
    }
}
