package logstream.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes records of the pieces of a line, under the keys that {@link Joiner} speaks of, and sends them on their way.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class LineRecords {
    private final Outstanding outstanding;
    private final Packing packing;
    private final Consumer<Shipment> out;
    private final LineJson json = new LineJson();

    /** @param out takes the records */
    LineRecords(Outstanding outstanding, Packing packing, Consumer<Shipment> out) {
        this.outstanding = outstanding;
        this.packing = packing;
        this.out = out;
    }

    /** Bytes that a piece of a line takes in a record: at most so many, whatever stands around it. */
    int escapedLength(Piece piece) {
        return json.escapedLength(piece);
    }

    /** Sends a line whose pieces are all here. */
    void sendWhole(Line line) {
        Collection<Line.Held> all = line.pieces().values();
        Line.Held first = line.pieces().firstEntry().getValue();
        String key = key(first, 0);
        byte[] record = json.whole(first.piece(), bytes(all, Line.Carry.NONE));
        send(line, packing.pack(key, record), all, Shipment.NO_SLOT, line.lastSlot());
    }

    /** Sends the full parts at the beginning of what is here; with {@code all} also those that could become longer. */
    void sendParts(Line line, boolean all) {
        while (!line.pieces().isEmpty()) {
            List<Line.Held> run = new ArrayList<>();
            boolean full = takeRun(line, run);
            if (!full && !all) {
                return;
            }
            sendPart(line, run, full);
            run.forEach(line::left);
        }
    }

    /** Takes the pieces of the next part. Returns whether it is full, and the piece behind it is here. */
    private static boolean takeRun(Line line, List<Line.Held> run) {
        Piece first = line.pieces().firstEntry().getValue().piece();
        int size = first.headLength() + first.tailLength() + LineJson.MOST_PART_BYTES;
        for (Line.Held held : line.pieces().values()) {
            if (held.piece().ordinal() != first.ordinal() + run.size()) {
                return false;
            }
            size += held.jsonBytes();
            if (run.size() == RecordKey.MOST_PIECES || size > RecordEncoder.MOST_RECORD_BYTES) {
                return true;
            }
            run.add(held);
        }
        return false;
    }

    /** @param goesOn whether the piece behind it is here: then the beginning of a character is kept for it */
    private void sendPart(Line line, List<Line.Held> run, boolean goesOn) {
        Line.Held last = run.getLast();
        int lastOrdinal = last.piece().ordinal();
        Line.Carry carry = line.carry();
        boolean takesCarry = run.getFirst().piece().ordinal() <= carry.ordinal() && carry.ordinal() <= lastOrdinal;
        byte[] text = bytes(run, carry);
        int kept = 0;
        if (takesCarry || carry.isNone()) {
            kept = goesOn ? JsonWriter.incompleteTail(text, text.length) : 0;
            line.carry(kept == 0 ? Line.Carry.NONE : keep(run, text, kept, lastOrdinal + 1));
        }
        byte[] record =
                json.part(run.getFirst().piece(), text, text.length - kept, run.size(), line.isLast(lastOrdinal));
        Packed part = packing.pack(key(last, run.size()), record);
        send(line, part, run, takesCarry ? carry.slot() : Shipment.NO_SLOT, Shipment.NO_SLOT);
    }

    /** While the part that gets the bytes is not done, all of this one must come again after a crash. */
    private Line.Carry keep(List<Line.Held> run, byte[] text, int kept, int ordinal) {
        long slot = run.stream().mapToLong(Line.Held::slot).min().orElseThrow();
        outstanding.hold(slot);
        return new Line.Carry(Arrays.copyOfRange(text, text.length - kept, text.length), ordinal, slot);
    }

    private static byte[] bytes(Collection<Line.Held> pieces, Line.Carry carry) {
        int length = carry.bytes().length;
        for (Line.Held held : pieces) {
            length += held.piece().logLength();
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (Line.Held held : pieces) {
            Piece piece = held.piece();
            if (piece.ordinal() == carry.ordinal()) {
                System.arraycopy(carry.bytes(), 0, bytes, at, carry.bytes().length);
                at += carry.bytes().length;
            }
            System.arraycopy(piece.payload(), piece.logAt(), bytes, at, piece.logLength());
            at += piece.logLength();
        }
        return at == length ? bytes : Arrays.copyOf(bytes, at);
    }

    private static String key(Line.Held held, int pieces) {
        RecordKey.Place origin = held.origin();
        return RecordKey.of(new RecordKey.Place(origin.identity(), origin.sequence(), origin.index(), pieces));
    }

    /** @param tieTo a slot, if it lies behind those of the pieces, without which they are not released */
    private void send(Line line, Packed record, Collection<Line.Held> pieces, long heldSlot, long tieTo) {
        long[] slots = new long[pieces.size()];
        int at = 0;
        long lowest = Long.MAX_VALUE;
        Line.Held newest = pieces.iterator().next();
        for (Line.Held held : pieces) {
            slots[at++] = held.slot();
            lowest = Math.min(lowest, held.slot());
            newest = held.slot() > newest.slot() ? held : newest;
        }
        outstanding.tie(lowest, Math.max(newest.slot(), tieTo));
        out.accept(new Shipment(record, slots, heldSlot, newest.frame().sequence(), line.newestNanos()));
    }
}
