package logstream.pipeline;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import logstream.buffer.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Joins the pieces of lines into records, whatever the order in which they come, whichever connections they come on.
 *
 * <p>A line is whole when its last piece and all before it are here: then it becomes one record. It leaves in
 * <em>parts</em>, records that say so (see {@link LineJson}), when it is too long for one record, and when it ends before
 * it is whole: because nothing of it came for the time-out, because {@link #MOST_OPEN} lines or {@link #MOST_BYTES} are
 * open, or because it stands in the way of all others ({@link #endOldest}). A part is a run of at most
 * {@link RecordKey#MOST_PIECES} pieces; what of a character is at the end of one and goes on behind it leaves with the
 * next.
 *
 * <p><strong>Keys.</strong> A whole line has the key of its first piece's frame. A part has a key that tells the frame of
 * its last piece and the number of its pieces. So records under the same key are made of the same pieces, and a consumer
 * that drops a key it has seen drops nothing it has not: a key of the first kind always stands for all pieces of a line;
 * a key of the second kind for exactly those pieces before and in that frame. What differs between two runs of the agent,
 * the moment of a time-out or how much was open, changes which records are made, not what is in a record of a given key.
 * And each piece is in one of them: its frame is released only when a record that holds it is done. After a crash bytes
 * can therefore come twice, under two keys, when a line was cut at one place before and at another, or not at all,
 * afterwards; {@code line_id}, {@code line_part} and {@code line_pieces} tell which.
 *
 * <p>The one exception to "the same pieces, the same bytes": a character that is cut by a time-out is repaired at both
 * sides of the cut, as nothing more may come.
 *
 * <p>A piece that comes again, because its ack was lost, is swallowed: while its line is open, and afterwards as long as
 * the line is among the {@link #MOST_REMEMBERED} that ended last. Lines of a {@link Paragraph} never come again: those that are whole
 * are not remembered, and push nothing out.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Joiner {
    /** Lines open at once. Our choice: more than containers on a host. */
    static final int MOST_OPEN = 1000;

    /** Memory for pieces of open lines. Our choice, against a heap of 80 MiB. */
    static final long MOST_BYTES = 4 << 20;

    /** Lines that have ended and whose pieces are known. Our choice. */
    static final int MOST_REMEMBERED = 1000;

    private long timeoutNanos;
    private final Outstanding outstanding;
    private final LineRecords records;

    /** In the order of their newest frames. */
    private final LinkedHashMap<String, Line> open = new LinkedHashMap<>(16, 0.75f, true);

    private final LinkedHashMap<String, Line.Ended> ended = new LinkedHashMap<>();
    private long bytes;

    /** From now on another time-out holds, also for lines that are open. */
    void timeout(Duration timeout) {
        timeoutNanos = timeout.toNanos();
    }

    /** @param timeout from a line's newest piece to its end */
    Joiner(Duration timeout, Outstanding outstanding, LineRecords records) {
        this.timeoutNanos = timeout.toNanos();
        this.outstanding = outstanding;
        this.records = records;
    }

    /**
     * Takes the next piece that was read.
     *
     * @param origin place of the frame in which the piece first lay, from which keys are made: that of this frame, unless
     *     the piece was replayed
     */
    void add(Frame frame, long slot, RecordKey.Place origin, Piece piece) {
        Line line = open.get(piece.id());
        if (line != null && line.contradicts(piece)) {
            end(line, false);
            ended.remove(piece.id());
            line = null;
        }
        Line.Ended before = line == null ? ended.get(piece.id()) : null;
        if (line != null && line.repeats(piece)) {
            line.repeated(frame, slot);
            outstanding.merged(slot);
            return;
        }
        if (before != null && before.repeats(piece)) {
            outstanding.merged(slot);
            return;
        }
        if (line == null) {
            line = begin(piece, before);
        }
        Line.Held held = new Line.Held(piece, frame, origin, slot, records.escapedLength(piece));
        line.add(held);
        bytes += held.bytes();
        if (line.isComplete()) {
            end(line, true);
        } else if (line.leavesInParts()) {
            long had = line.bytes();
            records.sendParts(line, false);
            bytes -= had - line.bytes();
        }
        while (bytes > MOST_BYTES || open.size() > MOST_OPEN) {
            endOldest();
        }
    }

    private Line begin(Piece piece, Line.@Nullable Ended before) {
        Line line = before != null && !before.complete() && piece.ordinal() >= before.next()
                ? new Line(piece.id(), before)
                : new Line(piece.id());
        open.put(piece.id(), line);
        return line;
    }

    /** Ends the lines of which nothing came for the time-out, when all that was appended before this moment was read. */
    void endQuiet(long nanos) {
        while (nanosUntilEnd(nanos) <= 0) {
            end(open.values().iterator().next(), false);
        }
    }

    /** Nanoseconds until {@link #endQuiet} would end a line; {@link Long#MAX_VALUE} when none is open. */
    long nanosUntilEnd(long nanos) {
        if (open.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return open.values().iterator().next().newestNanos() + timeoutNanos - nanos;
    }

    /** The oldest slot that waits for an open line; {@link Long#MAX_VALUE} when none does. */
    long oldestSlot() {
        long oldest = Long.MAX_VALUE;
        for (Line line : open.values()) {
            oldest = Math.min(oldest, line.oldestSlot());
        }
        return oldest;
    }

    /** Ends the line whose frames hold up all others: what is here of it leaves in parts. Some line is open. */
    void endOldest() {
        Line oldest = open.values().iterator().next();
        for (Line line : open.values()) {
            if (line.oldestSlot() < oldest.oldestSlot()) {
                oldest = line;
            }
        }
        end(oldest, false);
    }

    /** Ends all lines: what is here of them leaves in parts. */
    void endAll() {
        while (!open.isEmpty()) {
            endOldest();
        }
    }

    /** Forgets the pieces in a chunk that was set aside. */
    void forget(long sequence) {
        for (Line line : List.copyOf(open.values())) {
            long had = line.bytes();
            line.forget(sequence);
            bytes -= had - line.bytes();
            Line.Carry carry = line.carry();
            if (!line.pieces().containsKey(carry.ordinal())) {
                outstanding.letGo(carry.slot());
                line.carry(Line.Carry.NONE);
            }
            if (line.pieces().isEmpty()) {
                open.remove(line.id());
            }
        }
    }

    private void end(Line line, boolean complete) {
        open.remove(line.id());
        bytes -= line.bytes();
        if (complete && !line.leavesInParts()) {
            records.sendWhole(line);
        } else {
            records.sendParts(line, true);
        }
        if (!complete || !line.isParagraph()) {
            remember(line.id(), line.ended(complete));
        }
    }

    private void remember(String id, Line.Ended line) {
        ended.remove(id);
        ended.put(id, line);
        if (ended.size() > MOST_REMEMBERED) {
            ended.pollFirstEntry();
        }
    }
}
