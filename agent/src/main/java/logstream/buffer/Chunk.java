package logstream.buffer;

import java.nio.file.Path;

/**
 * One chunk file as the buffer knows it: what may be read of it, and which frames that are.
 *
 * <p>Invariant: bytes from the first frame to {@link #end} are confirmed and hold the frames from the header's first
 * ordinal up to {@link #endOrdinal}, as far as they are not damaged. Both only grow, and no more once the chunk has a
 * successor.
 *
 * <p>Threading: path and header are immutable; {@link #isNameTaken} may be asked by anyone; the rest is guarded by the
 * buffer's lock.
 */
final class Chunk {
    private final Path path;
    private final ChunkHeader header;
    private long end;
    private long endOrdinal;
    private int replacements;
    private boolean leaving;
    private volatile boolean nameTaken;

    Chunk(Path path, ChunkHeader header, long end, long endOrdinal) {
        this.path = path;
        this.header = header;
        this.end = end;
        this.endOrdinal = endOrdinal;
    }

    Path path() {
        return path;
    }

    ChunkHeader header() {
        return header;
    }

    long sequence() {
        return header.sequence();
    }

    long firstOrdinal() {
        return header.firstOrdinal();
    }

    long end() {
        return end;
    }

    long endOrdinal() {
        return endOrdinal;
    }

    /** Frames from the first to the confirmed end, damaged ones included. */
    long frames() {
        return endOrdinal - header.firstOrdinal();
    }

    /** How often its file was put back under its name after it had been removed: who has it open is to open it again. */
    int replacements() {
        return replacements;
    }

    void replaced() {
        replacements++;
    }

    /** Whether the reader is about to take the file away itself. */
    boolean isLeaving() {
        return leaving;
    }

    void leaving(boolean isLeaving) {
        leaving = isLeaving;
    }

    /** Whether another file lies under its name, which is none of ours to open, move or delete. */
    boolean isNameTaken() {
        return nameTaken;
    }

    void nameTaken() {
        nameTaken = true;
    }

    void confirm(long newEnd, long newEndOrdinal) {
        if (newEnd < end || newEndOrdinal < endOrdinal) {
            throw new IllegalStateException("confirmed end went back from " + end + "/" + endOrdinal + " to " + newEnd
                    + "/" + newEndOrdinal + " in " + path);
        }
        end = newEnd;
        endOrdinal = newEndOrdinal;
    }
}
