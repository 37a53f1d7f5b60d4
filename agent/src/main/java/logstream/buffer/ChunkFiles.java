package logstream.buffer;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** What the buffer does to its folder: the other half of the seam {@link ChunkFile}. Any thread. */
interface ChunkFiles {
    ChunkFiles REAL = new OnDisk();

    /** A new file for reading and writing; fails when there is one. */
    ChunkFile create(Path path) throws IOException;

    /** A file that is there, for reading. */
    ChunkFile open(Path path) throws IOException;

    /** Forces a file that is there: what a killed process left in the page cache. */
    void force(Path path) throws IOException;

    void delete(Path path) throws IOException;

    /** One atomic rename within a file system. */
    void move(Path from, Path to) throws IOException;

    /** Makes creations, renames and deletions in the folder survive a power cut. */
    void syncFolder(Path folder) throws IOException;

    /** What the path names now: for the same file the same answer, for another one another; empty when there is none. */
    Optional<Object> identity(Path path) throws IOException;

    /** What the file system has; not known where it does not tell. */
    Space space(Path folder);

    /**
     * Room on a file system.
     *
     * @param free bytes that this process may still write
     * @param total bytes of all; 0 when nothing is known
     */
    record Space(long free, long total) {
        boolean isKnown() {
            return total > 0;
        }
    }

    /** The real disk. */
    final class OnDisk implements ChunkFiles {
        private OnDisk() {}

        @Override
        public ChunkFile create(Path path) throws IOException {
            return new OpenFile(FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ));
        }

        @Override
        public ChunkFile open(Path path) throws IOException {
            return new OpenFile(FileChannel.open(path, StandardOpenOption.READ));
        }

        @Override
        public void force(Path path) throws IOException {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public Optional<Object> identity(Path path) throws IOException {
            try {
                // Device and inode. The file that we hold open keeps its inode from being given to another.
                return Optional.ofNullable(
                        Files.readAttributes(path, BasicFileAttributes.class).fileKey());
            } catch (NoSuchFileException _) {
                return Optional.empty();
            }
        }

        @Override
        public Space space(Path folder) {
            // Asked of the old class: the new one looks for the mount point, and fails where a container hides it.
            File file = folder.toFile();
            return new Space(file.getUsableSpace(), file.getTotalSpace());
        }

        private record OpenFile(FileChannel channel) implements ChunkFile {
            @Override
            public int write(ByteBuffer bytes, long position) throws IOException {
                return channel.write(bytes, position);
            }

            @Override
            public int read(ByteBuffer bytes, long position) throws IOException {
                return channel.read(bytes, position);
            }

            @Override
            public void force() throws IOException {
                channel.force(false);
            }

            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        }
    }
}
