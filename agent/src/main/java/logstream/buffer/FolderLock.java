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

/**
 * The right to be the one agent that uses a folder: a lock of the operating system on the file {@code lock}, which ends
 * with the process, however it ends. The file itself says nothing and stays.
 */
final class FolderLock implements Closeable {
    static final String FILE = "lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Creates the folder, for its owner only, where it is missing, and takes the lock.
     *
     * @throws BufferInUseException when another agent, or another buffer of this process, has it
     * @throws IOException with a sentence for the operator when the folder cannot be used
     */
    static FolderLock take(Path folder) throws IOException {
        create(folder);
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
                return new FolderLock(channel);
            }
        } catch (OverlappingFileLockException _) {
            // Held by this very process: refused like any other.
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

    private static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
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
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
