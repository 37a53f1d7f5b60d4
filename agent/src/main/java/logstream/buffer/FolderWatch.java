package logstream.buffer;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the folder, or a file in it, is taken away while the agent runs: removed, moved, unmounted. An open file can
 * then still be written to and forced, and is worth nothing.
 *
 * <p>The file that is written to is looked for after each force, before anything is said to be durable; it and the lock
 * once a second; the others every ten. The folder and the lock are made again; the file that is written to is copied
 * back under its name from what is still open, so what is not yet read of it is not lost, and keys stay what they are. Unread
 * frames of other files that are gone are counted as dropped at once; of the one that is being read, the reader goes on as
 * long as it is open.
 *
 * <p>Threading: confined to the commit thread.
 */
final class FolderWatch {
    /** The file that is written to is not in the folder. It stays open until it is put back. */
    static final class MissingException extends IOException {
        private static final long serialVersionUID = 1;

        MissingException(String message) {
            super(message);
        }

        MissingException(String message, IOException cause) {
            super(message + " (" + cause + ")", cause);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_AT_ALL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final BufferState state;
    private final BufferConfig config;
    private final Sources sources;
    private final FolderLock folderLock;
    private final Metrics metrics;
    private final Seldom seldom;
    private long lookAt;
    private long lookAtAllAt;
    private boolean missing;

    FolderWatch(BufferState state, BufferConfig config, Sources sources, FolderLock folderLock, Metrics metrics) {
        this.state = state;
        this.config = config;
        this.sources = sources;
        this.folderLock = folderLock;
        this.metrics = metrics;
        this.seldom = new Seldom(sources.nanoTime());
        this.lookAt = now() + LOOK_NANOS;
        this.lookAtAllAt = now() + LOOK_AT_ALL_NANOS;
    }

    /**
     * After a force, before frames are said to be durable.
     *
     * @throws MissingException when their file is not in the folder, or nobody can say: {@link #look} sees to it in the next
     *     turn
     */
    void confirm(StagedChunk staged) throws MissingException {
        try {
            if (staged.isInPlace()) {
                return;
            }
        } catch (IOException e) {
            missing = true;
            throw new MissingException("nobody can say whether " + staged.path() + " is still there", e);
        }
        missing = true;
        throw new MissingException(staged.path() + " was removed while it was in use");
    }

    /**
     * In each turn: looks when it is time, and puts back what is missing.
     *
     * @throws MissingException when that fails: nothing may be said to be durable, try again
     * @throws FileAlreadyExistsException when another file lies where the one that is written to should: it is to be
     *     given up
     */
    void look(@Nullable StagedChunk staged) throws IOException {
        if (missing || now() - lookAt >= 0) {
            lookNow(staged);
        }
    }

    /** As {@link #look}, whether it is time or not. */
    void lookNow(@Nullable StagedChunk staged) throws IOException {
        lookAt = now() + LOOK_NANOS;
        try {
            boolean removed = makeFolderAgain();
            if (staged != null && !staged.isInPlace()) {
                missing = true;
                putBack(staged);
                removed = true;
            }
            missing = false;
            if (removed || now() - lookAtAllAt >= 0) {
                lookAtAllAt = now() + LOOK_AT_ALL_NANOS;
                forgetRemoved();
            }
        } catch (FileAlreadyExistsException e) {
            missing = false;
            giveUpName();
            throw e;
        } catch (IOException e) {
            missing = true;
            throw new MissingException("the buffer folder was removed while it was in use, and cannot be put back", e);
        }
    }

    /** Before a file is created in it. */
    void ensureFolder() throws IOException {
        if (makeFolderAgain()) {
            forgetRemoved();
        }
    }

    /** Returns whether the folder, or its lock, was gone. */
    private boolean makeFolderAgain() throws IOException {
        if (folderLock.isInPlace()) {
            return false;
        }
        if (seldom.due()) {
            LOG.error(
                    "The buffer folder, or its lock, was removed or replaced while it was in use: folder={}."
                            + " It is made again. To move the buffer, stop the agent first.",
                    config.directory());
        }
        folderLock.renew();
        return true;
    }

    private void putBack(StagedChunk staged) throws IOException {
        LOG.error("A chunk was removed while it was written to; it is put back from memory: file={}", staged.path());
        staged.putBack();
        state.lock.lock();
        try {
            Chunk last = state.chunks.last();
            if (last == null || !last.path().equals(staged.path())) {
                throw new IllegalStateException(staged.path() + " is written to and not the last chunk");
            }
            last.replaced();
        } finally {
            state.lock.unlock();
        }
    }

    private void giveUpName() {
        state.lock.lock();
        try {
            Chunk last = state.chunks.last();
            if (last != null) {
                last.nameTaken();
            }
        } finally {
            state.lock.unlock();
        }
    }

    /** Chunks that nobody can read any more make room, and count as dropped, at once. */
    private void forgetRemoved() throws IOException {
        List<Chunk> candidates;
        state.lock.lock();
        try {
            candidates = state.reading.unread();
        } finally {
            state.lock.unlock();
        }
        List<Chunk> removed = new ArrayList<>();
        for (Chunk chunk : candidates) {
            if (sources.files().identity(chunk.path()).isEmpty()) {
                removed.add(chunk);
            }
        }
        if (removed.isEmpty()) {
            return;
        }
        long frames = 0;
        state.lock.lock();
        try {
            for (Chunk chunk : removed) {
                frames += state.removed(chunk);
            }
        } finally {
            state.lock.unlock();
        }
        metrics.dropped(DropCause.DAMAGED).add(frames);
        LOG.error(
                "Chunks were removed while the agent runs; what was not yet read of them is lost: folder={} chunks={} frames={}",
                config.directory(),
                removed.size(),
                frames);
    }

    private long now() {
        return sources.nanoTime().getAsLong();
    }
}
