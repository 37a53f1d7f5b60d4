package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import logstream.metrics.Metrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records given up on, in the folder {@code dead-letters}: whole chunks, moved there by one rename, and single records.
 *
 * <p>Bounded by size and age; the oldest files, by the time they came, go first, counted and logged.
 *
 * <p>A chunk keeps its name. Beside it lies {@code <name>.reason}, UTF-8 lines {@code key=value}: {@code time}, {@code
 * reason}, {@code confirmedEnd} (bytes from there on are not to be read), {@code endOrdinal}, {@code releasedOrdinal}
 * (frames below were delivered).
 *
 * <p>Single records lie in files named by 16 hex digits and {@code .letters}, each begun by one process and never
 * continued by another. Format, little-endian:
 *
 * <pre>
 * offset  bytes  file
 *      0      8  magic "LSDEADL\n"
 *      8      4  version, 1
 *     12         the first letter
 *
 * offset  bytes  letter
 *      0      4  length of all that follows the checksum
 *      4      4  CRC-32C of all that follows
 *      8      8  time, milliseconds since 1970
 *     16      4  length of the key
 *     20      4  length of the reason
 *     24         key, reason (UTF-8), data
 * </pre>
 *
 * <p>Threading: its own monitor; held while files are written.
 */
final class DeadLetters implements Closeable {
    static final String FOLDER = "dead-letters";
    static final String LETTERS_SUFFIX = ".letters";
    static final String REASON_SUFFIX = ".reason";

    /** The ASCII bytes {@code LSDEADL\n} as one number. */
    static final long MAGIC = 0x0a4c44414544534cL;

    static final int FILE_HEADER_BYTES = 12;
    static final int LETTER_HEADER_BYTES = 24;
    private static final int VERSION = 1;

    /** A file is not continued beyond this size, so that the oldest letters can go without the newest. */
    private static final long FILE_BYTES = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final Path folder;
    private final BufferConfig config;
    private final Sources sources;
    private final Metrics metrics;
    private final Expiry expiry;
    private @Nullable ChunkFile file;
    private @Nullable Path filePath;
    private Optional<Object> fileIdentity = Optional.empty();
    private long fileEnd;
    private volatile long bytes;

    private record Entry(Path path, FileTime came, long size) {}

    DeadLetters(BufferConfig config, Sources sources, Metrics metrics) throws IOException {
        this.folder = config.directory().resolve(FOLDER);
        this.config = config;
        this.sources = sources;
        this.metrics = metrics;
        this.expiry = new Expiry(config.deadLetterAge(), sources);
        prune();
    }

