package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wall clock is set forwards or back by years: no frame, no order and no dead letter depends on it. */
class ClockTest {
    @TempDir
    Path folder;

    private final AtomicReference<Instant> wall = new AtomicReference<>(TestBuffers.START);
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();

    private Buffer open(int run) throws IOException {
        return BufferOpening.open(
                TestBuffers.config(folder, 300, 20),
                metrics,
                new Sources(ChunkFiles.REAL, wall::get, nanos::get, new Random(run)::nextLong));
    }

    private void jump(Duration by) {
        wall.set(wall.get().plus(by));
    }

    private static void force(Buffer buffer) {
        buffer.wantDurable();
        buffer.step();
    }

    @ParameterizedTest
    @ValueSource(longs = {3650, -3650})
    void framesKeepTheirOrderAndWhatWasReleasedStaysReleased(long days) throws Exception {
        List<String> appended = new ArrayList<>();
        List<String> read = new ArrayList<>();
        for (int run = 0; run < 4; run++) {
            try (Buffer buffer = open(run)) {
                for (int frame = 0; frame < 5; frame++) {
                    String text = "run " + run + " frame " + frame + "x".repeat(80);
                    appended.add(text);
                    buffer.append(TestBuffers.batch(text));
                    jump(Duration.ofDays(days));
                    force(buffer);
                }
                List<Frame> frames = TestBuffers.drain(buffer);
                read.addAll(TestBuffers.texts(frames).subList(0, frames.size() - 2));
                buffer.release(frames.get(frames.size() - 3).ordinal() + 1);
                buffer.step();
            }
            jump(Duration.ofDays(-2 * days));
        }
        try (Buffer buffer = open(4)) {
            read.addAll(TestBuffers.texts(TestBuffers.drain(buffer)));
        }
        assertThat(read).containsExactlyElementsOf(appended);
        assertThat(metrics.dropped(DropCause.DAMAGED).sum()).isZero();
    }

    @Test
    void agesGoByTheOtherClock() throws Exception {
        try (Buffer buffer = open(0)) {
            buffer.append(TestBuffers.batch("a"));
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(7));
            jump(Duration.ofDays(-3650));
            assertThat(buffer.gauges().oldestPendingMillis()).isEqualTo(7_000);
            jump(Duration.ofDays(7300));
            assertThat(buffer.gauges().oldestPendingMillis()).isEqualTo(7_000);
        }
        jump(Duration.ofDays(-3650));
        try (Buffer buffer = open(1)) {
            assertThat(buffer.gauges().oldestPendingMillis())
                    .as("of what a run before left only the wall clock can tell, and never less than nothing")
                    .isZero();
        }
    }

    @Test
    void aClockThatIsSetRightWithinTheHourCostsNoDeadLetter() throws Exception {
        try (Buffer buffer = open(0)) {
            keep(buffer, "first");
            jump(Duration.ofDays(3650));
            keep(buffer, "second");
            jump(Duration.ofDays(-3650));
            hourLater(buffer);
            jump(Duration.ofDays(3650));
            hourLater(buffer);
            assertThat(metrics.deadLetterFilesDeleted.sum()).isZero();
            assertThat(buffer.gauges().deadLetterBytes()).isPositive();
            hourLater(buffer);
            assertThat(metrics.deadLetterFilesDeleted.sum())
                    .as("a clock that stays there is believed")
                    .isEqualTo(1);
        }
    }

    private void hourLater(Buffer buffer) {
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(61));
        buffer.step();
    }

    private static void keep(Buffer buffer, String key) throws IOException {
        buffer.keepDeadLetters(List.of(new DeadLetter(key, "refused", "why", Instant.EPOCH, new byte[100])));
    }
}
