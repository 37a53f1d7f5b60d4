package logstream.buffer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Reads every frame of a folder and tells what is damaged. Takes no lock and writes nothing; a chunk that goes or grows
 * meanwhile is no damage.
 *
 * <p>Threading: confined to one thread.
 */
public final class FolderCheck {
    /** The bar moves this often; more would cost more than reading. */
    private static final int FRAMES_A_STEP = 1000;

    private final ChunkFiles files;
    private final FolderView view;
    private final boolean live;
    private final Consumer<Damage> onDamage;
    private final LongConsumer onRead;
    private long chunks;
    private long frames;
    private long bytes;
    private long damages;
    private long lostFrames;
    private long doneBytes;

    /**
     * Something that does not check.
     *
     * @param file in which it is
     * @param from offset of its first byte
     * @param to offset after its last byte
     * @param what it means
     */
    public record Damage(Path file, long from, long to, String what) {}

    /**
     * What was found.
     *
     * @param chunks that were read, without those that went meanwhile
     * @param frames that check
     * @param bytes of these, headers included
     * @param damages places that do not check
     * @param lostFrames that should be in the chunks and cannot be read
     */
    public record Result(long chunks, long frames, long bytes, long damages, long lostFrames) {}

    /**
     * @param live whether an agent uses the folder: then what does not check at the end of the last chunk, or in a file
     *     that has just been begun, is being written
     * @param onDamage told of each damage as it is found
     * @param onRead told how many bytes are done, now and then
     */
    public FolderCheck(FolderView view, boolean live, Consumer<Damage> onDamage, LongConsumer onRead) {
        this(ChunkFiles.REAL, view, live, onDamage, onRead);
    }

    FolderCheck(ChunkFiles files, FolderView view, boolean live, Consumer<Damage> onDamage, LongConsumer onRead) {
        this.files = files;
        this.view = view;
        this.live = live;
        this.onDamage = onDamage;
        this.onRead = onRead;
    }

    /** Reads everything once. */
    public Result run() throws IOException {
        for (FolderView.ChunkView chunk : view.chunks()) {
            if (chunk.staged()) {
                checkLast(chunk);
            } else {
                checkSealed(chunk, chunk.end(), chunk.endOrdinal());
            }
            doneBytes += chunk.bytes();
            onRead.accept(doneBytes);
        }
        for (FolderView.OtherFile other : view.others()) {
            boolean chunk = ChunkFormat.sequence(other.path()).isPresent();
            if (chunk && other.torn() && !live) {
                damage(other.path(), 0, other.bytes(), other.why() + "; the next start sets it aside");
            }
        }
        return new Result(chunks, frames, bytes, damages, lostFrames);
    }

    private void checkSealed(FolderView.ChunkView chunk, long end, long endOrdinal) throws IOException {
        Optional<Walk> walked = walk(chunk, end, endOrdinal);
        if (walked.isEmpty()) {
            return;
        }
        Walk walk = walked.get();
        count(walk);
        for (TornFiles.Stretch stretch : walk.damaged) {
            damage(chunk.path(), stretch.from(), stretch.to(), "these bytes do not check");
        }
        long lost = endOrdinal - chunk.firstOrdinal() - walk.frames;
        if (lost > 0 && Files.exists(chunk.path())) {
            lostFrames += lost;
            if (walk.damaged.isEmpty()) {
                damage(chunk.path(), end, end, "frames are missing from here to the next chunk in the folder");
            }
        }
    }

    /** Up to where the last chunk is confirmed nobody says but its own frames. */
    private void checkLast(FolderView.ChunkView chunk) throws IOException {
        long size;
        try {
            size = Files.size(chunk.path());
        } catch (NoSuchFileException _) {
            return;
        }
        Optional<Walk> walked = walk(chunk, size, Long.MAX_VALUE);
        if (walked.isEmpty()) {
            return;
        }
        Walk walk = walked.get();
        boolean openEnd = !walk.damaged.isEmpty() && walk.damaged.getLast().to() == size;
        Optional<FolderView.ChunkView> successor = openEnd ? successor(chunk) : Optional.empty();
        if (successor.isPresent()) {
            checkSealed(chunk, successor.get().predecessorEnd(), successor.get().firstOrdinal());
            return;
        }
        count(walk);
        for (TornFiles.Stretch stretch : walk.damaged) {
            if (stretch.to() < size) {
                damage(chunk.path(), stretch.from(), stretch.to(), "these bytes do not check");
            } else if (!live) {
                damage(
                        chunk.path(),
                        stretch.from(),
                        stretch.to(),
                        "the last run was cut off here; the next start sets these bytes aside");
            }
        }
        lostFrames += walk.endOrdinal - chunk.firstOrdinal() - walk.frames;
    }

    /** The chunk that was begun behind this one after the folder was looked at. */
    private Optional<FolderView.ChunkView> successor(FolderView.ChunkView chunk) throws IOException {
        return FolderView.look(view.folder(), files).chunks().stream()
                .filter(one -> one.predecessor() == chunk.sequence())
                .findFirst();
    }

    /**
     * What a chunk turned out to hold.
     *
     * @param endOrdinal the ordinal after the last frame that checks
     */
    private record Walk(long frames, long bytes, long endOrdinal, List<TornFiles.Stretch> damaged) {}

    /** Empty when the chunk is gone. */
    private Optional<Walk> walk(FolderView.ChunkView chunk, long end, long endOrdinal) throws IOException {
        try (StoredFrames stored = FolderView.frames(files, chunk, chunk.firstOrdinal(), end, endOrdinal)) {
            long found = 0;
            long foundBytes = 0;
            long last = chunk.firstOrdinal();
            for (StoredFrame frame = stored.next(); frame != null; frame = stored.next()) {
                found++;
                foundBytes += FrameBatch.HEADER_BYTES + frame.payload().length;
                last = frame.ordinal() + 1;
                if (found % FRAMES_A_STEP == 0) {
                    onRead.accept(doneBytes + stored.position());
                }
            }
            return Optional.of(new Walk(found, foundBytes, last, stored.damaged()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private void count(Walk walk) {
        chunks++;
        frames += walk.frames;
        bytes += walk.bytes;
    }

    private void damage(Path file, long from, long to, String what) {
        damages++;
        onDamage.accept(new Damage(file, from, to, what));
    }
}
