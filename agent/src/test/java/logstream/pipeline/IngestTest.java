package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import logstream.Symptom;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.Frame;
import logstream.buffer.FrameKind;
import logstream.forward.EventSink.Intake;
import logstream.forward.EventSink.Intake.Taken;
import logstream.forward.IntakeStoppedException;
import logstream.forward.MsgpackCursor;
import logstream.forward.Peer;
import logstream.forward.Tag;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.MetricsPage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.slf4j.LoggerFactory;

class IngestTest {
    private static final Tag GRID = Tag.of("grid.a");
    private static final Peer PEER = new Peer("192.0.2.7:40000", Optional.of("192.0.2.7"));

    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics();
    private final Containers containers = new Containers(InstantSource.system(), metrics.tags);
    private final LiveTail liveTail = new LiveTail(System::nanoTime);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(Ingest.class);
    private Buffer buffer;
    private Ingest ingest;

    @BeforeEach
    void open() throws IOException {
        buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics);
        ingest = new Ingest(buffer, RecordConfig.DEFAULT, metrics, containers, liveTail);
        log.setLevel(Level.WARN);
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void close() {
        log.detachAppender(logged);
        buffer.close();
    }

    @Test
    void whatIsFlushedIsInTheBufferInItsOrder() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            assertThat(intake.take(GRID, 1, 0, event("a"), true)).isEqualTo(Taken.YES);
            assertThat(intake.take(GRID, 1, 0, event("b"), true)).isEqualTo(Taken.YES);
            assertThat(buffer.bufferedFrames()).isZero();
            intake.flush(true);
            intake.awaitDurable();
        }
        assertThat(buffered())
                .containsExactly(
                        "{\"log\":\"a\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}",
                        "{\"log\":\"b\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}");
    }

    @Test
    void whatIsNotFlushedIsForgotten() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("a"), true);
        }
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    @Symptom("One container's lines are missing")
    void otherTagsAreCountedAndTheFirstOfEachIsNamed() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            for (int i = 0; i < 3; i++) {
                intake.take(Tag.of("other\nline"), 1, 0, event("a"), true);
                intake.take(Tag.of("more"), 1, 0, event("a"), true);
            }
            intake.flush(true);
            intake.awaitDurable();
        }
        assertThat(metrics.dropped(DropCause.UNMATCHED_TAG).sum()).isEqualTo(6);
        assertThat(buffer.bufferedFrames()).isZero();
        assertThat(logged.list).hasSize(2);
        assertThat(logged.list.getFirst().getFormattedMessage()).contains("\"other?line\"", "record.tags");
    }

    @Test
    void anotherFormHoldsFromTheNextTurnOn() throws Exception {
        RecordConfig other = RecordConfig.DEFAULT
                .withTags(List.of("other"))
                .withJoinPieces(false)
                .withAdded(AddedFieldsConfig.NONE.withSourceAddressKey("peer"));
        Tag tag = Tag.of("other");
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("a"), true);
            ingest.reload(Ingest.form(other));
            intake.take(GRID, 1, 0, event("b"), true);
            intake.flush(true);
            intake.take(GRID, 1, 0, event("not any more"), true);
            intake.take(tag, 1, 0, event("c"), true);
            intake.flush(true);
            ingest.reload(Ingest.form(RecordConfig.DEFAULT));
            intake.take(GRID, 1, 0, event("d"), true);
            intake.flush(true);
            intake.awaitDurable();
        }
        assertThat(buffered())
                .containsExactly(
                        "{\"log\":\"a\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}",
                        "{\"log\":\"b\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}",
                        "{\"log\":\"c\",\"peer\":\"192.0.2.7\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"other\"}",
                        "{\"log\":\"d\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}");
        assertThat(metrics.dropped(DropCause.UNMATCHED_TAG).sum()).isEqualTo(1);
    }

    @Test
    void theInstanceIsToldOnceItIsKnown() throws Exception {
        AddedFieldsConfig added = new AddedFieldsConfig(
                List.of(), Optional.empty(), Optional.of("instance"), Optional.of("region"), Optional.empty());
        ingest.reload(Ingest.form(RecordConfig.DEFAULT.withAdded(added)));
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("a"), true);
            ingest.instance("i-1", "eu-west-1");
            intake.take(GRID, 1, 0, event("b"), true);
            intake.flush(true);
            intake.take(GRID, 1, 0, event("c"), true);
            intake.flush(true);
            ingest.reload(Ingest.form(RecordConfig.DEFAULT.withAdded(added)));
            intake.take(GRID, 1, 0, event("d"), true);
            intake.flush(true);
            intake.awaitDurable();
        }
        String end = ",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}";
        assertThat(buffered())
                .containsExactly(
                        "{\"log\":\"a\"" + end,
                        "{\"log\":\"b\"" + end,
                        "{\"log\":\"c\",\"instance\":\"i-1\",\"region\":\"eu-west-1\"" + end,
                        "{\"log\":\"d\",\"instance\":\"i-1\",\"region\":\"eu-west-1\"" + end);
    }

    @Test
    void timeAndLinesAreAsAskedFor() throws Exception {
        RecordConfig fine = new RecordConfig(
                List.of("**"),
                true,
                RecordConfig.DEFAULT.joinTimeout(),
                true,
                AddedFieldsConfig.NONE,
                RecordConfig.TimePrecision.MICROSECONDS,
                true,
                List.of());
        ingest.reload(Ingest.form(fine));
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 12_345_678, event("{\"a\":1}"), true);
            intake.flush(true);
            intake.awaitDurable();
        }
        assertThat(buffered()).containsExactly("{\"a\":1,\"time\":\"1970-01-01T00:00:01.012345Z\",\"tag\":\"grid.a\"}");
    }

    @Test
    void whetherPiecesAreJoinedHoldsFromTheNextTurnOn() throws Exception {
        RecordConfig apart = RecordConfig.DEFAULT.withJoinPieces(false);
        List<FrameKind> kinds = new ArrayList<>();
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, piece(), true);
            intake.flush(true);
            ingest.reload(Ingest.form(apart));
            intake.take(GRID, 1, 0, piece(), true);
            intake.flush(true);
            intake.awaitDurable();
        }
        for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
            kinds.add(frame.kind());
        }
        assertThat(kinds).containsExactly(FrameKind.PIECE, FrameKind.RECORD);
    }

    private static MsgpackCursor piece() throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(5).packString("log").packString("x");
            packer.packString("partial_message").packString("true");
            packer.packString("partial_id").packString("0123456789abcdef");
            packer.packString("partial_ordinal").packString("1");
            packer.packString("partial_last").packString("false");
            return new MsgpackCursor().at(packer.toByteArray(), 0);
        }
    }

    @Test
    void whatAContainerSendsIsCountedAndSeen() throws Exception {
        try (Viewer viewer = liveTail.watch().orElseThrow();
                Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("container_name", "/web"), true);
            intake.take(GRID, 1, 0, event("container_name", "/web"), true);
            intake.take(Tag.of("other"), 1, 0, event("container_name", "/web"), true);
            assertThat(viewer.next(Duration.ZERO)).isEmpty();
            assertThat(intake.flush(true)).isTrue();
            assertThat(viewer.next(Duration.ZERO)).hasSize(2);
            intake.awaitDurable();
        }
        List<String> records = buffered();
        Containers.Row grid = row("grid.a");
        assertThat(grid.name()).isEqualTo("web");
        assertThat(grid.lines()).isEqualTo(2);
        assertThat(grid.bytes()).isEqualTo(2L * records.getFirst().length());
        assertThat(grid.drops()).isZero();
        assertThat(row("other").lines()).isZero();
        assertThat(row("other").drops()).isEqualTo(1);
    }

    private Containers.Row row(String tag) {
        return containers.rows(Containers.MOST).stream()
                .filter(row -> row.tag().equals(tag))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEventBeyondWhatAFrameHoldsIsCounted() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("other", "\u0000".repeat(1 << 19)), true);
            intake.take(GRID, 1, 0, event("after"), true);
            intake.flush(true);
            intake.awaitDurable();
        }
        assertThat(metrics.dropped(DropCause.TOO_LARGE).sum()).isEqualTo(1);
        assertThat(buffered()).hasSize(1);
    }

    @Test
    void byTagWhatIsReceivedAndNotDroppedIsInTheBuffer() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("a"), true);
            intake.take(Tag.of("other"), 1, 0, event("a"), true);
            intake.take(GRID, 1, 0, event("other", "\u0000".repeat(1 << 19)), true);
            intake.take(Tag.of("grid.b"), 1, 0, event("\u0000".repeat(1 << 19)), true);
            intake.take(GRID, 1, 0, event("b"), true);
            intake.flush(true);
            intake.awaitDurable();
        }
        String page = new String(new MetricsPage(metrics).text(), StandardCharsets.UTF_8);
        assertThat(page.lines().filter(line -> line.startsWith("logstream_tag_events_")))
                .containsExactlyInAnyOrder(
                        "logstream_tag_events_received_total{tag=\"grid.a\"} 3.0",
                        "logstream_tag_events_received_total{tag=\"grid.b\"} 1.0",
                        "logstream_tag_events_received_total{tag=\"other\"} 1.0",
                        "logstream_tag_events_dropped_total{tag=\"grid.a\"} 1.0",
                        "logstream_tag_events_dropped_total{tag=\"grid.b\"} 0.0",
                        "logstream_tag_events_dropped_total{tag=\"other\"} 1.0");
        assertThat(metrics.framesAppended.sum())
                .isEqualTo(5 - 2 + metrics.created(CreateCause.CUT).sum());
    }

    @Test
    @Symptom("Records have `line_part`")
    void anEventWhoseLineIsTooLongForARecordIsCutAndWhatThatMakesIsCounted() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("\u0000".repeat(1 << 19)), true);
            intake.flush(true);
            intake.awaitDurable();
        }
        assertThat(metrics.created(CreateCause.CUT).sum()).isEqualTo(3);
        assertThat(metrics.dropped(DropCause.TOO_LARGE).sum()).isZero();
        assertThat(buffer.bufferedFrames()).isEqualTo(4);
    }

    @Test
    void aFullBatchAsksToBeFlushed() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            boolean full = false;
            for (int kilobytes = 0; !full; kilobytes += 10) {
                assertThat(kilobytes).isLessThan(300);
                full = intake.take(GRID, 1, 0, event("x".repeat(10 << 10)), true) == Taken.FULL;
            }
            intake.flush(true);
            intake.awaitDurable();
        }
        assertThat(buffer.bufferedFrames()).isBetween(15L, 30L);
    }

    /** Senders that want acks wait, each with one of the few benches: nobody else may have to wait for those. */
    @Test
    void whoseEventsMayBeDroppedNeverWaitsForThoseThatWaitForRoom(@TempDir Path small) throws Exception {
        BufferConfig config = new BufferConfig(
                small,
                1 << 20,
                2,
                BufferConfig.Overflow.DROP_NEWEST,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.NEVER,
                Duration.ofMillis(100),
                1 << 20,
                Duration.ofDays(1));
        ExecutorService askers = Executors.newCachedThreadPool();
        try (Buffer little = Buffer.open(config, metrics)) {
            Ingest full = new Ingest(little, RecordConfig.DEFAULT, metrics, containers, liveTail);
            MsgpackCursor large = event("x".repeat(10 << 10));
            int start = large.position();
            byte[] bytes = large.bytes();
            Runnable asker = () -> {
                try (Intake intake = full.open(PEER)) {
                    MsgpackCursor mine = new MsgpackCursor();
                    while (true) {
                        mine.at(bytes, start);
                        intake.take(GRID, 1, 0, mine, false);
                        intake.flush(true);
                    }
                } catch (IntakeStoppedException e) {
                    // The test ends.
                }
            };
            for (int connection = 0; connection < 20; connection++) {
                askers.execute(asker);
            }
            try (Intake unasked = full.open(PEER)) {
                Awaitility.await().until(() -> {
                    Taken taken = unasked.take(GRID, 1, 0, event("x".repeat(10 << 10)), true);
                    unasked.flush(false);
                    return taken == Taken.DROPPED;
                });
                long before = metrics.dropped(DropCause.OVERFLOW).sum();
                assertThat(unasked.take(GRID, 1, 0, event("a"), true)).isEqualTo(Taken.DROPPED);
                assertThat(metrics.dropped(DropCause.OVERFLOW).sum()).isEqualTo(before + 1);
            }
            little.closeIntake();
            askers.shutdown();
            assertThat(askers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            askers.shutdownNow();
        }
    }

    /** More connections than there are batches: each gives its own back when it flushes or ends. */
    @Test
    void batchesComeBack() throws Exception {
        List<Intake> idle = new ArrayList<>();
        for (int connection = 0; connection < 100; connection++) {
            Intake intake = ingest.open(PEER);
            intake.take(GRID, 1, 0, event("a"), true);
            if (connection % 2 == 0) {
                intake.flush(true);
            } else {
                intake.close();
            }
            idle.add(intake);
        }
        assertThat(idle).hasSize(100);
        idle.getFirst().awaitDurable();
        assertThat(metrics.framesAppended.sum()).isEqualTo(50);
    }

    @Test
    void whenTheBufferTakesNoMoreTheConnectionLearnsIt() throws Exception {
        try (Intake intake = ingest.open(PEER)) {
            intake.take(GRID, 1, 0, event("a"), true);
            buffer.closeIntake();
            assertThatThrownBy(() -> intake.flush(true)).isInstanceOf(IntakeStoppedException.class);
        }
    }

    private List<String> buffered() throws IOException {
        List<String> texts = new ArrayList<>();
        for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
            texts.add(new String(frame.payload(), StandardCharsets.UTF_8));
        }
        return texts;
    }

    private static MsgpackCursor event(String line) throws IOException {
        return event("log", line);
    }

    private static MsgpackCursor event(String field, String value) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(1).packString(field).packString(value);
            return new MsgpackCursor().at(packer.toByteArray(), 0);
        }
    }
}
