package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import logstream.buffer.Buffer;
import logstream.buffer.BufferClosedException;
import logstream.buffer.BufferConfig;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFiles;
import logstream.buffer.DeadLetterSelection;
import logstream.buffer.Frame;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.buffer.TakenOut;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters are in the buffer again under the keys that they had, and then no dead letters any more. */
class ReplayTest {
    @TempDir
    Path folder;

    private final Metrics metrics = new Metrics();
    private Buffer buffer;

    @BeforeEach
    void open() throws IOException {
        BufferConfig config = BufferConfig.DEFAULT;
        buffer = Buffer.open(
                new BufferConfig(
                        folder,
                        1 << 20,
                        8,
                        config.overflow(),
                        config.minFree(),
                        config.sync(),
                        config.syncInterval(),
                        config.deadLetterBytes(),
                        config.deadLetterAge()),
                metrics);
    }

    @AfterEach
    void close() {
        buffer.close();
    }

    private static DeadLetter letter(String key, int bytes) {
        return new DeadLetter(key, "refused", "why", Instant.now(), new byte[bytes]);
    }

    private TakenOut replay() throws Exception {
        return buffer.takeOutDeadLetters(DeadLetterSelection.ALL, new Replay(buffer, metrics, count -> true));
    }

    private List<KeyedFrame> readAll() throws IOException {
        List<KeyedFrame> frames = new ArrayList<>();
        for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
            frames.add(KeyedFrame.of(buffer.identity(), frame));
        }
        return frames;
    }

    private void append(String... records) throws BufferClosedException {
        FrameBatch batch = new FrameBatch(1 << 10);
        for (String record : records) {
            byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
            int at = batch.begin();
            System.arraycopy(bytes, 0, batch.reserve(at, bytes.length), at, bytes.length);
            batch.end(FrameKind.RECORD, at + bytes.length);
        }
        buffer.awaitDurable(buffer.append(batch));
    }

    @Test
    void singleRecordsKeepTheirKeys() throws Exception {
        buffer.keepDeadLetters(List.of(letter("one", 10), letter("two", 20)));

        assertThat(replay()).isEqualTo(new TakenOut(2, 30, 1, 0));

        assertThat(readAll())
                .satisfiesExactly(
                        one -> assertThat(one.key() + one.payload().length).isEqualTo("one10"),
                        two -> assertThat(two.key() + two.payload().length).isEqualTo("two20"));
        assertThat(metrics.created(CreateCause.REPLAYED).sum()).isEqualTo(2);
        assertThat(DeadLetterFiles.list(folder)).isEmpty();
    }

    @Test
    void aWholeChunkKeepsItsKeysAlsoTheSecondTime() throws Exception {
        append("first", "x".repeat(1 << 20));
        append("y".repeat(1 << 20));
        List<KeyedFrame> before = readAll();
        buffer.setAsideOldestChunk("full");
        replay();
        List<KeyedFrame> again = readAll();
        assertThat(keys(again)).containsExactlyElementsOf(keys(before).subList(0, again.size()));
        assertThat(again).isNotEmpty();

        // The replayed ones become dead letters as a chunk once more.
        append("z".repeat(1 << 20), "z".repeat(1 << 20));
        List<KeyedFrame> rest = readAll();
        long aside = 0;
        while (buffer.setAsideOldestChunk("full again") > 0) {
            aside++;
        }
        assertThat(aside).isPositive();
        replay();

        List<String> afterwards = keys(readAll());
        assertThat(afterwards).containsAll(keys(again));
        assertThat(rest).isNotEmpty();
    }

    private static List<String> keys(List<KeyedFrame> frames) {
        return frames.stream().map(KeyedFrame::key).toList();
    }

    @Test
    void manyGoInBatchesAndItCanBeStopped() throws Exception {
        List<DeadLetter> letters = new ArrayList<>();
        for (int number = 0; number < 500; number++) {
            letters.add(letter("key " + number, 2_000));
        }
        buffer.keepDeadLetters(letters);
        List<Long> told = new ArrayList<>();

        TakenOut taken = buffer.takeOutDeadLetters(DeadLetterSelection.ALL, new Replay(buffer, metrics, count -> {
            told.add(count);
            return told.size() < 2;
        }));

        assertThat(told).hasSize(2);
        assertThat(taken.records()).isEqualTo(told.getLast());
        assertThat(taken.left()).isEqualTo(500 - taken.records());
        assertThat(readAll()).hasSize((int) taken.records());
        replay();
        List<String> rest = keys(readAll());
        assertThat(rest).hasSize((int) taken.left()).last().isEqualTo("key 499");
        assertThat(metrics.created(CreateCause.REPLAYED).sum()).isEqualTo(500);
    }

    @Test
    void whatIsTooLargeWithItsKeyStays() throws Exception {
        buffer.keepDeadLetters(List.of(letter("large", FrameBatch.MAX_PAYLOAD_BYTES), letter("small", 1)));

        assertThat(replay()).isEqualTo(new TakenOut(1, 1, 0, 1));
        assertThat(keys(readAll())).containsExactly("small");
        assertThat(DeadLetterFiles.list(folder)).hasSize(1);
    }

    @Test
    void whenTheAgentEndsTheyStayDeadLetters() throws Exception {
        buffer.keepDeadLetters(List.of(letter("one", 10)));
        buffer.closeIntake();

        assertThatThrownBy(this::replay).isInstanceOf(BufferClosedException.class);
        assertThat(DeadLetterFiles.list(folder)).hasSize(1);
    }
}
