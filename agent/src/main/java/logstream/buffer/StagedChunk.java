package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The write side of the last chunk.
 *
 * <p>Invariant: {@code end} and {@code count} grow only after all bytes of the frames were written; a failed write leaves
 * them as they were, and bytes behind the end that are not known.
 *
 * <p>Threading: confined to the commit thread.
 */
final class StagedChunk implements Closeable {
    /** Frames are completed in here on their way from the block to the file. */
    static final int WRITE_BYTES = 256 << 10;

    private final ChunkFiles files;
    private final Path path;
    private final ChunkHeader header;
    private final ByteBuffer out;
    private final int chunkBytes;
    private ChunkFile file;
    private Object identity;
    private long end = ChunkFormat.FIRST_FRAME_AT;
    private int count;

    private StagedChunk(
            ChunkFiles files,
            Path path,
            ChunkHeader header,
            ByteBuffer out,
            int chunkBytes,
            ChunkFile file,
            Object identity) {
        this.files = files;
        this.path = path;
        this.header = header;
        this.out = out;
        this.chunkBytes = chunkBytes;
        this.file = file;
        this.identity = identity;
    }

    /** The memory that {@link #create} wants: taken once, passed from chunk to chunk. */
    static ByteBuffer writeMemory() {
        return ByteBuffer.allocateDirect(WRITE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Creates the file, writes and forces its header and syncs the folder: from then on its predecessors may be deleted.
     * After a failure there is no file, if it lets itself be deleted.
     */
    static StagedChunk create(ChunkFiles files, Path path, ChunkHeader header, ByteBuffer out, int chunkBytes)
            throws IOException {
        ChunkFile file = files.create(path);
        try {
            file.writeFully(header.toBytes(), 0);
            file.force();
            files.syncFolder(folderOf(path));
            return new StagedChunk(files, path, header, out, chunkBytes, file, identity(files, path));
        } catch (IOException e) {
            try (file) {
                files.delete(path);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static Path folderOf(Path path) {
        Path folder = path.getParent();
        if (folder == null) {
            throw new IllegalStateException("a chunk outside of any folder: " + path);
        }
        return folder;
    }

    private static Object identity(ChunkFiles files, Path path) throws IOException {
        return files.identity(path).orElseThrow(() -> new IOException(path + " is gone as soon as it was made"));
    }

    Path path() {
        return path;
    }

    /** Whether the path still names the file that is written to. */
    boolean isInPlace() throws IOException {
        return files.identity(path).filter(identity::equals).isPresent();
    }

    /**
     * Copies what was written into a new file under the same name, forced and synced as at first, and goes on in that.
     *
     * @throws java.nio.file.FileAlreadyExistsException when another file lies there
     * @throws IOException when it could not be copied: the old file is still open, call again
     */
    void putBack() throws IOException {
        ChunkFile copy = files.create(path);
        try {
            for (long at = 0; at < end; ) {
                out.clear();
                out.limit((int) Math.min(out.capacity(), end - at));
                int got = file.readFully(out, at);
                if (got == 0) {
                    throw new IOException("the removed file ends at " + at + ", not at " + end);
                }
                copy.writeFully(out.flip(), at);
                at += got;
            }
            copy.force();
            files.syncFolder(folderOf(path));
            identity = identity(files, path);
        } catch (IOException e) {
            try (copy) {
                files.delete(path);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
        ChunkFile removed = file;
        file = copy;
        removed.close();
    }

    long end() {
        return end;
    }

    /** Bytes that may still be written, about. */
    long remaining() {
        return Math.max(0, chunkBytes - end);
    }

    long endOrdinal() {
        return header.firstOrdinal() + count;
    }

    /** Where the frames of {@code [from, to)} stop that still go into this chunk; {@code from} when it is to be sealed. */
    int fitting(byte[] bytes, int from, int to) {
        int at = from;
        long endThen = end;
        while (at < to) {
            int frameBytes = FrameBatch.frameBytes(bytes, at);
            boolean alone = endThen == ChunkFormat.FIRST_FRAME_AT;
            if (endThen + frameBytes > chunkBytes && !alone) {
                break;
            }
            endThen += frameBytes;
            at += frameBytes;
        }
        return at;
    }

    /** Gives the frames of {@code [from, to)} their places and writes them. */
    void append(byte[] bytes, int from, int to) throws IOException {
        out.clear();
        long flushed = end;
        long offset = end;
        int index = count;
        for (int frame = from; frame < to; ) {
            int frameBytes = FrameBatch.frameBytes(bytes, frame);
            if (out.remaining() < Math.min(frameBytes, WRITE_BYTES)) {
                flushed += flush(flushed);
            }
            putHeader(bytes, frame, frameBytes - FrameBatch.HEADER_BYTES, offset, index);
            int payloadEnd = frame + frameBytes;
            for (int at = frame + FrameBatch.HEADER_BYTES; at < payloadEnd; ) {
                if (!out.hasRemaining()) {
                    flushed += flush(flushed);
                }
                int piece = Math.min(out.remaining(), payloadEnd - at);
                out.put(bytes, at, piece);
                at += piece;
            }
            offset += frameBytes;
            index++;
            frame = payloadEnd;
        }
        flushed += flush(flushed);
        if (flushed != offset) {
            throw new IllegalStateException("wrote up to " + flushed + ", not up to " + offset);
        }
        end = offset;
        count = index;
    }

    private void putHeader(byte[] bytes, int frame, int payloadLength, long offset, int index) {
        int at = out.position();
        int mask = ChunkFormat.mask(header.seed(), header.sequence(), offset, payloadLength, index);
        out.put(bytes, frame, FrameBatch.HEADER_BYTES);
        out.putInt(at + ChunkFormat.CHECKSUM_AT, out.getInt(at + ChunkFormat.CHECKSUM_AT) ^ mask);
        out.putInt(at + ChunkFormat.INDEX_AT, out.getInt(at + ChunkFormat.INDEX_AT) | index);
    }

    private int flush(long position) throws IOException {
        out.flip();
        int bytes = out.remaining();
        file.writeFully(out, position);
        out.clear();
        return bytes;
    }

    void force() throws IOException {
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
