package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to be the one agent that uses a folder: a lock of the operating system on the file {@code lock}, which ends
 * with the process, however it ends. The file itself says nothing and stays.
 *
 * <p>Threading: the thread that opens and closes the buffer, and in between the commit thread.
 */
final class FolderLock implements Closeable {
    static final String FILE = "lock";

    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

    /**
     * Locked files of this process: to open and close one of them once more would give its lock up, by the rules of POSIX.
     */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final ChunkFiles files;
    private FileChannel channel;
    private Optional<Object> identity;

    private FolderLock(Path folder, ChunkFiles files, FileChannel channel, Optional<Object> identity) {
        this.folder = folder;
        this.files = files;
        this.channel = channel;
        this.identity = identity;
    }

    /** Whether the folder still has the lock that was taken: false when it was removed, replaced or unmounted. */
    boolean isInPlace() throws IOException {
        return identity.isPresent() && identity.equals(files.identity(folder.resolve(FILE)));
    }

    /**
     * Takes the lock of the folder that is there now, made if need be, and gives the old one back.
     *
     * @throws IOException as {@link #take}
     */
    void renew() throws IOException {
        FolderLock next = take(folder, files);
        FileChannel old = channel;
        identity.ifPresent(HELD::remove);
        channel = next.channel;
        identity = next.identity;
        old.close();
    }

    /**
     * Creates the folder, for its owner only, where it is missing, and takes the lock.
     *
     * @throws BufferInUseException when another agent, or another buffer of this process, has it
     * @throws IOException with a sentence for the operator when the folder cannot be used
     */
    static FolderLock take(Path folder, ChunkFiles files) throws IOException {
        create(folder, files);
        if (files.identity(folder.resolve(FILE)).filter(HELD::contains).isPresent()) {
            throw new BufferInUseException(folder);
        }
        FileChannel channel = lock(folder);
        try {
            Optional<Object> identity = files.identity(folder.resolve(FILE));
            identity.ifPresent(HELD::add);
            return new FolderLock(folder, files, channel, identity);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "the buffer folder " + folder + " is not writable (" + e
                            + "); give it to the user that the agent runs as, or set buffer.directory to another folder",
                    e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException _) {
            // Another thread of this process was faster: refused like anyone.
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    "the buffer folder " + folder + " cannot be locked (" + e
                            + "); set buffer.directory to a folder on a local disk",
                    e);
        }
        channel.close();
        throw new BufferInUseException(folder);
    }

    private static void create(Path folder, ChunkFiles files) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        List<Path> parents = new ArrayList<>();
        Path parent = folder.toAbsolutePath().getParent();
        while (parent != null) {
            parents.add(parent);
            parent = Files.exists(parent) ? null : parent.getParent();
        }
        try {
            boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (posix) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectories(folder);
            }
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "the buffer folder " + folder + " is a file; move it away, or set buffer.directory to a folder", e);
        } catch (IOException e) {
            throw new IOException(
                    "the buffer folder " + folder + " cannot be created (" + e
                            + "); create it for the user that the agent runs as, or set buffer.directory to another folder",
                    e);
        }
        for (Path changed : parents) {
            sync(changed, files);
        }
    }

    /** Else a power cut could take the folder with all that is in it. */
    private static void sync(Path parent, ChunkFiles files) {
        try {
            files.syncFolder(parent);
        } catch (IOException e) {
            LOG.warn(
                    "The buffer folder is new, and a power cut in the next seconds may lose it: {} cannot be synced: {}",
                    parent,
                    e.toString());
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            identity.ifPresent(HELD::remove);
        }
    }
}
