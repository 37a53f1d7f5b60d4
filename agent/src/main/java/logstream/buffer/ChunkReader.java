package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the frames of one chunk file, over damaged stretches if need be.
 *
 * <p>A frame is only given out when its checksum is right for its bytes, its place and its index, and its index is
 * behind that of the frame before. Where that is not so, the next place at which a frame checks is looked for, byte by
 * byte; nearly all places are ruled out by length, index and kind alone.
 *
 * <p>Reads in blocks; bytes at or beyond the limit it is given are neither read nor kept, since they may still change.
 * A place that the disk cannot read is tried {@value #READ_ATTEMPTS} times, then counts as damaged.
 *
 * <p>Threading: confined to one thread. Memory: a block, or the largest frame while that is read.
 */
final class ChunkReader implements Closeable {
    static final int BLOCK_BYTES = 64 << 10;
    private static final int SECTOR_BYTES = 4096;
    private static final int READ_ATTEMPTS = 3;
    private static final int MAX_STRETCHES = 1000;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ChunkFile file;
    private final ChunkHeader header;
    private final CRC32C crc = new CRC32C();
    private long position = ChunkFormat.FIRST_FRAME_AT;
    private int nextIndex;
    private final List<TornFiles.Stretch> damaged = new ArrayList<>();

    /** Where the search goes on after the disk failed: at the position, or behind it in a damaged stretch. */
    private long searchAt = ChunkFormat.FIRST_FRAME_AT;

    /** Where the file was seen to end in this turn. */
    private long fileEnd;

    private byte[] block = new byte[BLOCK_BYTES];
    private long blockAt;
    private int blockLength;

    private long failedAt = -1;
    private int failures;

    ChunkReader(ChunkFile file, ChunkHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * A frame that checks.
     *
     * @param at its offset in the file
     */
    record Found(long at, int index, FrameKind kind, byte[] payload) {
        long end() {
            return at + FrameBatch.HEADER_BYTES + payload.length;
        }
    }

    /** Goes on in another file with the same bytes, and more. */
    void continueIn(ChunkFile same) throws IOException {
        ChunkFile before = file;
        file = same;
        before.close();
    }

    /** Everything before was given out, or is damaged. */
    long position() {
        return position;
    }

    /** What was passed over because it did not check; of very many stretches, the first. */
    List<TornFiles.Stretch> damaged() {
        return damaged;
    }

    private void passed(long to) {
        if (position < to && damaged.size() < MAX_STRETCHES) {
            damaged.add(new TornFiles.Stretch(position, to));
        }
    }

    /**
     * The next frame that ends at or before the limit; null when there is none, and then the position is at the limit.
     *
     * @throws IOException when the disk does not give the bytes: the position stays, call again
     */
    @Nullable
    Found next(long limit) throws IOException {
        fileEnd = Long.MAX_VALUE;
        while (searchAt + FrameBatch.HEADER_BYTES <= Math.min(limit, fileEnd)) {
            Found found = frameAt(searchAt, Math.min(limit, fileEnd));
            if (found != null) {
                passed(found.at);
                position = found.end();
                searchAt = position;
                nextIndex = found.index + 1;
                return found;
            }
            searchAt++;
        }
        passed(limit);
        position = Math.max(position, limit);
        searchAt = position;
        return null;
    }

    private @Nullable Found frameAt(long at, long limit) throws IOException {
        int start = load(at, FrameBatch.HEADER_BYTES, limit);
        if (start < 0) {
            return null;
        }
        int length = (int) INT.get(block, start);
        int indexAndKind = (int) INT.get(block, start + ChunkFormat.INDEX_AT);
        int index = indexAndKind & 0xffffff;
        long mostFramesBefore = (at - ChunkFormat.FIRST_FRAME_AT) / FrameBatch.HEADER_BYTES;
        if (length < 0
                || length > FrameBatch.MAX_PAYLOAD_BYTES
                || at + FrameBatch.HEADER_BYTES + length > limit
                || index < nextIndex
                || index > mostFramesBefore) {
            return null;
        }
        FrameKind kind = FrameKind.of((byte) (indexAndKind >>> 24));
        if (kind == null) {
            return null;
        }
        start = load(at, FrameBatch.HEADER_BYTES + length, limit);
        if (start < 0) {
            return null;
        }
        crc.reset();
        crc.update(block, start + ChunkFormat.KIND_AT, length + 1);
        int mask = ChunkFormat.mask(header.seed(), header.sequence(), at, length, index);
        if ((int) INT.get(block, start + ChunkFormat.CHECKSUM_AT) != ((int) crc.getValue() ^ mask)) {
            return null;
        }
        int payload = start + FrameBatch.HEADER_BYTES;
        return new Found(at, index, kind, Arrays.copyOfRange(block, payload, payload + length));
    }

    /** Has the bytes in the block and returns where they begin in it; -1 when the file ends before. */
    private int load(long at, int bytes, long limit) throws IOException {
        if (at < blockAt || at + bytes > blockAt + blockLength) {
            fill(at, bytes, limit);
        }
        return at + bytes <= blockAt + blockLength ? (int) (at - blockAt) : -1;
    }

    private void fill(long at, int bytes, long limit) throws IOException {
        int size = Math.max(BLOCK_BYTES, bytes);
        if (block.length != size) {
            block = new byte[size];
        }
        blockAt = at;
        blockLength = 0;
        int wanted = (int) Math.min(size, limit - at);
        try {
            blockLength = file.readFully(ByteBuffer.wrap(block, 0, wanted), at);
            if (blockLength < wanted) {
                fileEnd = at + blockLength;
            }
            failures = 0;
        } catch (IOException e) {
            failures = failedAt == at ? failures + 1 : 1;
            failedAt = at;
            if (failures < READ_ATTEMPTS) {
                throw e;
            }
            blockLength = fillBySectors(at, wanted);
        }
    }

    /** Reads what can be read; the rest is zeros, which are no frame. */
    private int fillBySectors(long at, int wanted) {
        Arrays.fill(block, 0, wanted, (byte) 0);
        int done = 0;
        while (done < wanted) {
            int untilSector = SECTOR_BYTES - (int) ((at + done) % SECTOR_BYTES);
            int piece = Math.min(untilSector, wanted - done);
            try {
                file.readFully(ByteBuffer.wrap(block, done, piece).slice(), at + done);
            } catch (IOException _) {
                Arrays.fill(block, done, done + piece, (byte) 0);
            }
            done += piece;
        }
        return wanted;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
