package logstream.migration;

import java.util.OptionalLong;
import logstream.buffer.Buffer;
import logstream.buffer.BufferClosedException;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.migration.FluentdRecords.Found;
import logstream.pipeline.KeyedFrame;

/**
 * Appends imported records to the buffer, as frames that bring their keys along. Each counts as created.
 *
 * <p>Never waits for chunks to go: senders come first. Of each file the buffer must have room for all, and a quarter of
 * its chunks beside.
 *
 * <p>Threading: confined to the thread that imports.
 */
public final class IntoBuffer implements Destination {
    private static final int BATCH_BYTES = 256 << 10;

    /** Header of the frame, kind and length of the key. */
    private static final int FRAME_BYTES = 64;

    private final Buffer buffer;
    private final Metrics metrics;
    private final FrameBatch batch = new FrameBatch(BATCH_BYTES);
    private long appended;

    public IntoBuffer(Buffer buffer, Metrics metrics) {
        this.buffer = buffer;
        this.metrics = metrics;
    }

    @Override
    public boolean hasRoomFor(long fileBytes) {
        return buffer.hasRoomToSpare(fileBytes);
    }

    @Override
    public boolean take(Found.Whole record) throws ImportStoppedException {
        long bytes = FRAME_BYTES + 4L * record.partitionKey().length() + record.data().length;
        if (batch.count() > 0 && batch.length() + bytes > BATCH_BYTES && !append()) {
            return false;
        }
        KeyedFrame frame = new KeyedFrame(record.partitionKey(), FrameKind.RECORD, record.data());
        if (!frame.addTo(batch)) {
            throw new IllegalStateException("a record of " + record.data().length + " bytes is no frame");
        }
        return true;
    }

    private boolean append() throws ImportStoppedException {
        if (batch.count() == 0) {
            return true;
        }
        try {
            OptionalLong end = buffer.appendIfRoom(batch);
            if (end.isEmpty()) {
                return false;
            }
            appended = end.getAsLong();
            metrics.created(CreateCause.IMPORTED).add(batch.count());
            batch.clear();
            return true;
        } catch (BufferClosedException e) {
            throw ending(e);
        }
    }

    @Override
    public boolean settle() throws ImportStoppedException {
        if (!append()) {
            return false;
        }
        try {
            if (!buffer.awaitDurableWhileDiskWorks(appended)) {
                throw new ImportStoppedException("the disk of the buffer cannot be written to");
            }
            return true;
        } catch (BufferClosedException e) {
            throw ending(e);
        }
    }

    private static ImportStoppedException ending(BufferClosedException e) {
        return new ImportStoppedException("the agent is ending", e);
    }

    @Override
    public boolean keeps() {
        return true;
    }
}
