package logstream.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file: the seam at which tests let disks fail.
 *
 * <p>Threading: one thread at a time. That thread is never interrupted: an interrupt would close the channel.
 */
interface ChunkFile extends Closeable {
    /** Writes some of the bytes, at least one, or throws; what a failed write left behind is not known. */
    int write(ByteBuffer bytes, long position) throws IOException;

    /** Reads some bytes; -1 at or beyond the end of the file. */
    int read(ByteBuffer bytes, long position) throws IOException;

    /** Returns once what was written is on the disk. After a failure the state of unforced bytes is not known. */
    void force() throws IOException;

    long size() throws IOException;

    /** Writes all of the bytes, however few the file takes at a time. */
    default void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            int wrote = write(bytes, at);
            if (wrote <= 0) {
                throw new IOException("the file took none of " + bytes.remaining() + " bytes");
            }
            at += wrote;
        }
    }

    /** Fills the buffer as far as the file goes, and returns how many bytes that were. */
    default int readFully(ByteBuffer bytes, long position) throws IOException {
        int before = bytes.position();
        while (bytes.hasRemaining()) {
            int got = read(bytes, position + bytes.position() - before);
            if (got <= 0) {
                break;
            }
        }
        return bytes.position() - before;
    }
}
