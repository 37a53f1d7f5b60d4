package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the letters of one file, see {@link LetterFormat}, over damaged stretches if need be: behind one, the next place
 * at which a letter checks is looked for, byte by byte.
 *
 * <p>The file may grow meanwhile: what is not yet whole at its end is not given out, and is no error.
 *
 * <p>Threading: confined to one thread. Memory: a block, or the largest letter while that is read.
 */
public final class LetterReader implements Closeable {
    private static final int BLOCK_BYTES = 64 << 10;

    private final ChunkFile file;
    private final long end;
    private byte[] block = new byte[BLOCK_BYTES];
    private long blockAt;
    private int blockLength;
    private long at = LetterFormat.FILE_HEADER_BYTES;
    private TornFiles.Stretch passed = new TornFiles.Stretch(at, at);
    private long damagedBytes;

    private LetterReader(ChunkFile file, long end) {
        this.file = file;
        this.end = end;
    }

    /**
     * Opens a file of letters.
     *
     * @throws IOException when it is none, or is not to be had
     */
    public static LetterReader open(Path path) throws IOException {
        return open(ChunkFiles.REAL, path);
    }

    static LetterReader open(ChunkFiles files, Path path) throws IOException {
        String why = whyNot(files, path);
        if (!why.isEmpty()) {
            throw new IOException(path + ": " + why);
        }
        ChunkFile file = files.open(path);
        try {
            return new LetterReader(file, file.size());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Why a file cannot be read as one of letters; empty when it can. */
    static String whyNot(ChunkFiles files, Path path) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(LetterFormat.FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (ChunkFile file = files.open(path)) {
            int read = file.readFully(header, 0);
            if (read < LetterFormat.FILE_HEADER_BYTES || header.getLong(0) != LetterFormat.MAGIC) {
                return "it does not begin as a file of dead letters does";
            }
        }
        int version = header.getInt(8);
        return version == LetterFormat.VERSION ? "" : "its format version is " + version;
    }

    /** The next letter that checks; null when there is none. */
    public @Nullable DeadLetter next() throws IOException {
        long from = at;
        while (at + LetterFormat.LETTER_HEADER_BYTES <= end) {
            long letterAt = at;
            DeadLetter letter = letterHere();
            if (letter != null) {
                passed(from, letterAt);
                return letter;
            }
            at++;
        }
        at = end;
        passed(from, end);
        return null;
    }

    private void passed(long from, long to) {
        passed = new TornFiles.Stretch(from, to);
        damagedBytes += to - from;
    }

    private @Nullable DeadLetter letterHere() throws IOException {
        int start = load(LetterFormat.LETTER_HEADER_BYTES);
        long letterBytes = start < 0 ? -1 : LetterFormat.letterBytes(block, start, end - at);
        if (letterBytes < 0) {
            return null;
        }
        start = load((int) letterBytes);
        DeadLetter letter = start < 0 ? null : LetterFormat.parse(block, start, (int) letterBytes);
        if (letter != null) {
            at += letterBytes;
        }
        return letter;
    }

    /** Bytes passed over because they do not check. */
    public long damagedBytes() {
        return damagedBytes;
    }

    /** What the last {@link #next} passed over, before the letter that it gave out or the end. */
    TornFiles.Stretch passed() {
        return passed;
    }

    /** Copies bytes as they are, behind what was written before; returns the new end. */
    long copy(TornFiles.Stretch stretch, ChunkFile to, long toEnd) throws IOException {
        long written = toEnd;
        for (long from = stretch.from(); from < stretch.to(); ) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BLOCK_BYTES, stretch.to() - from));
            int read = file.readFully(bytes, from);
            if (read == 0) {
                throw new IOException("the file ends at " + from + " instead of " + stretch.to());
            }
            to.writeFully(bytes.flip(), written);
            written += read;
            from += read;
        }
        return written;
    }

    /** Has the bytes from the present place on in the block, and returns where they begin in it; -1 without so many. */
    private int load(int bytes) throws IOException {
        if (at < blockAt || at + bytes > blockAt + blockLength) {
            int size = Math.max(BLOCK_BYTES, bytes);
            if (block.length != size) {
                block = new byte[size];
            }
            blockAt = at;
            blockLength = file.readFully(ByteBuffer.wrap(block, 0, (int) Math.min(size, end - at)), at);
        }
        return at + bytes <= blockAt + blockLength ? (int) (at - blockAt) : -1;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
