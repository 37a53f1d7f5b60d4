package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import org.junit.jupiter.api.Test;

class LiveTailTest {
    private static final Duration NOT_LONG = Duration.ofMillis(1);

    private final AtomicLong nanos = new AtomicLong();
    private final LiveTail liveTail = new LiveTail(nanos::get);

    @Test
    void whatIsTakenIsSeenInItsOrderByEveryViewer() throws Exception {
        try (Viewer one = liveTail.watch().orElseThrow();
                Viewer other = liveTail.watch().orElseThrow()) {
            liveTail.show(batch("a", "b"));
            liveTail.show(batch("c"));

            for (Viewer viewer : List.of(one, other)) {
                assertThat(texts(viewer)).containsExactly("a", "b");
                assertThat(texts(viewer)).containsExactly("c");
                assertThat(texts(viewer)).isEmpty();
                assertThat(viewer.takeMissed()).isZero();
            }
        }
    }

    @Test
    void theBatchMayBeUsedAgainAtOnce() throws Exception {
        try (Viewer viewer = liveTail.watch().orElseThrow()) {
            FrameBatch batch = batch("first");
            liveTail.show(batch);
            batch.clear();
            add(batch, "other");
            assertThat(texts(viewer)).containsExactly("first");
        }
    }

    @Test
    void whoDoesNotReadMissesAloneAndIsToldHowMuch() throws Exception {
        String kilobyte = "x".repeat(1_000);
        long shown = 0;
        try (Viewer reads = liveTail.watch().orElseThrow();
                Viewer sleeps = liveTail.watch().orElseThrow()) {
            for (int batch = 0; batch < 200; batch++) {
                liveTail.show(batch(kilobyte, kilobyte, kilobyte, kilobyte, kilobyte));
                nanos.addAndGet(Duration.ofMillis(10).toNanos());
                shown += 5;
                assertThat(texts(reads)).hasSize(5);
            }
            assertThat(reads.takeMissed()).isZero();
            long seen = 0;
            for (int got = texts(sleeps).size(); got > 0; got = texts(sleeps).size()) {
                seen += got;
            }
            assertThat(seen).isBetween(400L, 525L);
            assertThat(sleeps.takeMissed()).isEqualTo(shown - seen);
            assertThat(sleeps.takeMissed()).isZero();

            liveTail.show(batch("again"));
            assertThat(texts(sleeps)).containsExactly("again");
        }
    }

    @Test
    void aViewerIsGivenSoMuchASecond() throws Exception {
        try (Viewer viewer = liveTail.watch().orElseThrow()) {
            FrameBatch batch = batch("x".repeat(100_000));
            assertThat(bytesSeen(viewer, batch, 100)).isBetween(2_000_000L, 2_300_000L);
            assertThat(bytesSeen(viewer, batch, 10)).isZero();
            nanos.addAndGet(Duration.ofMillis(500).toNanos());
            assertThat(bytesSeen(viewer, batch, 100)).isBetween(800_000L, 1_200_000L);
            nanos.addAndGet(Duration.ofHours(1).toNanos());
            assertThat(bytesSeen(viewer, batch, 100)).isBetween(1_900_000L, 2_300_000L);
        }
    }

    private long bytesSeen(Viewer viewer, FrameBatch batch, int times) throws InterruptedException {
        long bytes = 0;
        for (int i = 0; i < times; i++) {
            liveTail.show(batch);
            for (String text : texts(viewer)) {
                bytes += text.length();
            }
        }
        return bytes;
    }

    @Test
    void piecesAreSeenOneByOne() throws Exception {
        try (Viewer viewer = liveTail.watch().orElseThrow()) {
            FrameBatch batch = new FrameBatch(1 << 10);
            byte[] id = {'i'};
            int start = batch.begin();
            byte[] payload = "{\"source\":\"stdout\",,\"tag\":\"t\"}a \"line\"".getBytes(StandardCharsets.UTF_8);
            byte[] bytes = batch.reserve(start, payload.length + Piece.ID_AT + 1);
            Piece.writeStart(bytes, start, id, 1, false, 19, 11);
            System.arraycopy(payload, 0, bytes, start + Piece.ID_AT + 1, payload.length);
            assertThat(batch.end(FrameKind.PIECE, start + Piece.ID_AT + 1 + payload.length))
                    .isTrue();
            liveTail.show(batch);

            assertThat(texts(viewer))
                    .containsExactly("{\"source\":\"stdout\",\"log\":\"a \\\"line\\\"\",\"tag\":\"t\"}");
        }
    }

    @Test
    void viewersAreBoundedAndAPlaceComesBack() {
        List<Viewer> viewers = new ArrayList<>();
        for (int one = 0; one < LiveTail.MOST_VIEWERS; one++) {
            viewers.add(liveTail.watch().orElseThrow());
        }
        assertThat(liveTail.watch()).isEmpty();
        assertThat(liveTail.viewers()).isEqualTo(LiveTail.MOST_VIEWERS);
        viewers.getFirst().close();
        assertThat(liveTail.watch()).isPresent();
    }

    private static List<String> texts(Viewer viewer) throws InterruptedException {
        return viewer.next(NOT_LONG).stream()
                .map(record -> new String(record, StandardCharsets.UTF_8))
                .toList();
    }

    private static FrameBatch batch(String... texts) {
        FrameBatch batch = new FrameBatch(1 << 10);
        for (String text : texts) {
            add(batch, text);
        }
        return batch;
    }

    private static void add(FrameBatch batch, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        int start = batch.begin();
        System.arraycopy(payload, 0, batch.reserve(start, payload.length), start, payload.length);
        assertThat(batch.end(FrameKind.RECORD, start + payload.length)).isTrue();
    }
}
