package logstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a stream of bytes into lines, without looking at what the bytes mean.
 *
 * <p>Invariant: at most {@link #MAX_LINE_BYTES} of a line are kept; what is beyond is skipped and counted.
 *
 * <p>Threading: confined to one thread.
 */
final class LineReader {
    /** 1 MiB, less 4 KiB for the other fields: the largest event that an agent takes unless told otherwise. */
    static final int MAX_LINE_BYTES = (1 << 20) - (4 << 10);

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private byte[] line = new byte[1 << 12];
    private int length;
    private long cutLines;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** The next line without its line feed; empty at the end. A last line without line feed counts. */
    Optional<byte[]> next() throws IOException {
        length = 0;
        boolean cut = false;
        while (true) {
            if (position == limit && !fill()) {
                return length == 0 && !cut ? Optional.empty() : Optional.of(taken(cut));
            }
            int end = lineFeed();
            int stop = end < 0 ? limit : end;
            cut |= !keep(stop - position);
            position = end < 0 ? limit : end + 1;
            if (end >= 0) {
                return Optional.of(taken(cut));
            }
        }
    }

    /** Whether the next line is here already, so that reading it will not wait. */
    boolean hasLine() {
        return lineFeed() >= 0;
    }

    /** Lines of which the end was skipped. */
    long cutLines() {
        return cutLines;
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer);
        position = 0;
        limit = Math.max(read, 0);
        return read > 0;
    }

    private int lineFeed() {
        for (int at = position; at < limit; at++) {
            if (buffer[at] == '\n') {
                return at;
            }
        }
        return -1;
    }

    /** Returns false when not all of it was kept. */
    private boolean keep(int count) {
        int kept = Math.min(count, MAX_LINE_BYTES - length);
        if (line.length - length < kept) {
            line = Arrays.copyOf(line, Math.min(MAX_LINE_BYTES, Math.max(2 * line.length, length + kept)));
        }
        System.arraycopy(buffer, position, line, length, kept);
        length += kept;
        return kept == count;
    }

    private byte[] taken(boolean cut) {
        if (cut) {
            cutLines++;
        }
        return Arrays.copyOf(line, length);
    }
}
