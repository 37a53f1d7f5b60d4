package logstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.LongSupplier;

/**
 * Shows how far a drain is: what is left, and how fast that becomes less.
 *
 * <p>Threading: confined to one thread.
 */
final class DrainProgress {
    private final ProgressLine line;
    private final LongSupplier nanoClock;
    private long firstRecords = -1;
    private long firstNanos;

    DrainProgress(ProgressLine line) {
        this(line, System::nanoTime);
    }

    DrainProgress(ProgressLine line, LongSupplier nanoClock) {
        this.line = line;
        this.nanoClock = nanoClock;
    }

    void soFar(ObjectNode left) {
        long records = left.path("records").asLong();
        long now = nanoClock.getAsLong();
        if (firstRecords < 0) {
            firstRecords = records;
            firstNanos = now;
        }
        double seconds = (now - firstNanos) / 1e9;
        long rate = seconds <= 0 ? 0 : Math.max(0, Math.round((firstRecords - records) / seconds));
        line.show(() -> "draining: " + Amounts.of(records, "record") + ", "
                + Amounts.size(left.path("bytes").asLong()) + " left, " + Amounts.count(rate) + " records/s");
    }

    void end() {
        line.clear();
    }
}
