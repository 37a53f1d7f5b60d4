package logstream.buffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that are in the folder.
 *
 * <p>Invariant: they are in the order of their sequence, each beginning at or behind the ordinal at which the one before
 * ends; only the last may still grow. One that has a successor is <em>sealed</em>.
 *
 * <p>Threading: guarded by the buffer's lock.
 */
final class ChunkList {
    private final Deque<Chunk> chunks = new ArrayDeque<>();

    ChunkList(List<Chunk> recovered) {
        chunks.addAll(recovered);
    }

    int count() {
        return chunks.size();
    }

    List<Chunk> all() {
        return new ArrayList<>(chunks);
    }

    @Nullable
    Chunk last() {
        return chunks.peekLast();
    }

    boolean isLast(Chunk chunk) {
        return chunks.peekLast() == chunk;
    }

    void add(Chunk next) {
        chunks.addLast(next);
    }

    boolean contains(Chunk chunk) {
        return chunks.contains(chunk);
    }

    /** False when it was removed before. */
    boolean remove(Chunk chunk) {
        return chunks.remove(chunk);
    }

    /** The first chunk behind a sequence number, or null. */
    @Nullable
    Chunk behind(long sequence) {
        for (Chunk chunk : chunks) {
            if (chunk.sequence() > sequence) {
                return chunk;
            }
        }
        return null;
    }

    /** The oldest sealed chunk, if all of its frames lie below the ordinal; or null. */
    @Nullable
    Chunk sealedBelow(long ordinal) {
        for (Chunk chunk : chunks) {
            if (isLast(chunk)) {
                return null;
            }
            if (chunk.endOrdinal() <= ordinal) {
                return chunk;
            }
        }
        return null;
    }

    /** The oldest sealed chunk with frames at or behind the ordinal; or null. */
    @Nullable
    Chunk sealedWith(long ordinal) {
        for (Chunk chunk : chunks) {
            if (isLast(chunk)) {
                return null;
            }
            if (chunk.endOrdinal() > ordinal) {
                return chunk;
            }
        }
        return null;
    }

    /** Bytes of all sealed chunks. */
    long sealedBytes() {
        long bytes = 0;
        for (Chunk chunk : chunks) {
            bytes += isLast(chunk) ? 0 : chunk.end();
        }
        return bytes;
    }

    void checkInvariant() {
        Chunk before = null;
        for (Chunk chunk : chunks) {
            if (before != null
                    && (before.sequence() >= chunk.sequence() || before.endOrdinal() > chunk.firstOrdinal())) {
                throw new IllegalStateException(before.path() + " to " + before.endOrdinal() + " overlaps "
                        + chunk.path() + " from " + chunk.firstOrdinal());
            }
            before = chunk;
        }
    }
}
