package logstream.pipeline;

import static logstream.pipeline.MultilineRig.RULE;
import static logstream.pipeline.MultilineRig.TAG;
import static logstream.pipeline.MultilineRig.TIMEOUT;
import static logstream.pipeline.MultilineRig.acked;
import static logstream.pipeline.MultilineRig.config;
import static logstream.pipeline.MultilineRig.line;
import static logstream.pipeline.MultilineRig.logs;
import static logstream.pipeline.MultilineRig.take;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.Frame;
import logstream.buffer.FrameKind;
import logstream.forward.EventSink.Intake;
import logstream.forward.Tag;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines that belong together, from the decoded event to the record that a consumer gets. */
class ParagraphsTest {
    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics();
    private Buffer buffer;
    private MultilineRig rig;

    @BeforeEach
    void open() throws IOException {
        buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics);
        rig = new MultilineRig(buffer, metrics, config(RULE));
    }

    @AfterEach
    void close() {
        rig.ingest.finish();
        buffer.close();
    }

    @Test
    void linesOfOneMessageAreOneRecordWithoutAnyFrameMore() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            line(intake, "c", "stderr", "\tat a");
            line(intake, "c", "stderr", "");
            line(intake, "c", "stderr", "\tat b");
            line(intake, "c", "stderr", "next");
            line(intake, "c", "stderr", "last");
            acked(intake);
        }
        rig.ingest.finish();
        List<JsonNode> records = rig.records();
        assertThat(logs(records)).containsExactly("boom\n\tat a\n\n\tat b", "next", "last");
        assertThat(records.getFirst())
                .hasToString("{\"container_id\":\"c\",\"source\":\"stderr\",\"log\":\"boom\\n\\tat a\\n\\n\\tat b\","
                        + "\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}");
        assertThat(rig.ends()).as("for the last one alone").isEqualTo(1);
        assertThat(metrics.linesJoined.sum()).isEqualTo(3);
        assertThat(metrics.framesAppended.sum()).isEqualTo(7);
        assertThat(rig.paragraphs.size()).isZero();
        assertThat(rig.paragraphs.bytes()).isZero();
    }

    @Test
    void aLineIsDurableBeforeItsParagraphEnds() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            acked(intake);
            assertThat(buffer.bufferedFrames()).isEqualTo(1);
            line(intake, "c", "stderr", "\tat a");
            acked(intake);
            assertThat(buffer.bufferedFrames()).isEqualTo(2);
            line(intake, "c", "stderr", "next");
            acked(intake);
            assertThat(buffer.bufferedFrames()).as("an end, and the next").isEqualTo(4);
        }
        rig.ingest.finish();
        assertThat(logs(rig.records())).containsExactly("boom\n\tat a", "next");
    }

    @Test
    void secretsAreTakenOutOfEachLine() throws Exception {
        CareConfig care = new CareConfig(List.of(CareConfig.RedactionRule.of(CareConfig.Preset.PASSWORDS)), List.of());
        rig.ingest.reload(Ingest.form(MultilineRig.config(RULE).withCare(care)));
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom password=hunter2");
            acked(intake);
            line(intake, "c", "stderr", "\tat a, password=hunter3 was wrong");
            acked(intake);
        }
        rig.ingest.finish();
        assertThat(logs(rig.records()))
                .containsExactly("boom password=[redacted:passwords]\n\tat a, password=[redacted:passwords] was wrong");
    }

    /** Docker goes on over another connection; and one that sleeps gives back its intake, and gets another. */
    @Test
    void aParagraphGoesOnOverTheNextConnectionOfItsContainer() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            acked(intake);
        }
        try (Intake intake = rig.open(2)) {
            line(intake, "c", "stderr", "\tat a");
            acked(intake);
        }
        rig.ingest.finish();
        assertThat(logs(rig.records())).containsExactly("boom\n\tat a");
    }

    @Test
    void sendersThatNameNoContainerAreToldApartByTheirConnections() throws Exception {
        try (Intake intake = rig.open(1);
                Intake other = rig.open(2)) {
            take(intake, TAG, "log", "boom");
            acked(intake);
            take(other, TAG, "log", " of another");
            acked(other);
            take(intake, TAG, "log", " of the first");
            acked(intake);
        }
        rig.ingest.finish();
        assertThat(logs(rig.records())).containsExactlyInAnyOrder("boom\n of the first", " of another");
    }

    @Test
    void outputsContainersAndTagsDoNotMix() throws Exception {
        Tag other = Tag.of("grid.b");
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            line(intake, "c", "stdout", "out");
            line(intake, "d", "stderr", "crash");
            take(intake, other, "container_id", "c", "source", "stderr", "log", "tag");
            line(intake, "c", "stderr", " 1");
            line(intake, "d", "stderr", " 2");
            line(intake, "c", "stdout", " 3");
            take(intake, other, "container_id", "c", "source", "stderr", "log", " 4");
            take(intake, TAG, "log", " of nobody");
            take(intake, Tag.of("other"), "log", "not shipped");
            acked(intake);
        }
        rig.ingest.finish();
        assertThat(logs(rig.records()))
                .containsExactlyInAnyOrder("boom\n 1", "out\n 3", "crash\n 2", "tag\n 4", " of nobody");
    }

    @Test
    void silenceEndsAParagraph() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            acked(intake);
            rig.pass(TIMEOUT.minusMillis(1));
            rig.paragraphs.endQuiet();
            assertThat(rig.paragraphs.size()).isEqualTo(1);
            line(intake, "c", "stderr", " 1");
            acked(intake);
            rig.pass(TIMEOUT);
            rig.paragraphs.endQuiet();
            assertThat(rig.paragraphs.size()).isZero();
            assertThat(logs(rig.records())).containsExactly("boom\n 1");
            line(intake, "c", "stderr", " too late");
            acked(intake);
        }
    }

    /** It is not waited for that somebody looks. */
    @Test
    void aLineThatComesTooLateBeginsARecord() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            rig.full.set(true);
            rig.pass(TIMEOUT);
            line(intake, "c", "stderr", " too late");
            for (int i = 0; i < 30; i++) {
                rig.pass(TIMEOUT.dividedBy(2));
                line(intake, "c", "stderr", " " + i);
            }
            acked(intake);
            rig.full.set(false);
        }
        rig.ingest.finish();
        List<String> logs = logs(rig.records());
        assertThat(logs.getFirst()).isEqualTo("boom");
        assertThat(logs.get(1)).startsWith(" too late\n 0\n 1").endsWith("\n 18");
        assertThat(logs.get(2)).as("a paragraph has a longest time").startsWith(" 19\n");
    }

    @Test
    void withoutRoomForItsEndAParagraphStaysOpen() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            acked(intake);
            rig.full.set(true);
            rig.pass(TIMEOUT);
            rig.paragraphs.endQuiet();
            assertThat(rig.paragraphs.size()).isEqualTo(1);
            assertThat(rig.ends()).isZero();
            rig.full.set(false);
            rig.paragraphs.endQuiet();
            assertThat(rig.paragraphs.size()).isZero();
            assertThat(rig.ends()).isEqualTo(1);
        }
        assertThat(logs(rig.records())).containsExactly("boom");
    }

    @Test
    void whatIsNoWholeLineOfTextStandsForItself() throws Exception {
        rig.ingest.reload(Ingest.form(MultilineRig.config(RULE).withLiftJson(true)));
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            line(intake, "c", "stderr", "{\"lifted\":1}");
            line(intake, "c", "stderr", " goes on with nothing");
            take(
                    intake,
                    TAG,
                    "container_id",
                    "c",
                    "source",
                    "stderr",
                    "log",
                    " a piece",
                    "partial_message",
                    "true",
                    "partial_id",
                    "id",
                    "partial_ordinal",
                    "1",
                    "partial_last",
                    "true");
            line(intake, "c", "stderr", " neither this");
            take(intake, TAG, "container_id", "c", "source", "stderr", "message", "no log");
            line(intake, "c", "stderr", " nor that");
            line(intake, "c", "stderr", " " + "x".repeat(Piece.MOST_LOG_BYTES));
            line(intake, "c", "stderr", " and at last");
            acked(intake);
        }
        rig.ingest.finish();
        List<JsonNode> records = rig.records();
        assertThat(records)
                .anySatisfy(one -> assertThat(one.path("lifted").asInt()).isEqualTo(1));
        assertThat(logs(records))
                .containsExactlyInAnyOrder(
                        "boom",
                        "",
                        " goes on with nothing",
                        " a piece",
                        " neither this",
                        "",
                        " nor that",
                        " " + "x".repeat(Piece.MOST_LOG_BYTES),
                        " and at last");
    }

    @Test
    void aParagraphHasABoundOfLinesAndOfBytes() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "many");
            for (int i = 1; i <= Paragraph.MOST_LINES; i++) {
                line(intake, "c", "stderr", " ");
                if (i % 100 == 0) {
                    acked(intake);
                }
            }
            String large = " " + "x".repeat((100 << 10) - 2);
            line(intake, "d", "stderr", "large");
            for (int i = 0; i < 6; i++) {
                line(intake, "d", "stderr", large);
                acked(intake);
            }
        }
        rig.ingest.finish();
        List<JsonNode> records = rig.records();
        assertThat(logs(records).stream().map(String::length))
                .containsExactlyInAnyOrder(
                        "many".length() + 2 * (Paragraph.MOST_LINES - 1),
                        1,
                        "large".length() + 5 * (100 << 10),
                        (100 << 10) - 1);
        assertThat(records).noneSatisfy(one -> assertThat(one.has("line_id")).isTrue());
    }

    @Test
    void outputsBeyondABoundHaveARecordForEachLine() throws Exception {
        try (Intake intake = rig.open(1)) {
            for (int i = 0; i <= Paragraphs.MOST_OPEN; i++) {
                line(intake, "c" + i, "stderr", "first");
                acked(intake);
            }
            assertThat(rig.paragraphs.size()).isEqualTo(Paragraphs.MOST_OPEN);
            line(intake, "c" + Paragraphs.MOST_OPEN, "stderr", " alone");
            line(intake, "c1", "stderr", " joined");
            acked(intake);
            List<Frame> frames = rig.frames(metrics.framesAppended.sum());
            assertThat(frames.get(Paragraphs.MOST_OPEN).kind()).isEqualTo(FrameKind.RECORD);
            assertThat(frames.get(Paragraphs.MOST_OPEN + 1).kind()).isEqualTo(FrameKind.RECORD);
            assertThat(frames.getLast().kind()).isEqualTo(FrameKind.PIECE);
            rig.pass(TIMEOUT);
            rig.paragraphs.endQuiet();
            line(intake, "c" + Paragraphs.MOST_OPEN, "stderr", "now");
            assertThat(rig.paragraphs.size()).isEqualTo(1);
        }
    }

    @Test
    void memoryBeyondABoundIsNotTaken() throws Exception {
        String large = "x".repeat(100 << 10);
        try (Intake intake = rig.open(1)) {
            for (int i = 0; i < 40; i++) {
                line(intake, "c" + i, "stderr", large);
                acked(intake);
            }
            assertThat(rig.paragraphs.bytes()).isBetween(Paragraphs.MOST_BYTES, Paragraphs.MOST_BYTES + (101 << 10));
            line(intake, "c0", "stderr", " alone");
            acked(intake);
        }
        rig.ingest.finish();
        assertThat(rig.paragraphs.bytes()).isZero();
        assertThat(logs(rig.records())).hasSize(41).contains(" alone");
    }

    @Test
    void anotherRuleHoldsFromTheNextTurnOn() throws Exception {
        MultilineRule other = new MultilineRule(List.of("grid.**"), new MultilineRule.Start("[A-Z]"), TIMEOUT);
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            line(intake, "c", "stderr", " 1");
            rig.ingest.reload(Ingest.form(config(other)));
            line(intake, "c", "stderr", " 2");
            acked(intake);
            line(intake, "c", "stderr", "goes on with nothing");
            line(intake, "c", "stderr", "but this with that");
            acked(intake);
            rig.ingest.reload(Ingest.form(RecordConfig.DEFAULT));
            line(intake, "c", "stderr", "as it is");
            line(intake, "c", "stderr", " this too");
            acked(intake);
        }
        rig.ingest.finish();
        assertThat(logs(rig.records()))
                .containsExactly("as it is", " this too", "boom\n 1\n 2", "goes on with nothing\nbut this with that");
    }

    @Test
    void theFirstRuleForATagHolds() throws Exception {
        rig.ingest.reload(Ingest.form(config(
                new MultilineRule(List.of("grid.b"), new MultilineRule.Start("b"), TIMEOUT),
                new MultilineRule(List.of("grid.*"), new MultilineRule.Start("a"), TIMEOUT))));
        try (Intake intake = rig.open(1)) {
            for (String tag : List.of("grid.a", "grid.b", "grid")) {
                for (String line : List.of("a1", "b1", "a2")) {
                    take(intake, Tag.of(tag), "log", line);
                }
            }
            acked(intake);
        }
        rig.ingest.finish();
        assertThat(logs(rig.records())).containsExactlyInAnyOrder("a1", "b1", "a2", "a1\nb1", "a2", "a1", "b1\na2");
    }

    @Test
    void whoWatchesSeesLines() throws Exception {
        try (Viewer viewer = rig.liveTail.watch().orElseThrow();
                Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            acked(intake);
            line(intake, "c", "stderr", "\tat a");
            acked(intake);
            line(intake, "c", "stderr", "next");
            acked(intake);
            List<String> seen = IntStream.range(0, 3)
                    .mapToObj(batch -> next(viewer))
                    .flatMap(List::stream)
                    .map(record -> MultilineRig.json(record).get("log").asText())
                    .toList();
            assertThat(seen).containsExactly("boom", "\tat a", "next");
        }
    }

    /** What is not known any more after a crash: the lines leave as parts, as those of long lines do. */
    @Test
    void whatACrashLeavesOpenLeavesInParts() throws Exception {
        try (Intake intake = rig.open(1)) {
            line(intake, "c", "stderr", "boom");
            for (int i = 1; i <= 9; i++) {
                line(intake, "c", "stderr", " " + i);
            }
            acked(intake);
        }
        List<JsonNode> records = rig.records();
        assertThat(logs(records)).containsExactly("boom\n 1\n 2\n 3\n 4\n 5\n 6", "\n 7\n 8\n 9");
        assertThat(records).allSatisfy(one -> {
            assertThat(one.get("line_id").asText()).startsWith("paragraph-");
            assertThat(one.get("line_last").asBoolean()).isFalse();
            assertThat(one.get("container_id").asText()).isEqualTo("c");
        });
        assertThat(records).extracting(one -> one.get("line_part").asInt()).containsExactly(1, 8);
    }

    private static List<byte[]> next(Viewer viewer) {
        try {
            return viewer.next(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
