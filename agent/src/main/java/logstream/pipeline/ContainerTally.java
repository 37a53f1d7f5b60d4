package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.forward.MsgpackCursor;
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
    /** Fields among which those of Docker are looked for. */
    private static final int MOST_FIELDS = 64;

    /** As Docker shortens ids. */
    private static final int SHORT_ID = 12;

    private static final byte[] NAME = "container_name".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID = "container_id".getBytes(StandardCharsets.US_ASCII);

    private final Containers containers;
    private @Nullable ContainerCounters counters;
    private int lines;
    private int partials;

    /** Bytes of the batch that are counted. */
    private int countedBytes;

    ContainerTally(Containers containers) {
        this.containers = containers;
    }

    /** The events to come have this tag; the cursor, at the first of them, stays where it is. */
    void change(Tag tag, MsgpackCursor record) {
        counters = containers.of(container(record), tag.toString());
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

    /** The container that an event says it is from; empty when it does not. */
    static String container(MsgpackCursor record) {
        byte[] bytes = record.bytes();
        int begin = record.position();
        String name = "";
        String id = "";
        int fields = Math.min(record.readMapHeader(), MOST_FIELDS);
        for (int field = 0; field < fields && name.isEmpty(); field++) {
            boolean text = record.type() == MsgpackCursor.Type.STRING;
            int keyLength = text ? record.readBytesHeader() : 0;
            int key = record.position();
            if (text) {
                record.advance(keyLength);
            } else {
                record.skip();
            }
            if (text && record.type() == MsgpackCursor.Type.STRING && isEither(bytes, key, keyLength)) {
                int length = record.readBytesHeader();
                String value = new String(bytes, record.position(), length, StandardCharsets.UTF_8);
                record.advance(length);
                if (keyLength == NAME.length) {
                    name = value.startsWith("/") ? value.substring(1) : value;
                } else {
                    id = value.substring(0, Math.min(SHORT_ID, value.length()));
                }
            } else {
                record.skip();
            }
        }
        record.at(bytes, begin);
        return name.isEmpty() ? id : name;
    }

    private static boolean isEither(byte[] bytes, int at, int length) {
        byte[] wanted = length == NAME.length ? NAME : ID;
        return Arrays.equals(bytes, at, at + length, wanted, 0, wanted.length);
    }
}
