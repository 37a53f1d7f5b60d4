package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.TestDisk.Operation;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The disk fails: intake waits, nothing that was acknowledged is lost, nothing is delivered under two keys. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultsTest {
    @TempDir
    Path folder;

    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();

    private Buffer manual() throws IOException {
        return BufferOpening.open(TestBuffers.config(folder, 300, 20), metrics, TestBuffers.sources(disk, nanos, 1));
    }

    /** A script of small appends, each awaited; each operation of the kind fails once, in turn. */
    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"CREATE", "WRITE", "HALF_WRITE", "FORCE", "DELETE", "SYNC_FOLDER", "LOOK"})
    void anyOneOperationFails(Operation operation, @TempDir Path folders) throws Exception {
        for (int nth = 1; nth <= 25; nth++) {
            Path mine = folders.resolve(operation + "-" + nth);
            TestDisk mineDisk = new TestDisk();
            AtomicLong time = new AtomicLong();
            BufferConfig config = TestBuffers.config(mine, 300, 20);
            Buffer buffer = BufferOpening.open(config, new Metrics(), TestBuffers.sources(mineDisk, time, nth));
            mineDisk.failNth(operation, nth);
            List<String> acknowledged = new ArrayList<>();
            List<Frame> read = new ArrayList<>();
            for (int turn = 0; turn < 12; turn++) {
                String text = "turn " + turn + " " + "y".repeat(60);
                long end = buffer.append(TestBuffers.batch(text, text + "+"));
                buffer.wantDurable();
                for (int step = 0; step < 3; step++) {
                    buffer.step();
                    time.addAndGet(TimeUnit.SECONDS.toNanos(2));
                    buffer.checkInvariant();
                }
                buffer.awaitDurable(end);
                acknowledged.add(text);
                acknowledged.add(text + "+");
                if (turn % 2 == 1) {
                    read.addAll(TestBuffers.drain(buffer));
                    buffer.release(read.getLast().ordinal() + 1 - 3);
                }
            }
            assertThat(TestBuffers.texts(read)).as(operation + " " + nth).containsExactlyElementsOf(acknowledged);
            mineDisk.healed();
            buffer.abandon();
            mineDisk.cutPower(new Random(nth));
            try (Buffer again = TestBuffers.manual(config, TestBuffers.sources(mineDisk, time, 100L + nth))) {
                assertSamePlaces(read, TestBuffers.drain(again), acknowledged);
            }
            assertThat(mineDisk.open).as("open files").hasValue(0);
        }
    }

    /** What is read again after a crash is an end of what was read before, under the same keys. */
    private static void assertSamePlaces(List<Frame> before, List<Frame> after, List<String> acknowledged) {
        Map<String, String> places = new HashMap<>();
        before.forEach(frame -> places.put(frame.sequence() + "/" + frame.index(), TestBuffers.text(frame)));
        for (Frame frame : after) {
            assertThat(places.get(frame.sequence() + "/" + frame.index())).isEqualTo(TestBuffers.text(frame));
        }
        assertThat(TestBuffers.texts(after))
                .isEqualTo(acknowledged.subList(acknowledged.size() - after.size(), acknowledged.size()));
        assertThat(after).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void aFailedForceWritesTheFramesAgainIntoANewChunk() throws Exception {
        Buffer buffer = manual();
        buffer.append(TestBuffers.batch("confirmed"));
        buffer.wantDurable();
        buffer.step();
        buffer.append(TestBuffers.batch("in doubt"));
        buffer.wantDurable();
        disk.failNth(Operation.FORCE, 1);
        buffer.step();
        assertThat(metrics.forcesFailed.sum()).isEqualTo(1);
        assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("confirmed");
        buffer.step();

        Frame frame = buffer.read();

        assertThat(frame).matches(found -> found.sequence() == 1 && found.index() == 0 && found.ordinal() == 1);
        assertThat(Files.size(folder.resolve(ChunkFormat.name(0))))
                .as("what is in doubt is still in the file, and never read")
                .isEqualTo(ChunkFormat.FIRST_FRAME_AT + 2L * FrameBatch.HEADER_BYTES + 17);
        buffer.abandon();
        try (Buffer again = manual()) {
            assertThat(TestBuffers.texts(TestBuffers.drain(again))).containsExactly("confirmed", "in doubt");
        }
    }

    @Test
    void bytesBehindTheConfirmedEndAreNeverRead() throws Exception {
        Buffer buffer = manual();
        buffer.append(TestBuffers.batch("confirmed"));
        buffer.wantDurable();
        buffer.step();
        buffer.append(TestBuffers.batch("written by half"));
        buffer.wantDurable();
        disk.failNth(Operation.HALF_WRITE, 1);
        buffer.step();
        buffer.step();
        buffer.abandon();
        Metrics after = new Metrics();
        try (Buffer again =
                BufferOpening.open(TestBuffers.config(folder, 300, 20), after, TestBuffers.sources(disk, nanos, 2))) {
            assertThat(TestBuffers.texts(TestBuffers.drain(again))).containsExactly("confirmed", "written by half");
            assertThat(after.bytesTorn.sum()).isZero();
        }
    }

    @Test
    void onAFullDiskIntakeWaitsAndGoesOnByItself() throws Exception {
        Buffer buffer = BufferOpening.open(
                TestBuffers.config(folder, 1 << 20, 4),
                metrics,
                new Sources(disk, TestBuffers.sources(disk).clock(), System::nanoTime, () -> 42));
        buffer.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            buffer.awaitDurable(buffer.append(TestBuffers.batch("before")));
            disk.failing((operation, path) -> operation == Operation.WRITE || operation == Operation.CREATE);
            var client = threads.submit(() -> {
                buffer.awaitDurable(buffer.append(TestBuffers.batch("while full")));
                return true;
            });
            assertThatThrownBy(() -> client.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(buffer.isFull()).isFalse();
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("before");
            disk.healed();
            assertThat(client.get()).isTrue();
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("while full");
            assertThat(buffer.gauges().chunks()).as("no chunks pile up").isLessThanOrEqualTo(2);
        }
        buffer.close();
        assertThat(disk.open).hasValue(0);
    }

    @Test
    void retriesPauseLongerAndLongerWithoutAThreadThatSpins() throws Exception {
        Buffer buffer = manual();
        long[] tries = new long[1];
        disk.failing((operation, path) -> {
            tries[0] += operation == Operation.WRITE || operation == Operation.CREATE ? 1 : 0;
            return operation == Operation.WRITE || operation == Operation.CREATE;
        });
        buffer.append(TestBuffers.batch("a"));
        for (int milli = 0; milli < 10_000; milli++) {
            buffer.step();
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(tries[0]).isBetween(10L, 20L);
        assertThat(TestBuffers.chunkFiles(folder)).hasSize(1);
        disk.healed();
        buffer.close();
        try (Buffer again = manual()) {
            assertThat(TestBuffers.texts(TestBuffers.drain(again))).containsExactly("a");
        }
    }

    @Test
    void aDiskThatIsFullAtTheStartDoesNotStopIt() throws Exception {
        try (Buffer buffer = manual()) {
            buffer.append(TestBuffers.batch("a", "b"));
        }
        disk.failing((operation, path) -> operation == Operation.WRITE || operation == Operation.CREATE);
        Buffer buffer = manual();
        assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("a", "b");
        disk.healed();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        buffer.append(TestBuffers.batch("c"));
        buffer.wantDurable();
        buffer.step();
        assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("c");
        buffer.close();
    }

    @Test
    void closingOnADeadDiskEnds() throws Exception {
        Buffer buffer = BufferOpening.open(
                TestBuffers.config(folder, 300, 20),
                metrics,
                new Sources(disk, TestBuffers.sources(disk).clock(), System::nanoTime, () -> 42));
        long end = buffer.append(TestBuffers.batch("a"));
        disk.failing((operation, path) -> operation == Operation.WRITE || operation == Operation.CREATE);
        buffer.start();
        buffer.close();
        assertThatThrownBy(() -> buffer.awaitDurable(end)).isInstanceOf(BufferClosedException.class);
        assertThatThrownBy(() -> buffer.append(TestBuffers.batch("b"))).isInstanceOf(BufferClosedException.class);
    }

    @Test
    void aChunkThatCannotBeDeletedIsTriedAgain() throws Exception {
        Buffer buffer = manual();
        buffer.append(TestBuffers.batch("x".repeat(200), "y".repeat(200)));
        buffer.wantDurable();
        buffer.step();
        TestBuffers.drain(buffer);
        disk.failNth(Operation.DELETE, 1);
        buffer.release(2);
        buffer.step();
        assertThat(buffer.gauges().chunks()).isEqualTo(2);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        buffer.step();
        assertThat(buffer.gauges().chunks()).isEqualTo(1);
        buffer.close();
    }

    @Test
    void aChunkThatCannotBeMovedStays() throws Exception {
        try (Buffer buffer = manual()) {
            buffer.append(TestBuffers.batch("x".repeat(200), "y".repeat(200)));
            buffer.wantDurable();
            buffer.step();
            disk.failNth(Operation.MOVE, 1);
            assertThatThrownBy(() -> buffer.setAsideOldestChunk("why")).isInstanceOf(IOException.class);
            buffer.checkInvariant();
            assertThat(buffer.setAsideOldestChunk("why")).isEqualTo(1);
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("y".repeat(200));
        }
    }

    @Test
    void onAReadOnlyDiskIntakeWaitsAndGoesOnByItself() throws Exception {
        Buffer buffer = manual();
        buffer.append(TestBuffers.batch("x".repeat(200), "before"));
        buffer.wantDurable();
        buffer.step();
        disk.failing((operation, path) -> operation != Operation.READ && operation != Operation.LOOK);
        buffer.append(TestBuffers.batch("meanwhile"));
        buffer.wantDurable();
        for (int second = 0; second < 10; second++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            buffer.step();
            buffer.checkInvariant();
        }
        assertThat(TestBuffers.texts(TestBuffers.drain(buffer)))
                .as("what is durable is read")
                .containsExactly("x".repeat(200), "before");
        buffer.release(2);
        buffer.step();
        assertThat(TestBuffers.chunkFiles(folder)).as("nothing can be deleted").hasSize(1);

        disk.healed();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        buffer.step();
        buffer.step();

        assertThat(TestBuffers.texts(TestBuffers.drain(buffer))).containsExactly("meanwhile");
        buffer.release(3);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        buffer.step();
        assertThat(TestBuffers.chunkFiles(folder)).hasSize(1);
        buffer.close();
        assertThat(disk.open).as("open files").hasValue(0);
    }

    @Test
    void shortTransfersAreContinued() throws Exception {
        disk.shortTransfers(7);
        try (Buffer buffer = manual()) {
            buffer.append(TestBuffers.batch("x".repeat(200), "y".repeat(50), ""));
            buffer.wantDurable();
            buffer.step();
            assertThat(TestBuffers.texts(TestBuffers.drain(buffer)))
                    .containsExactly("x".repeat(200), "y".repeat(50), "");
        }
    }

    @Test
    void aPowerCutAtAnyTimeLosesNothingAcknowledged(@TempDir Path folders) throws Exception {
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            TestDisk mine = new TestDisk();
            BufferConfig config = TestBuffers.config(folders.resolve("seed-" + seed), 400, 30);
            Buffer buffer = TestBuffers.manual(config, TestBuffers.sources(mine, nanos, seed));
            List<String> appended = new ArrayList<>();
            int acknowledged = 0;
            for (int turn = random.nextInt(30); turn >= 0; turn--) {
                String text = "turn " + turn + "z".repeat(random.nextInt(90));
                buffer.append(TestBuffers.batch(text));
                appended.add(text);
                boolean wanted = random.nextInt(3) == 0;
                if (wanted) {
                    buffer.wantDurable();
                }
                buffer.step();
                acknowledged = wanted ? appended.size() : acknowledged;
            }
            List<Frame> before = TestBuffers.drain(buffer);
            buffer.abandon();
            mine.cutPower(random);
            try (Buffer again = TestBuffers.manual(config, TestBuffers.sources(mine, nanos, seed + 1000L))) {
                List<Frame> after = TestBuffers.drain(again);
                assertThat(appended).as("seed " + seed).containsAll(TestBuffers.texts(after));
                assertThat(TestBuffers.texts(after).subList(0, acknowledged))
                        .as("seed " + seed)
                        .isEqualTo(appended.subList(0, acknowledged));
                for (int frame = 0; frame < before.size(); frame++) {
                    assertThat(after.get(frame).sequence())
                            .isEqualTo(before.get(frame).sequence());
                    assertThat(after.get(frame).index())
                            .isEqualTo(before.get(frame).index());
                }
            }
        }
    }

    @Test
    void theReadableListenerIsToldByTheCommitThread() throws Exception {
        Buffer buffer = manual();
        List<String> told = new ArrayList<>();
        buffer.onReadable(() -> told.add("readable"));
        buffer.append(TestBuffers.batch("a"));
        buffer.step();
        assertThat(told).isEmpty();
        buffer.wantDurable();
        buffer.step();
        assertThat(told).hasSize(1);
        buffer.close();
        await().until(() -> disk.open.get() == 0);
    }
}
