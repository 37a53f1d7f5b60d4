package logstream.forward;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses zstd.
 *
 * <p>Format (RFC 8878): frames one after the other, some of which may be skippable. A frame that wants a window above 8
 * MiB, which the RFC asks a decoder to support at least, or a dictionary, is refused. Checksums are checked where a frame has one.
 *
 * <p>The library is native: it is loaded with the first payload, and what it allocates (a window and 300 KiB) is freed with
 * the end of each. See docs/decisions/0006-zstd.md.
 *
 * <p>Threading: confined to the thread of the connection that has borrowed it.
 */
final class Zstd implements Decompressor {
    /** Two to the power of this many bytes, 8 MiB, is the largest window. */
    private static final int LARGEST_WINDOW_LOG = 23;

    /** The library's code for a frame whose window is larger than was allowed; the binding has it negative. */
    private static final long WINDOW_TOO_LARGE = 16;

    private final byte[] window = new byte[ForwardLimits.WINDOW_BYTES];
    private @Nullable ZstdDecompressCtx context;
    private boolean insideFrame;
    private int consumed;
    private int produced;

    @Override
    public byte[] window() {
        return window;
    }

    @Override
    public void begin() throws PayloadException {
        insideFrame = false;
        try {
            context = new ZstdDecompressCtx().setLongMax(LARGEST_WINDOW_LOG);
        } catch (LinkageError e) {
            throw new PayloadException(
                    MalformedCause.UNSUPPORTED_COMPRESSION,
                    "zstd, whose native library cannot be loaded (" + reason(e) + "); start the agent with "
                            + "-DZstdTempFolder=DIR in LOGSTREAM_JAVA_OPTS, where DIR is a folder that it may write to and "
                            + "execute from, or let the sender compress with gzip");
        }
    }

    @Override
    public void decompress(byte[] in, int from, int count, byte[] out, int at, int room) throws PayloadException {
        ZstdDecompressCtx begun = context;
        if (begun == null) {
            throw new IllegalStateException("no payload has begun");
        }
        ByteBuffer source = ByteBuffer.wrap(in, from, count);
        ByteBuffer target = ByteBuffer.wrap(out, at, room);
        try {
            boolean frameEnded = begun.decompressByteBufferStream(target, source);
            insideFrame = !frameEnded && (insideFrame || source.position() > from);
        } catch (ZstdException e) {
            throw Math.abs(e.getErrorCode()) == WINDOW_TOO_LARGE
                    ? new PayloadException(MalformedCause.OVER_LIMIT, "zstd with a window of more than 8 MiB")
                    : new PayloadException(
                            MalformedCause.BROKEN_PAYLOAD, "zstd that is broken (" + e.getMessage() + ")");
        }
        consumed = source.position() - from;
        produced = target.position() - at;
    }

    @Override
    public int consumed() {
        return consumed;
    }

    @Override
    public int produced() {
        return produced;
    }

    @Override
    public boolean mayEnd() {
        return !insideFrame;
    }

    @Override
    public void end() {
        if (context != null) {
            context.close();
            context = null;
        }
    }

    /** The first failure says why in itself, each later one in its cause. */
    private static String reason(LinkageError failure) {
        Throwable first = failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(first.getMessage()).lines().findFirst().orElse("");
    }
}
