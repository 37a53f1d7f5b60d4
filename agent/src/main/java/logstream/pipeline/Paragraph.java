package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import logstream.buffer.FrameBatch;

/**
 * Lines of one output that become one record, as long as more of them may come. Each is in the buffer, or on its way there, as
 * a {@link Piece}: the first as it is, the others behind a line feed. The last of them is marked as the last; where it
 * is in the buffer when that turns out, an empty piece ends the paragraph.
 *
 * <p>Invariant: ordinals are given without gaps, and none after the last.
 *
 * <p>Threading: all under the monitor of the object: its lines come on the thread of a connection, its end perhaps on
 * another. Nothing blocks under it.
 */
final class Paragraph {
    /** Lines at most: Java's deepest trace has 1024 frames. Our choice, as the next. */
    static final int MOST_LINES = 1500;

    /** Bytes of all lines: nearly all such text fits into a record. */
    static final int MOST_TEXT_BYTES = 512 << 10;

    private final Output output;
    private final ParagraphRule rule;
    private final byte[] id;
    private final byte[] tag;
    private final long seconds;
    private final long began;
    private int state;
    private int lines;
    private int textBytes;
    private long memory;
    private long newest;
    private boolean ended;

    // Where the newest line is, as long as it is not handed on.
    private long batch;
    private int frame;

    /**
     * One without lines.
     *
     * @param id that no other paragraph has, of any run of any agent
     * @param tag of the events, in UTF-8
     * @param seconds Unix time of the first
     * @param state behind the first line
     * @param now as {@link System#nanoTime}
     */
    Paragraph(Output output, ParagraphRule rule, String id, byte[] tag, long seconds, int state, long now) {
        this.output = output;
        this.rule = rule;
        this.id = id.getBytes(StandardCharsets.ISO_8859_1);
        this.tag = tag;
        this.seconds = seconds;
        this.state = state;
        this.began = now;
        this.newest = now;
    }

    Output output() {
        return output;
    }

    ParagraphRule rule() {
        return rule;
    }

    synchronized int state() {
        return state;
    }

    /** Writes a line as a piece. */
    @FunctionalInterface
    interface LineWriter {
        /** Returns whether it was written; if not, nothing was. */
        boolean write(byte[] id, int ordinal);
    }

    /** Writes the end of a paragraph as an empty piece. */
    @FunctionalInterface
    interface EndWriter {
        /** Returns whether it was written; if not, nothing was, and the paragraph stays open. */
        boolean write(byte[] id, int ordinal, long seconds, byte[] tag);
    }

    /**
     * Takes one more line, which is not known to be the last.
     *
     * @param newState behind the line
     * @param length of the line in bytes
     * @param batchNow number of the batch that is {@code frames}
     * @return bytes of memory that it will take in the {@link Joiner}, roughly; 0 when it was not taken: the paragraph has ended, or
     *     has all it may have, or the line was not written
     */
    synchronized int take(int newState, int length, long now, long batchNow, FrameBatch frames, LineWriter writer) {
        boolean full = lines == MOST_LINES || (lines > 0 && textBytes + length > MOST_TEXT_BYTES);
        int before = frames.length();
        if (ended || full || isOverdue(now) || !writer.write(id, lines + 1)) {
            return 0;
        }
        state = newState;
        lines++;
        textBytes += length + 1;
        newest = now;
        batch = batchNow;
        frame = before;
        int taken = frames.length() - before + Line.PIECE_OVERHEAD_BYTES;
        memory += taken;
        return taken;
    }

    /**
     * Ends it, unless that was done.
     *
     * @param batchNow number of the batch that is {@code frames}: where the newest line is in it, it is marked
     * @return whether it is ended now, and was not
     */
    synchronized boolean end(long batchNow, FrameBatch frames, EndWriter writer) {
        if (ended) {
            return false;
        }
        if (batch == batchNow) {
            Piece.markLast(frames, frame);
            ended = true;
        } else {
            ended = writer.write(id, lines + 1, seconds, tag);
        }
        return ended;
    }

    /** As {@link #end}, of one that is overdue, or of any. */
    synchronized boolean endElsewhere(long now, boolean any, EndWriter writer) {
        if (ended || !(any || isOverdue(now))) {
            return false;
        }
        ended = writer.write(id, lines + 1, seconds, tag);
        return ended;
    }

    private boolean isOverdue(long now) {
        return lines > 0 && (now - newest >= rule.timeoutNanos() || now - began >= rule.longestNanos());
    }

    /** Bytes of memory that it takes in the {@link Joiner}, roughly. */
    synchronized long memory() {
        return memory;
    }
}
