package logstream.pipeline;

import logstream.forward.Tag;
import logstream.metrics.ContainerCounters;
import logstream.metrics.Containers;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one connection sends for the container that it comes from. Whose it is, is looked up when the tag changes;
 * until then a line costs two additions. A connection that carries several containers under one tag counts for the first
 * of them.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class ContainerTally {
    private final Containers containers;
    private @Nullable ContainerCounters counters;
    private int lines;
    private int partials;

    /** Bytes of the batch that are counted. */
    private int countedBytes;

    ContainerTally(Containers containers) {
        this.containers = containers;
    }

    /** The events to come have this tag, and are taken for those of this container. */
    void change(Tag tag, ContainerName container) {
        counters = containers.of(container.shown(), tag.toString());
    }

    void taken(boolean piece) {
        lines++;
        if (piece) {
            partials++;
        }
    }

    /** An event was dropped before it was taken. */
    void refused() {
        if (counters != null) {
            counters.refused(1, containers.nowMillis());
        }
    }

    /** Events that were taken, and are dropped. */
    void dropped(long events) {
        if (counters != null) {
            counters.dropped(events, containers.nowMillis());
        }
    }

    /** Counts what was taken since the last time. */
    void settle(int batchBytes) {
        if (counters != null && lines > 0) {
            counters.taken(lines, batchBytes - countedBytes, partials, containers.nowMillis());
        }
        lines = 0;
        partials = 0;
        countedBytes = batchBytes;
    }

    /** As {@link #settle}, and the next batch is another one. Returns whether the counters are no longer shown. */
    boolean end(int batchBytes) {
        settle(batchBytes);
        countedBytes = 0;
        return counters != null && counters.isForgotten();
    }
}
