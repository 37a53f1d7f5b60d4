package logstream.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import logstream.buffer.FrameBatch;

/**
 * Shows viewers the lines that the agent takes, as they come and before they are in the buffer.
 *
 * <p>Invariant: a viewer never makes a connection wait. What it has no room or no allowance for is missed by it alone, and
 * counted for it. Without viewers a batch costs one look at a list.
 *
 * <p>Threading: any thread.
 */
public final class LiveTail {
    /** Viewers at once: each holds at most {@link Viewer#MOST_WAITING_BYTES}. */
    public static final int MOST_VIEWERS = 8;

    private final LongSupplier nanoTime;
    private final List<Viewer> viewers = new CopyOnWriteArrayList<>();

    /** @param nanoTime as {@link System#nanoTime}: what a viewer may take is a rate */
    public LiveTail(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Begins to watch, until the viewer is closed; empty when there are {@link #MOST_VIEWERS} already. */
    public synchronized Optional<Viewer> watch() {
        if (viewers.size() >= MOST_VIEWERS) {
            return Optional.empty();
        }
        Viewer viewer = new Viewer(nanoTime, this::remove);
        viewers.add(viewer);
        return Optional.of(viewer);
    }

    private void remove(Viewer viewer) {
        boolean _ = viewers.remove(viewer);
    }

    /** How many watch. */
    public int viewers() {
        return viewers.size();
    }

    /** Shows a batch; never blocks for longer than copying it takes. */
    void show(FrameBatch frames) {
        if (viewers.isEmpty()) {
            return;
        }
        byte[] copy = {};
        for (Viewer viewer : viewers) {
            if (viewer.admits(frames.length(), frames.count())) {
                copy = copy.length == 0 ? frames.copy() : copy;
                viewer.add(copy);
            }
        }
    }
}