    /** Made when first needed: a full disk must not stop the start. */
    private void createFolder() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder);
            sources.files().syncFolder(config.directory());
        }
    }

    /** Bytes of all files in the folder. Any thread, without waiting. */
    long bytes() {
        return bytes;
    }

    /** Keeps single records; they are on the disk when it returns. After a failure some of them may be there, too. */
    synchronized void keep(List<DeadLetter> letters) throws IOException {
        if (letters.isEmpty()) {
            return;
        }
        try {
            ChunkFile open = file != null && fileEnd < FILE_BYTES && isInPlace() ? file : begin();
            for (DeadLetter letter : letters) {
                ByteBuffer letterBytes = toBytes(letter);
                int size = letterBytes.remaining();
                open.writeFully(letterBytes, fileEnd);
                fileEnd += size;
            }
            open.force();
            if (!isInPlace()) {
                throw new IOException(filePath + " was removed while it was written to");
            }
        } catch (IOException e) {
            // What the failed write left is not known: the next letters go into a new file.
            end();
            throw e;
        }
        prune();
    }

    /** Whether the file that is written to is still in the folder. */
    private boolean isInPlace() throws IOException {
        return filePath != null && fileIdentity.isPresent() && fileIdentity.equals(sources.files().identity(filePath));
    }

    private ChunkFile begin() throws IOException {
        end();
        createFolder();
        long number = 0;
        for (Entry entry : entries()) {
            String name = entry.path.getFileName().toString();
            if (name.matches("[0-9a-f]{16}\\" + LETTERS_SUFFIX)) {
                number = Math.max(number, Long.parseUnsignedLong(name.substring(0, 16), 16) + 1);
            }
        }
        Path path = folder.resolve(String.format("%016x%s", number, LETTERS_SUFFIX));
        ChunkFile begun = sources.files().create(path);
        file = begun;
        filePath = path;
        ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        begun.writeFully(header.putLong(MAGIC).putInt(VERSION).flip(), 0);
        fileEnd = FILE_HEADER_BYTES;
        sources.files().syncFolder(folder);
        fileIdentity = sources.files().identity(path);
        return begun;
    }

    private void end() {
        ChunkFile open = file;
        file = null;
        filePath = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("A file of dead letters was given up and did not close", e);
            }
        }
    }

    private static ByteBuffer toBytes(DeadLetter letter) {
        byte[] key = letter.key().getBytes(StandardCharsets.UTF_8);
        byte[] reason = letter.reason().getBytes(StandardCharsets.UTF_8);
        int size = LETTER_HEADER_BYTES + key.length + reason.length + letter.data().length;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(size - 8).putInt(0).putLong(letter.time().toEpochMilli());
        out.putInt(key.length).putInt(reason.length).put(key).put(reason).put(letter.data());
        CRC32C crc = new CRC32C();
        crc.update(out.array(), 8, size - 8);
        return out.putInt(4, (int) crc.getValue()).flip();
    }

    /** Moves a chunk here. After a failure it is still where it was. */
    synchronized void take(Chunk chunk, long end, long endOrdinal, long released, String reason) throws IOException {
        createFolder();
        Path target = folder.resolve(chunk.path().getFileName());
        Instant now = sources.clock().instant();
        String text = "time=" + now + "\nreason=" + reason.replaceAll("\\R", " ") + "\nconfirmedEnd=" + end
                + "\nendOrdinal=" + endOrdinal + "\nreleasedOrdinal=" + released + "\n";
        Path reasonPath = folder.resolve(chunk.path().getFileName() + REASON_SUFFIX);
        Files.deleteIfExists(reasonPath);
        try (ChunkFile sidecar = sources.files().create(reasonPath)) {
            sidecar.writeFully(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            sidecar.force();
        }
        sources.files().move(chunk.path(), target);
        try {
            // From here on the chunk is moved, whatever else fails.
            Files.setLastModifiedTime(target, FileTime.from(now));
            sources.files().syncFolder(folder);
            sources.files().syncFolder(config.directory());
            prune();
        } catch (IOException e) {
            LOG.warn("The chunk was moved to the dead letters, but: file={} error=\"{}\"", target, e.toString());
        }
    }

    /** Deletes what is too old, and the oldest while all together are too large. */
    synchronized void prune() throws IOException {
        List<Entry> entries = entries();
        expiry.retain(entries.stream().map(Entry::path).toList());
        long total = 0;
        for (Entry entry : entries) {
            total += entry.size;
        }
        for (Entry entry : entries) {
            boolean expired = expiry.isOver(entry.path, entry.came.toInstant());
            if (!expired && total <= config.deadLetterBytes()) {
                break;
            }
            if (entry.path.equals(filePath)) {
                end();
            }
            sources.files().delete(entry.path);
            total -= entry.size;
            metrics.deadLetterFilesDeleted.increment();
            LOG.warn(
                    "Dead letters are deleted, they are {}: file={} bytes={}",
                    expired ? "older than buffer.dead_letter_age" : "larger than buffer.dead_letter_bytes",
                    entry.path,
                    entry.size);
        }
        bytes = total;
    }

    /** All files, the oldest first. */
    private List<Entry> entries() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> paths;
        try (Stream<Path> listing = Files.list(folder)) {
            paths = listing.filter(Files::isRegularFile).toList();
        }
        List<Entry> entries = new ArrayList<>();
        for (Path path : paths) {
            entries.add(new Entry(path, Files.getLastModifiedTime(path), Files.size(path)));
        }
        entries.sort(Comparator.comparing(Entry::came).thenComparing(Entry::path));
        return entries;
    }

    @Override
    public synchronized void close() {
        end();
    }
}
