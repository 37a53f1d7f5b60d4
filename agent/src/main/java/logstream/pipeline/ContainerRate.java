package logstream.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import logstream.pipeline.CareConfig.RateLimit;

/**
 * What one container may still send under one tag, and what of it was dropped: a bucket of lines and one of bytes, that fill
 * with the time.
 *
 * <p>Whole lines are dropped: of a long one that comes in pieces either all, or none. Only a line that goes on and on ends in
 * the middle, when it has cost as much as the burst beyond what was there.
 *
 * <p>Invariant: in any time, what is let through is at most the burst, what the time is worth, one event, and of each kind once
 * more the burst for the pieces of lines that were begun.
 *
 * <p>Threading: guarded by {@code this}.
 */
final class ContainerRate {
    /** Long lines that are being dropped: a container has one on each of its two outputs. */
    private static final int MOST_CUT_LINES = 8;

    private static final long LOG_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ContainerName container;
    private final String tag;
    private RateLimit limit;
    private double lines;
    private double bytes;
    private long filledNanos;
    private boolean gone;
    private final List<byte[]> cutLines = new ArrayList<>();
    private final LongAdder dropped = new LongAdder();
    private Optional<LossWatch> watch = Optional.empty();
    private long droppedBytes;
    private long told;
    private long toldBytes;
    private boolean logged;
    private long loggedNanos;

    /** What becomes of an event. */
    enum Verdict {
        LET,
        CUT,
        /** Others took its place: look it up again. */
        GONE
    }

    ContainerRate(ContainerName container, String tag, RateLimit limit, long nanos) {
        this.container = container;
        this.tag = tag;
        this.limit = limit;
        this.lines = burst(limit.lines());
        this.bytes = burst(limit.bytes());
        this.filledNanos = nanos;
    }

    ContainerName container() {
        return container;
    }

    String tag() {
        return tag;
    }

    private double burst(OptionalLong rate) {
        return rate.isPresent() ? rate.getAsLong() * (limit.burst().toMillis() / 1000.0) : Double.POSITIVE_INFINITY;
    }

    /** Another limit may hold since a reload: what is left of the one before stays, as far as the new one has room. */
    synchronized void limit(RateLimit newer, long nanos) {
        if (!newer.equals(limit)) {
            fill(nanos);
            limit = newer;
            lines = left(lines, newer.lines());
            bytes = left(bytes, newer.bytes());
        }
    }

    private double left(double before, OptionalLong rate) {
        return rate.isPresent() ? Math.min(before, burst(rate)) : Double.POSITIVE_INFINITY;
    }

    private void fill(long nanos) {
        double seconds = Math.max(0, nanos - filledNanos) / 1e9;
        lines = Math.min(burst(limit.lines()), lines + seconds * limit.lines().orElse(0));
        bytes = Math.min(burst(limit.bytes()), bytes + seconds * limit.bytes().orElse(0));
        filledNanos = nanos;
    }

    /**
     * Decides about an event.
     *
     * @param size bytes of it
     * @param event what says whether it is a piece
     */
    synchronized Verdict take(long nanos, int size, EventFields event) {
        if (gone) {
            return Verdict.GONE;
        }
        fill(nanos);
        boolean piece = event.isPiece();
        boolean begun = piece && event.ordinal() > 1;
        boolean let = begun ? !isCut(event.id()) && bytes > -burst(limit.bytes()) : lines >= 1 && bytes > 0;
        if (piece) {
            follow(event, let);
        }
        if (!let) {
            dropped.increment();
            droppedBytes += size;
            return Verdict.CUT;
        }
        lines -= begun ? 0 : 1;
        bytes -= size;
        return Verdict.LET;
    }

    /** The pieces to come have the fate of this one. */
    private void follow(EventFields piece, boolean let) {
        boolean goesOn = !piece.last();
        if (isCut(piece.id())) {
            if (let || !goesOn) {
                cutLines.removeIf(id -> Arrays.equals(id, piece.id()));
            }
        } else if (!let && goesOn) {
            if (cutLines.size() == MOST_CUT_LINES) {
                cutLines.removeFirst();
            }
            cutLines.add(piece.id());
        }
    }

    private boolean isCut(byte[] id) {
        for (byte[] cut : cutLines) {
            if (Arrays.equals(cut, id)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the log is to be told now that something is dropped: once a minute. */
    synchronized boolean takeLogTurn(long nanos) {
        boolean turn = !logged || nanos - loggedNanos >= LOG_EVERY_NANOS;
        if (turn) {
            logged = true;
            loggedNanos = nanos;
        }
        return turn;
    }

    synchronized long lastSeenNanos() {
        return filledNanos;
    }

    /** The limit that was held against it last, as people say it. */
    synchronized String shownLimit() {
        return limit.shown();
    }

    /**
     * Tells when its losses are to be told; empty when there were none. For the one who tells them.
     *
     * @param since when there were none yet
     */
    synchronized Optional<LossWatch> watch(String cause, String why, Instant since, long nanos) {
        if (watch.isEmpty() && dropped.sum() > 0) {
            watch = Optional.of(new LossWatch(cause, why, dropped, since, nanos));
        }
        return watch;
    }

    /** Bytes that were dropped and not told. */
    synchronized long untoldBytes() {
        return droppedBytes - toldBytes;
    }

    synchronized boolean hasUntold() {
        return dropped.sum() > told;
    }

    /**
     * What was dropped up to a count of all events is told.
     *
     * @return how many of them were told by somebody else: those that {@link #forget} gave
     */
    synchronized long told(long events, long newBytes) {
        long twice = gone ? events - told : 0;
        told = Math.max(told, events);
        toldBytes += newBytes;
        return twice;
    }

    /** Others take its place. Returns how many events were dropped and not told. */
    synchronized long forget() {
        gone = true;
        return dropped.sum() - told;
    }
}
