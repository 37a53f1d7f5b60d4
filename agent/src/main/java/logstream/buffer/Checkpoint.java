package logstream.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How far the frames of one chunk were released: saves sending them again after a restart, and does nothing else.
 *
 * <p>A hint: written by temp file and rename, never forced. It speaks of exactly one chunk (sequence and seed); without
 * that chunk, or with a higher index than that chunk has frames, it is ignored. No chunk is deleted before the reader has
 * walked through it in this process.
 *
 * <p>Format, little-endian: magic "LSCHECK\n" (8), sequence (8), seed (8), index of the first frame that was not
 * released (8), CRC-32C of the bytes before (4).
 */
record Checkpoint(long sequence, long seed, long index) {
    static final String FILE = "checkpoint";
    static final String TEMP_FILE = "checkpoint.tmp";

    private static final long MAGIC = 0x0a4b43454843534cL;
    private static final int BYTES = 36;

    void save(Path folder) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putLong(sequence).putLong(seed).putLong(index);
        bytes.putInt(checksum(bytes.array()));
        Path temp = folder.resolve(TEMP_FILE);
        Files.write(temp, bytes.array());
        Files.move(temp, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty when there is none, or none that checks: then all that is in the chunks is sent. */
    static Optional<Checkpoint> load(Path folder) {
        try {
            Path file = folder.resolve(FILE);
            if (!Files.isRegularFile(file) || Files.size(file) != BYTES) {
                return Optional.empty();
            }
            byte[] content = Files.readAllBytes(file);
            ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
            if (content.length != BYTES
                    || bytes.getLong(0) != MAGIC
                    || bytes.getInt(BYTES - 4) != checksum(content)
                    || bytes.getLong(24) < 0) {
                return Optional.empty();
            }
            return Optional.of(new Checkpoint(bytes.getLong(8), bytes.getLong(16), bytes.getLong(24)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static int checksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, BYTES - 4);
        return (int) crc.getValue();
    }
}
