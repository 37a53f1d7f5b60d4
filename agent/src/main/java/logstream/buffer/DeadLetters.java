package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records given up on, in the folder {@code dead-letters}: whole chunks, moved there by one rename, and single records.
 *
 * <p>Bounded by size and age; the oldest files, by the time they came, go first, counted and logged.
 *
 * <p>A chunk keeps its name; beside it lies why ({@link SetAside}). Single records lie in files of {@link LetterFormat},
 * each begun by one process, never continued by another, and its name never given twice by one: so a file that was ended
 * stays as it is until its letters are taken out or it is deleted.
 *
 * <p>Threading: any thread. Its own monitor is held while letters are written; not while some are taken out, which may
 * wait for room in the buffer, and so for the thread that keeps letters.
 */
final class DeadLetters implements Closeable {
    static final String FOLDER = "dead-letters";

    /** The one cause for which a whole chunk is set aside, as the metrics page has it. */
    private static final String CHUNK_CAUSE =
            DeadLetterCause.RETRIES_EXHAUSTED.name().toLowerCase(Locale.ROOT);

    /** A file is not continued beyond this size, so that the oldest letters can go without the newest. */
    private static final long FILE_BYTES = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final Path folder;
    private volatile BufferConfig config;
    private final Sources sources;
    private final Metrics metrics;
    private final Expiry expiry;
    private @Nullable ChunkFile file;
    private @Nullable Path filePath;
    private Optional<Object> fileIdentity = Optional.empty();
    private long fileEnd;
    private long nextNumber;
    private volatile long bytes;
    private final ReentrantLock takingOut = new ReentrantLock();

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

    /** From now on other bounds hold: {@code deadLetterBytes} and {@code deadLetterAge}. Any thread. */
    synchronized void reload(BufferConfig newer) {
        config = newer;
        expiry.age(newer.deadLetterAge());
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
        long added = 0;
        boolean goesOn = false;
        try {
            goesOn = fileEnd < FILE_BYTES && isInPlace();
            ChunkFile open = goesOn && file != null ? file : begin();
            for (DeadLetter letter : letters) {
                ByteBuffer letterBytes = LetterFormat.toBytes(letter);
                int size = letterBytes.remaining();
                open.writeFully(letterBytes, fileEnd);
                fileEnd += size;
                added += size;
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
        long total = bytes + added;
        bytes = total;
        if (!goesOn || total > config.deadLetterBytes()) {
            prune();
        }
    }

    /** Whether the file that is written to is still in the folder. */
    private boolean isInPlace() throws IOException {
        return filePath != null
                && fileIdentity.isPresent()
                && fileIdentity.equals(sources.files().identity(filePath));
    }

    private ChunkFile begin() throws IOException {
        end();
        createFolder();
        long number = nextNumber;
        for (DeadLetterFile known : DeadLetterFiles.list(config.directory(), sources.files())) {
            if (LetterFormat.isNameOfLetters(known.path())) {
                number = Math.max(number, Long.parseUnsignedLong(known.name().substring(0, 16), 16) + 1);
            }
        }
        nextNumber = number + 1;
        Path path = folder.resolve(String.format("%016x%s", number, LetterFormat.SUFFIX));
        ChunkFile begun = sources.files().create(path);
        file = begun;
        filePath = path;
        begun.writeFully(LetterFormat.fileHeader(), 0);
        fileEnd = LetterFormat.FILE_HEADER_BYTES;
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

    /** Moves a chunk here. After a failure it is still where it was. */
    synchronized void take(Chunk chunk, long end, long endOrdinal, long released, String reason) throws IOException {
        createFolder();
        Path target = folder.resolve(chunk.path().getFileName());
        Instant now = sources.clock().instant();
        String text = new SetAside(now, CHUNK_CAUSE, reason, end, endOrdinal, released).text();
        Path reasonPath = SetAside.of(target);
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
        List<DeadLetterFile> entries = DeadLetterFiles.list(config.directory(), sources.files());
        expiry.retain(entries.stream().map(DeadLetterFile::path).toList());
        long total = 0;
        for (DeadLetterFile entry : entries) {
            total += entry.bytes();
        }
        for (DeadLetterFile entry : entries) {
            boolean expired = expiry.isOver(entry.path(), entry.came());
            if (!expired && total <= config.deadLetterBytes()) {
                break;
            }
            if (entry.path().equals(filePath)) {
                end();
            }
            metrics.deadLettersDeleted.add(new TakingOut(sources.files()).deleteCounting(entry));
            total -= entry.bytes();
            metrics.deadLetterFilesDeleted.increment();
            LOG.warn(
                    "Dead letters are deleted, they are {}: file={} bytes={}",
                    expired ? "older than buffer.dead_letters.max_age" : "larger than buffer.dead_letters.max_size",
                    entry.path(),
                    entry.bytes());
        }
        bytes = total;
    }

    /**
     * Takes out those that are meant and that were there when it began, the oldest file first.
     *
     * @throws DeadLettersBusyException when another thread does so
     * @throws BufferClosedException from the taker: what it was given of the last file is still there
     */
    TakenOut takeOut(DeadLetterSelection selection, DeadLetterTaker taker)
            throws IOException, BufferClosedException, DeadLettersBusyException {
        List<DeadLetterFile> ended = beginTakingOut();
        try {
            return new TakingOut(sources.files()).takeOut(ended, selection, taker);
        } finally {
            endTakingOut();
        }
    }

    /**
     * Deletes those that are meant.
     *
     * @throws DeadLettersBusyException when another thread takes some out
     */
    TakenOut purge(DeadLetterSelection selection) throws IOException, DeadLettersBusyException {
        List<DeadLetterFile> ended = beginTakingOut();
        try {
            return new TakingOut(sources.files()).purge(ended, selection);
        } finally {
            endTakingOut();
        }
    }

    /** The files of this moment: none of them is written to any more. */
    private List<DeadLetterFile> beginTakingOut() throws IOException, DeadLettersBusyException {
        if (!takingOut.tryLock()) {
            throw new DeadLettersBusyException();
        }
        try {
            synchronized (this) {
                end();
                return DeadLetterFiles.list(config.directory(), sources.files());
            }
        } catch (IOException | RuntimeException e) {
            takingOut.unlock();
            throw e;
        }
    }

    private void endTakingOut() {
        takingOut.unlock();
        try {
            prune();
        } catch (IOException e) {
            LOG.warn("Dead letters cannot be counted: folder={} error=\"{}\"", folder, e.toString());
        }
    }

    @Override
    public synchronized void close() {
        end();
    }
}
