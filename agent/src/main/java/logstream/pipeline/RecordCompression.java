package logstream.pipeline;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import logstream.kinesis.PackingConfig.Compression;

/**
 * Compresses records, each by itself, and tells by their first bytes which ones are.
 *
 * <p>Invariant: what begins as gzip or zstd does was compressed here. So a record that would not become smaller stays as it
 * is, unless it happens to begin so.
 *
 * <p>Threading: confined to one thread, but for {@link #decompressed}.
 */
public final class RecordCompression {
    /** Of a single record when it is decompressed. Our choice: what is larger was not made by an agent. */
    private static final int MOST_BYTES = 16 << 20;

    private static final int ZSTD_LEVEL = 3;

    /** Of RFC 1952: deflate, no flags, no time, an unknown system. */
    private static final byte[] GZIP_START = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final int GZIP_TRAILER_BYTES = 8;
    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private final Compressor compressor;

    /** Makes one array of another. */
    private interface Compressor {
        byte[] compress(byte[] plain);
    }

    private RecordCompression(Compressor compressor) {
        this.compressor = compressor;
    }

    /**
     * Compresses so.
     *
     * @throws LinkageError when it is zstd and its native library cannot be loaded
     */
    public static RecordCompression of(Compression compression) {
        return new RecordCompression(
                switch (compression) {
                    case NONE -> plain -> plain;
                    case GZIP -> gzip();
                    case ZSTD -> zstd();
                });
    }

    /** The bytes to send. */
    byte[] compressed(byte[] plain) {
        byte[] compressed = compressor.compress(plain);
        return compressed.length < plain.length || isCompressed(plain) ? compressed : plain;
    }

    /** What was compressed; empty when it was not, or cannot be read. */
    public static Optional<byte[]> decompressed(byte[] data) {
        if (!isCompressed(data)) {
            return Optional.empty();
        }
        try (InputStream in = open(data)) {
            byte[] plain = in.readNBytes(MOST_BYTES + 1);
            return plain.length > MOST_BYTES ? Optional.empty() : Optional.of(plain);
        } catch (IOException | LinkageError unreadable) {
            return Optional.empty();
        }
    }

    private static InputStream open(byte[] data) throws IOException {
        InputStream bytes = new ByteArrayInputStream(data);
        return startsWith(data, GZIP_MAGIC) ? new GZIPInputStream(bytes) : new ZstdInputStream(bytes);
    }

    private static boolean isCompressed(byte[] data) {
        return startsWith(data, GZIP_MAGIC) || startsWith(data, ZSTD_MAGIC);
    }

    private static boolean startsWith(byte[] data, byte[] magic) {
        return data.length >= magic.length && Arrays.equals(data, 0, magic.length, magic, 0, magic.length);
    }

    /** Not freed before the process ends: the shipper lives as long. */
    private static Compressor zstd() {
        ZstdCompressCtx context = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
        return context::compress;
    }

    /** One deflater for all records: each new one would cost a quarter of a megabyte to set up. */
    private static Compressor gzip() {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        CRC32 crc = new CRC32();
        return plain -> {
            deflater.reset();
            deflater.setInput(plain);
            deflater.finish();
            byte[] out = Arrays.copyOf(GZIP_START, GZIP_START.length + plain.length / 2 + 64);
            int length = GZIP_START.length;
            while (!deflater.finished()) {
                if (length == out.length) {
                    out = Arrays.copyOf(out, 2 * out.length);
                }
                length += deflater.deflate(out, length, out.length - length);
            }
            crc.reset();
            crc.update(plain);
            byte[] whole = Arrays.copyOf(out, length + GZIP_TRAILER_BYTES);
            ByteBuffer.wrap(whole)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(length, (int) crc.getValue())
                    .putInt(length + Integer.BYTES, plain.length);
            return whole;
        };
    }
}
