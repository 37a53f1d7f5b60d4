package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.BufferConfig.Overflow;
import logstream.buffer.Frame;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Notices in a real buffer: full, overflowing, damaged. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LossNoticesBufferTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant START = Instant.parse("2026-01-31T13:39:17Z");
    private static final int CHUNKS = 3;

    @TempDir
    private Path folder;

    private long seconds;

    private Buffer open(Overflow overflow, Metrics metrics) throws IOException {
        return Buffer.open(
                new BufferConfig(
                        folder,
                        1 << 20,
                        CHUNKS,
                        overflow,
                        BufferConfig.MinFree.NONE,
                        BufferConfig.Sync.NEVER,
                        Duration.ofMillis(100),
                        64 << 20,
                        Duration.ofDays(1)),
                metrics);
    }

    private LossNotices notices(Buffer buffer, Metrics metrics) {
        return new LossNotices(
                metrics,
                new RateLimits(System::nanoTime),
                buffer::appendNow,
                "host-7",
                () -> START.plusSeconds(seconds),
                () -> Duration.ofSeconds(seconds).toNanos());
    }

    private static FrameBatch frame(byte[] payload) {
        FrameBatch batch = new FrameBatch(payload.length + 100);
        int at = batch.begin();
        System.arraycopy(payload, 0, batch.reserve(at, payload.length), at, payload.length);
        batch.end(FrameKind.RECORD, at + payload.length);
        return batch;
    }

    private static boolean isNotice(String text) {
        return text.contains("\"source\":\"logstream\"");
    }

    /** Reads and releases everything; returns the notices. */
    private static List<JsonNode> readAll(Buffer buffer) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
            String text = new String(frame.payload(), StandardCharsets.UTF_8);
            if (isNotice(text)) {
                found.add(JSON.readTree(text));
            }
            buffer.release(frame.ordinal() + 1);
        }
        return found;
    }

    @Test
    void aFullBufferIsNotWaitedForAndTheNoticeIsNotDropped() throws Exception {
        Metrics metrics = new Metrics();
        try (Buffer buffer = open(Overflow.DROP_NEWEST, metrics)) {
            LossNotices notices = notices(buffer, metrics);
            for (int size : new int[] {10_000, 10}) {
                long before = metrics.dropped(DropCause.OVERFLOW).sum();
                while (metrics.dropped(DropCause.OVERFLOW).sum() == before) {
                    buffer.appendOrDrop(frame(new byte[size]));
                }
            }
            notices.look();
            seconds += 10;
            notices.look();
            notices.finish();
            assertThat(metrics.created(CreateCause.LOSS_NOTICE).sum()).isZero();
            assertThat(metrics.dropped(DropCause.OVERFLOW).sum()).isEqualTo(2);

            List<JsonNode> found = new ArrayList<>();
            await("room, and then the notice").until(() -> {
                found.addAll(readAll(buffer));
                notices.look();
                return !found.isEmpty();
            });
            assertThat(found).hasSize(1);
            assertThat(found.getFirst().path("dropped").asLong()).isEqualTo(2);
            assertThat(found.getFirst().path("cause").asText()).isEqualTo("overflow");
            assertThat(metrics.created(CreateCause.LOSS_NOTICE).sum()).isEqualTo(1);
        }
    }

    @Test
    void aNoticeWaitsForNobodyThatWaits() throws Exception {
        Metrics metrics = new Metrics();
        // A sender that waits ends with the buffer.
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
                Buffer buffer = open(Overflow.BLOCK, metrics)) {
            Future<?> sender = senders.submit(() -> {
                while (true) {
                    buffer.append(frame(new byte[10_000]));
                }
            });
            await("a sender that waits for a chunk to go")
                    .until(() -> buffer.gauges().waiting() == 1 && buffer.isFull());
            LossNotices notices = notices(buffer, metrics);
            metrics.dropped(DropCause.INVALID).increment();
            // It fits into what the sender's frame is too large for, or is refused: it does not wait in either case.
            notices.finish();
            assertThat(sender.isDone()).isFalse();
            buffer.closeIntake();
            metrics.dropped(DropCause.INVALID).increment();
            long before = metrics.created(CreateCause.LOSS_NOTICE).sum();
            notices.finish();
            assertThat(metrics.created(CreateCause.LOSS_NOTICE).sum()).isEqualTo(before);
        }
    }

    @Test
    void whatRecoveryFindsDamagedIsTold() throws Exception {
        try (Buffer buffer = open(Overflow.BLOCK, new Metrics())) {
            for (String text : List.of("one", "the second", "three")) {
                buffer.append(frame(text.getBytes(StandardCharsets.UTF_8)));
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path chunk :
                    files.filter(file -> file.toString().endsWith(".chunk")).toList()) {
                byte[] bytes = Files.readAllBytes(chunk);
                int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("the second");
                if (at >= 0) {
                    bytes[at] ^= 1;
                    Files.write(chunk, bytes);
                }
            }
        }
        Metrics metrics = new Metrics();
        try (Buffer buffer = open(Overflow.BLOCK, metrics)) {
            assertThat(readAll(buffer)).isEmpty();
            assertThat(metrics.dropped(DropCause.DAMAGED).sum()).isEqualTo(1);
            LossNotices notices = notices(buffer, metrics);
            notices.look();
            seconds += 10;
            notices.look();
            List<JsonNode> found = new ArrayList<>();
            await("the notice").until(() -> {
                found.addAll(readAll(buffer));
                return !found.isEmpty();
            });
            assertThat(found.getFirst().path("cause").asText()).isEqualTo("damaged");
            assertThat(found.getFirst().path("dropped").asLong()).isEqualTo(1);
        }
    }

    /** A notice that goes with the oldest chunk is told by the next one; when nothing else is lost, that is the end of it. */
    @Test
    void noticesThatAreDroppedMakeNoChain() throws Exception {
        Metrics metrics = new Metrics();
        // A sender that waits ends with the buffer.
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
                Buffer buffer = open(Overflow.DROP_OLDEST_CHUNK, metrics)) {
            FakeStream stream = new FakeStream(buffer, metrics);
            LossNotices notices = notices(buffer, metrics);
            AtomicBoolean enough = new AtomicBoolean();
            Future<Long> sender = senders.submit(() -> {
                long sent = 0;
                while (!enough.get()) {
                    buffer.append(frame(new byte[10_000]));
                    sent++;
                }
                return sent;
            });
            long droppedBefore = -1;
            while (!sender.isDone()) {
                stream.turn();
                seconds++;
                notices.look();
                long dropped = metrics.dropped(DropCause.OVERFLOW).sum();
                if (droppedBefore < 0
                        && metrics.created(CreateCause.LOSS_NOTICE).sum() > 0) {
                    droppedBefore = dropped;
                }
                // The first notice is gone for sure: so many frames are never in the buffer at once.
                enough.set(droppedBefore >= 0 && dropped - droppedBefore > CHUNKS * 150);
            }
            long sent = sender.get();
            long droppedUnderLoad = metrics.dropped(DropCause.OVERFLOW).sum();

            stream.up = true;
            for (int second = 0; second < 10_000 || buffer.bufferedFrames() > 0; second++) {
                stream.turn();
                seconds++;
                notices.look();
            }
            long created = metrics.created(CreateCause.LOSS_NOTICE).sum();
            assertThat(metrics.dropped(DropCause.OVERFLOW).sum())
                    .as("nothing more went once nobody waited")
                    .isEqualTo(droppedUnderLoad);
            assertThat(sent + created).isEqualTo(metrics.recordsDelivered.sum() + droppedUnderLoad);
            List<JsonNode> told = stream.notices;
            assertThat(told.getLast().path("total").asLong()).isEqualTo(droppedUnderLoad);
            long lostNotices = created - told.size();
            assertThat(lostNotices).as("notices that went with a chunk").isPositive();
        }
    }

    /** A stream that is up or not, and the shipper before it. */
    private static final class FakeStream {
        private final Queue<Runnable> requests = new ArrayDeque<>();
        private final List<JsonNode> notices = new ArrayList<>();
        private final Shipper shipper;
        private boolean up;
        private long now = System.nanoTime();

        FakeStream(Buffer buffer, Metrics metrics) {
            shipper = new Shipper(
                    buffer,
                    this::put,
                    requests::add,
                    KinesisConfig.of("logs"),
                    Duration.ofSeconds(10),
                    metrics,
                    () -> now);
        }

        private PutOutcome put(List<OutgoingRecord> records) {
            if (!up) {
                return new PutOutcome.Unavailable("connection refused");
            }
            List<RecordResult> results = new ArrayList<>();
            for (OutgoingRecord record : records) {
                String text = new String(record.data(), StandardCharsets.UTF_8);
                if (isNotice(text)) {
                    try {
                        notices.add(JSON.readTree(text));
                    } catch (IOException e) {
                        throw new AssertionError(text, e);
                    }
                }
                results.add(new RecordResult.Accepted("shardId-000000000000", "1"));
            }
            return new PutOutcome.Answered(results);
        }

        void turn() {
            now += Math.max(Math.min(shipper.step(now), 100_000_000L), 1_000_000L);
            while (!requests.isEmpty()) {
                requests.remove().run();
            }
        }
    }
}
