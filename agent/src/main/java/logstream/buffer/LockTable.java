package logstream.buffer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Who holds the lock on a buffer's folder, read from Linux' table of file locks: to try to take the lock would be to hold it
 * for a moment, and to keep an agent from starting in that moment.
 *
 * <p>Locks of processes that this one cannot see (in another container, seen from within one) are not in the table; nor is
 * there a table on other systems.
 */
public final class LockTable {
    private static final Path TABLE = Path.of("/proc/locks");

    private LockTable() {}

    /** The process that uses the folder; empty when there is none, or none that can be seen. */
    public static OptionalLong holder(Path folder) {
        try (Stream<String> lines = Files.lines(TABLE, StandardCharsets.US_ASCII)) {
            Object inode = Files.getAttribute(folder.resolve(FolderLock.FILE), "unix:ino");
            return lines.flatMapToLong(line -> holder(line, inode.toString()).stream())
                    .findFirst();
        } catch (IOException | UnsupportedOperationException _) {
            return OptionalLong.empty();
        }
    }

    /**
     * Such a line is {@code 1: POSIX  ADVISORY  WRITE 4711 08:01:131075 0 EOF}: type, process, device and inode. The device
     * is not compared: on some file systems it is another one than stat tells.
     */
    static OptionalLong holder(String line, String inode) {
        String[] words = line.trim().split(" +", -1);
        boolean writes = words.length >= 8 && words[1].equals("POSIX") && words[3].equals("WRITE");
        return writes && words[5].endsWith(":" + inode) && words[4].matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(words[4]))
                : OptionalLong.empty();
    }
}
