package logstream.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A disk that remembers what was done to it, step by step, and can say what a power cut after any step might leave: what
 * was forced or synced, and of the rest none, all, or any part in any order. A rename is done or not done, never half.
 */
final class RecordedDisk implements ChunkFiles {
    /** What of the steps that were not forced or synced is left by a power cut. */
    enum Left {
        NONE,
        ALL,
        ANY
    }

    private static final class Content {
        private byte[] forced = new byte[0];
        private final List<Step.Write> unforced = new ArrayList<>();
    }

    /** A file, whatever its name. */
    private static final class Inode {}

    private sealed interface Step {
        record Create(Path path, Inode inode) implements Step {}

        record Write(Inode inode, long position, byte[] bytes) implements Step {}

        record Force(Inode inode) implements Step {}

        record Delete(Path path) implements Step {}

        record Move(Path from, Path to) implements Step {}

        record Sync(Path folder) implements Step {}
    }

    private final Path folder;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Path, Inode> names = new HashMap<>();

    /** The checkpoint as it was after each step: it is written by temp file and rename, and never forced. */
    private final List<byte[]> checkpoints = new ArrayList<>();

    RecordedDisk(Path folder) {
        this.folder = folder;
    }

    int steps() {
        return steps.size();
    }

    private void did(Step step) throws IOException {
        steps.add(step);
        Path checkpoint = folder.resolve(Checkpoint.FILE);
        checkpoints.add(Files.exists(checkpoint) ? Files.readAllBytes(checkpoint) : new byte[0]);
    }

    /** Writes into a new folder what a power cut after so many steps might leave. */
    void cutPower(int after, Left left, Random random, Path into) throws IOException {
        Map<Inode, Content> contents = new HashMap<>();
        Map<Path, Inode> entries = new LinkedHashMap<>();
        List<Step> unsynced = new ArrayList<>();
        for (Step step : steps.subList(0, after)) {
            switch (step) {
                case Step.Create(Path _, Inode inode) -> {
                    contents.put(inode, new Content());
                    unsynced.add(step);
                }
                case Step.Write write ->
                    contentOf(contents, write.inode).unforced.add(write);
                case Step.Force(Inode inode) -> {
                    Content content = contentOf(contents, inode);
                    content.unforced.forEach(write -> content.forced = apply(content.forced, write));
                    content.unforced.clear();
                }
                case Step.Delete _, Step.Move _ -> unsynced.add(step);
                case Step.Sync(Path synced) ->
                    unsynced.removeIf(entry -> {
                        boolean concerned = isIn(entry, synced);
                        if (concerned) {
                            apply(entries, entry);
                        }
                        return concerned;
                    });
            }
        }
        for (Step entry : unsynced) {
            if (left == Left.ALL || (left == Left.ANY && random.nextBoolean())) {
                apply(entries, entry);
            }
        }
        Files.createDirectories(into);
        for (Map.Entry<Path, Inode> entry : entries.entrySet()) {
            Path path = into.resolve(folder.relativize(entry.getKey()));
            Files.createDirectories(path.getParent());
            Files.write(path, left(contentOf(contents, entry.getValue()), left, random));
        }
        int checkpoint = left == Left.ANY ? random.nextInt(after + 1) : after;
        if (left != Left.NONE && checkpoint > 0 && checkpoints.get(checkpoint - 1).length > 0) {
            Files.write(into.resolve(Checkpoint.FILE), checkpoints.get(checkpoint - 1));
        }
    }

    private static Content contentOf(Map<Inode, Content> contents, Inode inode) {
        return contents.computeIfAbsent(inode, _ -> new Content());
    }

    private static boolean isIn(Step entry, Path synced) {
        return switch (entry) {
            case Step.Create(Path path, Inode _) -> synced.equals(path.getParent());
            case Step.Delete(Path path) -> synced.equals(path.getParent());
            case Step.Move(Path from, Path to) -> synced.equals(from.getParent()) || synced.equals(to.getParent());
            case Step.Write _, Step.Force _, Step.Sync _ -> false;
        };
    }

    private static void apply(Map<Path, Inode> entries, Step step) {
        switch (step) {
            case Step.Create(Path path, Inode inode) -> entries.put(path, inode);
            case Step.Delete(Path path) -> entries.remove(path);
            case Step.Move(Path from, Path to) -> {
                Inode moved = entries.remove(from);
                if (moved != null) {
                    entries.put(to, moved);
                }
            }
            case Step.Write _, Step.Force _, Step.Sync _ -> throw new IllegalStateException("no entry: " + step);
        }
    }

    private static byte[] left(Content content, Left left, Random random) {
        byte[] bytes = content.forced;
        for (Step.Write write : content.unforced) {
            int kept = switch (left) {
                case NONE -> 0;
                case ALL -> write.bytes.length;
                case ANY -> random.nextInt(3) == 0 ? 0 : random.nextInt(write.bytes.length + 1);
            };
            bytes = apply(bytes, new Step.Write(write.inode, write.position, Arrays.copyOf(write.bytes, kept)));
        }
        return bytes;
    }

    private static byte[] apply(byte[] to, Step.Write write) {
        if (write.bytes.length == 0) {
            return to;
        }
        byte[] applied = Arrays.copyOf(to, Math.max(to.length, (int) write.position + write.bytes.length));
        System.arraycopy(write.bytes, 0, applied, (int) write.position, write.bytes.length);
        return applied;
    }

    @Override
    public ChunkFile create(Path path) throws IOException {
        ChunkFile file = REAL.create(path);
        Inode inode = new Inode();
        names.put(path, inode);
        did(new Step.Create(path, inode));
        return new RecordedFile(file, inode);
    }

    @Override
    public ChunkFile open(Path path) throws IOException {
        return REAL.open(path);
    }

    @Override
    public void force(Path path) throws IOException {
        Inode inode = names.get(path);
        if (inode == null) {
            throw new IOException(path + " was not made here");
        }
        did(new Step.Force(inode));
    }

    @Override
    public void delete(Path path) throws IOException {
        REAL.delete(path);
        if (names.remove(path) != null) {
            did(new Step.Delete(path));
        }
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        REAL.move(from, to);
        Inode inode = names.remove(from);
        if (inode != null) {
            names.put(to, inode);
            did(new Step.Move(from, to));
        }
    }

    @Override
    public void syncFolder(Path synced) throws IOException {
        did(new Step.Sync(synced));
    }

    @Override
    public Optional<Object> identity(Path path) throws IOException {
        return REAL.identity(path);
    }

    @Override
    public Space space(Path of) {
        return new Space(0, 0);
    }

    private final class RecordedFile implements ChunkFile {
        private final ChunkFile file;
        private final Inode inode;

        RecordedFile(ChunkFile file, Inode inode) {
            this.file = file;
            this.inode = inode;
        }

        @Override
        public int write(ByteBuffer bytes, long position) throws IOException {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(bytes.position(), copy);
            int wrote = file.write(bytes, position);
            did(new Step.Write(inode, position, Arrays.copyOf(copy, wrote)));
            return wrote;
        }

        @Override
        public int read(ByteBuffer bytes, long position) throws IOException {
            return file.read(bytes, position);
        }

        @Override
        public void force() throws IOException {
            did(new Step.Force(inode));
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
