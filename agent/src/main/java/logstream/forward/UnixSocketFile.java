package logstream.forward;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a UNIX socket that is listened on.
 *
 * <p>Invariant: nobody can connect before owner and permissions are as configured. Binding makes the file with permissions
 * that only the process's umask bounds, and listens at once; so it is bound in a folder that only we can enter, and moved to
 * its place when all is set. Moving replaces a file that a dead agent has left. Of two agents that start at the same
 * moment on the same path, both of which find nobody there, the later one has it.
 *
 * <p>Threading: confined to one thread at a time.
 */
final class UnixSocketFile {
    private static final Logger LOG = LoggerFactory.getLogger(UnixSocketFile.class);

    /** What Java binds: one byte less than Linux has room for in {@code sockaddr_un} with the zero at its end. */
    private static final int LONGEST_PATH_BYTES = 106;

    private static final int NAME_BYTES = 4;
    private static final String EVERYTHING = "rwxrwxrwx";
    private static final Set<PosixFilePermission> OURS_ALONE = PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final ServerSocketChannel channel;
    /** By which the file is known to be ours. */
    private final Object identity;

    private UnixSocketFile(Path path, ServerSocketChannel channel, Object identity) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
    }

    /**
     * Listens on a path, whose folder must exist.
     *
     * @throws BindException when somebody listens there
     */
    static UnixSocketFile bind(Path path, UnixConfig rights) throws IOException {
        Path folder = Objects.requireNonNull(path.getParent(), "a socket needs an absolute path");
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException("the folder " + folder + " does not exist; create it");
        }
        requireFree(path);
        byte[] name = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(name);
        Path room = folder.resolve("." + HexFormat.of().formatHex(name));
        Path bound = room.resolve("s");
        requireShort(bound);
        Files.createDirectory(room, PosixFilePermissions.asFileAttribute(OURS_ALONE));
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean listening = false;
        try {
            channel.bind(UnixDomainSocketAddress.of(bound), ForwardLimits.BACKLOG);
            setRights(bound, rights);
            Object identity = identity(bound);
            Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
            listening = true;
            return new UnixSocketFile(path, channel, identity);
        } finally {
            if (!listening) {
                channel.close();
                Files.deleteIfExists(bound);
            }
            Files.deleteIfExists(room);
        }
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** Deletes the file, unless another agent has put its own in its place. */
    void remove() {
        try {
            if (identity.equals(identity(path))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("The UNIX socket is gone already: path={}", path);
        } catch (IOException e) {
            LOG.warn("The UNIX socket could not be deleted: path={} reason={}. Delete it.", path, e.getMessage());
        }
    }

    private static void requireShort(Path path) throws IOException {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_PATH_BYTES) {
            throw new FileSystemException("the path of its folder is too long by " + (bytes - LONGEST_PATH_BYTES)
                    + " bytes; choose a shorter one");
        }
    }

    /** Nobody listens there, and there is nothing but the socket of somebody who did. */
    private static void requireFree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new FileSystemException(path + " is there already, and is no socket; move it away");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Who listens, but does not accept, must not keep us waiting.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            LOG.info("The UNIX socket that an agent has left is replaced: path={}", path);
            return;
        }
        throw new BindException("Address already in use");
    }

    private static void setRights(Path file, UnixConfig rights) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        UserPrincipalLookupService known = file.getFileSystem().getUserPrincipalLookupService();
        try {
            if (rights.group().isPresent()) {
                view.setGroup(known.lookupPrincipalByGroupName(rights.group().get()));
            }
            if (rights.user().isPresent()) {
                view.setOwner(known.lookupPrincipalByName(rights.user().get()));
            }
        } catch (UserPrincipalNotFoundException e) {
            throw new FileSystemException("forward.unix.owner: this host knows nobody called " + e.getName());
        } catch (FileSystemException e) {
            throw new FileSystemException("forward.unix.owner: this user may not give a file away (" + e.getMessage()
                    + "); run the agent as root or in that group");
        }
        view.setPermissions(permissions(rights.mode()));
    }

    /** The bits of a mode, from the highest on. */
    private static Set<PosixFilePermission> permissions(int mode) {
        StringBuilder text = new StringBuilder(EVERYTHING);
        for (int at = 0; at < EVERYTHING.length(); at++) {
            if ((mode & 1 << (EVERYTHING.length() - 1 - at)) == 0) {
                text.setCharAt(at, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    private static Object identity(Path file) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey(),
                "files of this system have no identity");
    }
}
