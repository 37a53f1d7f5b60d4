package logstream.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One line that tells how far long work is, drawn again and again; on a terminal only, and not for work of a moment.
 *
 * <p>Threading: confined to one thread.
 */
final class ProgressLine {
    private static final long FIRST_AFTER_NANOS = 1_000_000_000L;
    private static final long EVERY_NANOS = 200_000_000L;
    private static final int BAR_WIDTH = 30;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long drawnNanos;
    private boolean drawn;

    /** @param terminal whether the output is one; else nothing is ever written */
    ProgressLine(PrintWriter out, boolean terminal, LongSupplier nanoClock) {
        this.out = out;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
    }

    /** Draws what the text is now, if it is time to. */
    void show(Supplier<String> text) {
        if (!terminal) {
            return;
        }
        long now = nanoClock.getAsLong();
        if (now - startNanos < FIRST_AFTER_NANOS || (drawn && now - drawnNanos < EVERY_NANOS)) {
            return;
        }
        drawn = true;
        drawnNanos = now;
        out.print(CLEAR + text.get());
        out.flush();
    }

    /** Takes the line away, before anything else is written. */
    void clear() {
        if (drawn) {
            out.print(CLEAR);
            out.flush();
            drawn = false;
        }
    }

    /** A bar for a part of a whole: {@code [#####.....]  50 %}. */
    static String bar(long part, long whole) {
        double share = whole <= 0 ? 1 : Math.clamp((double) part / whole, 0, 1);
        int full = (int) (share * BAR_WIDTH);
        return String.format(
                Locale.ROOT, "[%s%s] %3d %%", "#".repeat(full), ".".repeat(BAR_WIDTH - full), (int) (share * 100));
    }
}
