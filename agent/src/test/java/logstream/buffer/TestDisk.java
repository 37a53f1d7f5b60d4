package logstream.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A disk that fails on command, counts what is read, and can lose what was not forced.
 *
 * <p>The files are real. Beside them it keeps what was forced of each, and the writes since then: a power cut leaves the
 * forced bytes and any of the others, whole or in part. Folder entries are taken to be durable once made.
 */
final class TestDisk implements ChunkFiles {
    /** Decides which operation fails. */
    @FunctionalInterface
    interface Fault {
        Fault NONE = (operation, path) -> false;

        boolean fails(Operation operation, Path path);
    }

    enum Operation {
        CREATE,
        WRITE,
        HALF_WRITE,
        FORCE,
        READ,
        DELETE,
        MOVE,
        LOOK,
        SYNC_FOLDER
    }

    private record Write(long position, byte[] bytes) {}

    private static final class Shadow {
        private byte[] forced = new byte[0];
        private final List<Write> unforced = new ArrayList<>();
    }

    final AtomicLong bytesRead = new AtomicLong();
    final AtomicInteger open = new AtomicInteger();
    private final Map<Path, Shadow> shadows = new HashMap<>();
    private volatile Fault fault = Fault.NONE;
    private volatile int mostAtOnce = Integer.MAX_VALUE;

    void failing(Fault newFault) {
        fault = newFault;
    }

    /** The nth operation of a kind fails, counted from now, and only that. */
    void failNth(Operation operation, int nth) {
        AtomicInteger count = new AtomicInteger();
        fault = (is, path) -> is == operation && count.incrementAndGet() == nth;
    }

    void healed() {
        fault = Fault.NONE;
    }

    /** Reads and writes move so many bytes at most. */
    void shortTransfers(int bytes) {
        mostAtOnce = bytes;
    }

    private void check(Operation operation, Path path) throws IOException {
        if (fault.fails(operation, path)) {
            throw new IOException("No space left on device (" + operation + ")");
        }
    }

    /** Leaves on the real disk what a power cut might: forced bytes, and some of the others. */
    synchronized void cutPower(Random random) throws IOException {
        for (Map.Entry<Path, Shadow> each : shadows.entrySet()) {
            if (!Files.exists(each.getKey())) {
                continue;
            }
            byte[] left = each.getValue().forced;
            for (Write write : each.getValue().unforced) {
                switch (random.nextInt(3)) {
                    case 0 -> left = apply(left, write);
                    case 1 -> {
                        int cut = random.nextInt(write.bytes.length + 1);
                        byte[] part = new byte[cut];
                        System.arraycopy(write.bytes, 0, part, 0, cut);
                        left = apply(left, new Write(write.position, part));
                    }
                    default -> {}
                }
            }
            Files.write(each.getKey(), left);
        }
        shadows.clear();
    }

    /** Whether the text is in what was forced of some file. */
    synchronized boolean forcedContains(String text) {
        return shadows.values().stream()
                .anyMatch(shadow -> new String(shadow.forced, StandardCharsets.ISO_8859_1).contains(text));
    }

    private static byte[] apply(byte[] to, Write write) {
        int end = (int) write.position + write.bytes.length;
        byte[] applied = Arrays.copyOf(to, Math.max(to.length, end));
        System.arraycopy(write.bytes, 0, applied, (int) write.position, write.bytes.length);
        return applied;
    }

    @Override
    public ChunkFile create(Path path) throws IOException {
        check(Operation.CREATE, path);
        ChunkFile file = new Watched(path, REAL.create(path));
        synchronized (this) {
            shadows.put(path, new Shadow());
        }
        return file;
    }

    @Override
    public ChunkFile open(Path path) throws IOException {
        return new Watched(path, REAL.open(path));
    }

    @Override
    public void force(Path path) throws IOException {
        check(Operation.FORCE, path);
    }

    @Override
    public void delete(Path path) throws IOException {
        check(Operation.DELETE, path);
        REAL.delete(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        check(Operation.MOVE, from);
        REAL.move(from, to);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        check(Operation.SYNC_FOLDER, folder);
    }

    @Override
    public Optional<Object> identity(Path path) throws IOException {
        check(Operation.LOOK, path);
        return REAL.identity(path);
    }

    /** What {@link #space} tells: unknown, unless a test says otherwise. */
    volatile Space space = new Space(0, 0);

    @Override
    public Space space(Path folder) {
        return space;
    }

    private final class Watched implements ChunkFile {
        private final Path path;
        private final ChunkFile file;

        Watched(Path path, ChunkFile file) {
            this.path = path;
            this.file = file;
            open.incrementAndGet();
        }

        @Override
        public int write(ByteBuffer bytes, long position) throws IOException {
            check(Operation.WRITE, path);
            boolean half = fault.fails(Operation.HALF_WRITE, path);
            int wanted = Math.min(mostAtOnce, half ? bytes.remaining() / 2 : bytes.remaining());
            byte[] copy = new byte[wanted];
            bytes.get(bytes.position(), copy);
            synchronized (TestDisk.this) {
                shadows.computeIfAbsent(path, _ -> new Shadow()).unforced.add(new Write(position, copy));
            }
            int wrote = file.write(bytes.slice(bytes.position(), wanted), position);
            bytes.position(bytes.position() + wrote);
            if (half) {
                throw new IOException("No space left on device (half written)");
            }
            return wrote;
        }

        @Override
        public int read(ByteBuffer bytes, long position) throws IOException {
            check(Operation.READ, path);
            int limit = bytes.limit();
            bytes.limit(bytes.position() + Math.min(bytes.remaining(), mostAtOnce));
            int got = file.read(bytes, position);
            bytes.limit(limit);
            bytesRead.addAndGet(Math.max(0, got));
            return got;
        }

        @Override
        public void force() throws IOException {
            check(Operation.FORCE, path);
            synchronized (TestDisk.this) {
                Shadow shadow = shadows.computeIfAbsent(path, _ -> new Shadow());
                for (Write write : shadow.unforced) {
                    shadow.forced = apply(shadow.forced, write);
                }
                shadow.unforced.clear();
            }
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            open.decrementAndGet();
            file.close();
        }
    }
}
