package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.TestDisk.Operation;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How little is read again after a crash, whenever it comes. */
class CheckpointTest {
    @TempDir
    Path folder;

    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();

    /** Ten frames to a chunk. */
    private Buffer open() throws IOException {
        return BufferOpening.open(
                TestBuffers.config(folder, 130, 20), new Metrics(), TestBuffers.sources(disk, nanos, 1));
    }

    private Buffer withThirtyRead() throws Exception {
        Buffer buffer = open();
        for (int frame = 0; frame < 30; frame++) {
            buffer.append(TestBuffers.batch("x"));
        }
        buffer.wantDurable();
        buffer.step();
        assertThat(TestBuffers.chunkFiles(folder)).hasSize(3);
        assertThat(TestBuffers.drain(buffer)).hasSize(30);
        return buffer;
    }

    /** Ordinals that are read again after a crash at this moment. */
    private List<Long> readAgain(Buffer buffer) throws IOException {
        buffer.abandon();
        disk.healed();
        try (Buffer again = open()) {
            return TestBuffers.drain(again).stream().map(Frame::ordinal).toList();
        }
    }

    private void millisLater(Buffer buffer, int millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        buffer.step();
    }

    @Test
    void isSavedWithinATenthOfASecond() throws Exception {
        Buffer buffer = withThirtyRead();
        buffer.release(3);
        buffer.step();
        buffer.release(4);
        millisLater(buffer, 99);
        buffer.release(6);
        millisLater(buffer, 1);
        buffer.release(8);
        assertThat(readAgain(buffer)).first().isEqualTo(6L);
    }

    @Test
    void saysWhatWasReleasedOfTheNextChunkAsSoonAsOneIsDeleted() throws Exception {
        Buffer buffer = withThirtyRead();
        buffer.release(3);
        buffer.step();
        buffer.release(17);
        buffer.step();
        assertThat(TestBuffers.chunkFiles(folder)).hasSize(2);
        assertThat(readAgain(buffer)).first().isEqualTo(17L);
    }

    @Test
    void saysThatAChunkIsReleasedBeforeItIsDeleted() throws Exception {
        Buffer buffer = withThirtyRead();
        disk.failing((operation, path) -> operation == Operation.DELETE);
        buffer.release(17);
        buffer.step();
        millisLater(buffer, 500);
        assertThat(TestBuffers.chunkFiles(folder)).hasSize(3);
        assertThat(readAgain(buffer))
                .as("of the chunk that is still there, none")
                .first()
                .isEqualTo(10L);
    }

    @Test
    void isSavedAgainWhenThatFailed() throws Exception {
        Buffer buffer = withThirtyRead();
        buffer.release(3);
        Path obstacle = java.nio.file.Files.createDirectory(folder.resolve(Checkpoint.TEMP_FILE));
        buffer.step();
        java.nio.file.Files.delete(obstacle);
        millisLater(buffer, 1000);
        assertThat(readAgain(buffer)).first().isEqualTo(3L);
    }
}
