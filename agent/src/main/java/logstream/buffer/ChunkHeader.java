package logstream.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a chunk file says of itself, see {@link ChunkFormat}. Immutable.
 *
 * @param createdMillis since 1970
 * @param predecessor sequence number of the chunk before, or {@link ChunkFormat#NO_PREDECESSOR}
 * @param predecessorEnd offset in the predecessor up to which it is confirmed
 */
record ChunkHeader(
        long sequence,
        long identity,
        long createdMillis,
        long firstOrdinal,
        long seed,
        long predecessor,
        long predecessorEnd) {
    /** What the first bytes of a file turned out to be. */
    sealed interface Look {
        record Valid(ChunkHeader header) implements Look {}

        /** Ours by its first bytes, of a version we do not know. */
        record OtherVersion(int version) implements Look {}

        /** Neither header nor copy checks. */
        record Unreadable() implements Look {}
    }

    /** Both copies of the header and what lies between: the file up to its first frame. */
    ByteBuffer toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(ChunkFormat.FIRST_FRAME_AT).order(ByteOrder.LITTLE_ENDIAN);
        put(bytes, 0);
        put(bytes, ChunkFormat.HEADER_COPY_AT);
        return bytes;
    }

    private void put(ByteBuffer bytes, int at) {
        bytes.putLong(at, ChunkFormat.MAGIC);
        bytes.putInt(at + 8, ChunkFormat.VERSION);
        bytes.putLong(at + 16, sequence);
        bytes.putLong(at + 24, identity);
        bytes.putLong(at + 32, createdMillis);
        bytes.putLong(at + 40, firstOrdinal);
        bytes.putLong(at + 48, seed);
        bytes.putLong(at + 56, predecessor);
        bytes.putLong(at + 64, predecessorEnd);
        bytes.putInt(at + 76, checksum(bytes, at));
    }

    private static int checksum(ByteBuffer bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at, 76));
        return (int) crc.getValue();
    }

    /** Reads the header, or its copy when that does not check. A short file is unreadable, not an error. */
    static Look look(ChunkFile file) throws IOException {
        ByteBuffer first = readAt(file, 0);
        ChunkHeader header = parse(first);
        if (header != null) {
            return new Look.Valid(header);
        }
        ByteBuffer copy = readAt(file, ChunkFormat.HEADER_COPY_AT);
        header = parse(copy);
        if (header != null) {
            return new Look.Valid(header);
        }
        if (first.getLong(0) == ChunkFormat.MAGIC && first.getInt(8) != ChunkFormat.VERSION) {
            return new Look.OtherVersion(first.getInt(8));
        }
        return new Look.Unreadable();
    }

    private static ByteBuffer readAt(ChunkFile file, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(ChunkFormat.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(bytes, position);
        return bytes;
    }

    private static @Nullable ChunkHeader parse(ByteBuffer bytes) {
        if (bytes.getLong(0) != ChunkFormat.MAGIC
                || bytes.getInt(8) != ChunkFormat.VERSION
                || bytes.getInt(76) != checksum(bytes, 0)) {
            return null;
        }
        return new ChunkHeader(
                bytes.getLong(16),
                bytes.getLong(24),
                bytes.getLong(32),
                bytes.getLong(40),
                bytes.getLong(48),
                bytes.getLong(56),
                bytes.getLong(64));
    }
}
