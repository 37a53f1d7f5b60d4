package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Stream;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pieces in a real buffer, and a shipper that is driven step by step on the test's own clock. */
class ShipperLinesTest {
    private static final RecordResult ACCEPTED = new RecordResult.Accepted("shardId-000000000000", "1");
    private static final PutOutcome DOWN = new PutOutcome.Unavailable("connection refused");
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(10);
    private static final long MILLISECOND = 1_000_000L;
    private static final long SECOND = 1000 * MILLISECOND;
    private static final int DOCKERS = 16 << 10;

    @TempDir
    private Path folder;

    private Metrics metrics = new Metrics();
    private final Queue<Runnable> requests = new ArrayDeque<>();
    private final Map<String, JsonNode> accepted = new LinkedHashMap<>();
    private int acceptedTwice;
    private Function<List<OutgoingRecord>, PutOutcome> stream = this::accept;
    private long now = System.nanoTime();
    private Buffer buffer;
    private Shipper shipper;
    private long appended;

    @BeforeEach
    void open() throws IOException {
        open(chunks(16 << 20, 128));
    }

    @AfterEach
    void close() {
        buffer.close();
    }

    @Test
    void piecesAreJoinedAndReleasedTogether() throws Exception {
        append(FrameKind.RECORD, utf8("{\"log\":\"before\"}"));
        appendLine("a", "<1><2><3>", 3);
        append(FrameKind.RECORD, utf8("{\"log\":\"behind\"}"));
        run(SECOND);

        assertThat(logs()).containsExactlyInAnyOrder("before", "<1><2><3>", "behind");
        assertThat(buffer.bufferedFrames()).isZero();
        assertThat(metrics.eventsMerged.sum()).isEqualTo(3);
        assertBalance();
    }

    @Test
    void anOpenLineHoldsUpNobodyAndIsReleasedWithItsEnd() throws Exception {
        List<byte[]> pieces = Pieces.of("a", utf8("<1><2><3>"), 3);
        append(FrameKind.PIECE, pieces.get(0));
        append(FrameKind.RECORD, utf8("{\"log\":\"x\"}"));
        run(5 * SECOND);
        assertThat(logs()).containsExactly("x");
        assertThat(buffer.bufferedFrames()).isEqualTo(2);
        assertThat(shipper.doneNotReleased()).isEqualTo(1);
        assertBalance();

        for (byte[] piece : pieces.subList(1, pieces.size())) {
            append(FrameKind.PIECE, piece);
        }
        run(SECOND);
        assertThat(logs()).containsExactly("x", "<1><2><3>");
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    @Test
    void aLineWithoutAnEndLeavesAfterTheTimeOut() throws Exception {
        append(FrameKind.PIECE, Pieces.payload("a", 1, false, utf8("no newline")));
        run(9 * SECOND);
        assertThat(accepted).isEmpty();
        run(2 * SECOND);
        assertThat(logs()).containsExactly("no newline");
        assertThat(shapes()).containsExactly("1+1");
        assertThat(buffer.bufferedFrames()).isZero();
    }

    /** While the stream is away nothing is read: the end of the line is there, and time alone must not cut it. */
    @Test
    void aLineInTheBacklogOfAnOutageIsNotCut() throws Exception {
        stream = records -> DOWN;
        byte[] log = new byte[DOCKERS];
        Arrays.fill(log, (byte) 'x');
        append(FrameKind.PIECE, Pieces.payload("slow", 1, false, log));
        appendRecords((int) Shipper.MAX_SPAN_BYTES + (4 << 20));
        append(FrameKind.PIECE, Pieces.payload("slow", 2, true, utf8("end")));
        run(60 * SECOND);
        assertThat(accepted).isEmpty();

        stream = this::accept;
        run(60 * SECOND);
        // More than a span lies between the two pieces: the first part had to leave, or nothing would have been read
        // any more.
        assertThat(shapes()).contains("1+1", "2+1.");
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    @Test
    void aLineOverLessThanTheSpanIsWholeAfterAnOutage() throws Exception {
        stream = records -> DOWN;
        append(FrameKind.PIECE, Pieces.payload("slow", 1, false, utf8("begin ")));
        appendRecords((int) Shipper.MAX_SPAN_BYTES - (4 << 20));
        append(FrameKind.PIECE, Pieces.payload("slow", 2, true, utf8("end")));
        run(60 * SECOND);

        stream = this::accept;
        run(60 * SECOND);
        assertThat(logs()).contains("begin end");
        assertThat(shapes()).containsOnly("whole");
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    /** The oldest frame is a piece whose line stays open, and so much follows that nothing more may be read. */
    @Test
    void anOpenLineDoesNotStopTheOthers() throws Exception {
        append(FrameKind.PIECE, Pieces.payload("stuck", 1, false, utf8("stuck")));
        append(FrameKind.PIECE, Pieces.payload("later", 1, false, utf8("later")));
        appendRecords((int) Shipper.MAX_SPAN_BYTES + (24 << 20));
        // No time-out: at the rate of a fresh agent it takes less than that.
        run(8 * SECOND);

        assertThat(logs()).contains("stuck", "later");
        assertThat(shapes()).contains("1+1");
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    /** Each line begins before the one before has ended: there is never a place between lines. */
    @Test
    void linesThatOverlapWithoutEndAreAllWhole() throws Exception {
        int lines = 800;
        byte[] log = new byte[DOCKERS];
        for (int line = 0; line <= lines; line++) {
            Arrays.fill(log, (byte) ('a' + line % 26));
            if (line < lines) {
                append(FrameKind.PIECE, Pieces.payload("line-" + line, 1, false, log));
                append(FrameKind.PIECE, Pieces.payload("line-" + line, 2, false, log));
                append(FrameKind.PIECE, Pieces.payload("line-" + line, 3, false, log));
            }
            if (line > 0) {
                append(FrameKind.PIECE, Pieces.payload("line-" + (line - 1), 4, true, utf8("end")));
            }
        }
        run(8 * SECOND);

        assertThat(accepted).hasSize(lines);
        assertThat(shapes()).containsOnly("whole");
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    @Test
    void aThousandLinesAtOnceAreAllWhole() throws Exception {
        for (int ordinal = 1; ordinal <= 4; ordinal++) {
            for (int line = 0; line < 1000; line++) {
                append(FrameKind.PIECE, Pieces.payload("line-" + line, ordinal, ordinal == 4, utf8(line + " ")));
            }
        }
        run(4 * SECOND);
        assertThat(accepted).hasSize(1000);
        assertThat(shapes()).containsOnly("whole");
        assertBalance();
    }

    /** 100 MB without a newline, through a buffer that never holds more than a part of it. */
    @Test
    void aLineWithoutAnEndPassesThrough() throws Exception {
        open(chunks(1 << 20, 8));
        long bytes = 100_000_000;
        byte[] log = new byte[DOCKERS];
        Arrays.fill(log, (byte) 'x');
        int ordinal = 0;
        long delivered = 0;
        while (ordinal * (long) DOCKERS < bytes) {
            ordinal++;
            append(FrameKind.PIECE, Pieces.payload("endless", ordinal, false, log));
            if (ordinal % 16 == 0) {
                run(300 * MILLISECOND);
                delivered += accepted.values().stream()
                        .mapToLong(one -> one.get("log").textValue().length())
                        .sum();
                accepted.clear();
                assertThat(buffer.bufferedFrames()).isLessThan(80);
            }
        }
        run(20 * SECOND);
        delivered += accepted.values().stream()
                .mapToLong(one -> one.get("log").textValue().length())
                .sum();
        assertThat(delivered).isEqualTo(ordinal * (long) DOCKERS);
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    /** As a SIGTERM in the middle of a line: it goes on after the next start, and the drain did not wait for it. */
    @Test
    void anOpenLineStaysInTheBufferAndIsJoinedAfterTheNextStart() throws Exception {
        List<byte[]> pieces = Pieces.of("a", utf8("<1><2><3>"), 3);
        append(FrameKind.PIECE, pieces.get(0));
        append(FrameKind.RECORD, utf8("{\"log\":\"x\"}"));
        append(FrameKind.PIECE, pieces.get(1));
        drain();
        assertThat(logs()).containsExactly("x");

        open(chunks(16 << 20, 128));
        assertThat(metrics.framesRecovered.sum()).isEqualTo(3);
        append(FrameKind.PIECE, pieces.get(2));
        append(FrameKind.PIECE, pieces.get(3));
        run(SECOND);
        assertThat(logs()).containsExactly("x", "<1><2><3>");
        assertThat(acceptedTwice)
                .as("what lay between its pieces is sent again, under its key")
                .isEqualTo(1);
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    /** What a kill leaves: the files as they are at that moment. */
    @Test
    void aLineIsWholeAfterACrash(@TempDir Path copies) throws Exception {
        List<byte[]> pieces = Pieces.of("a", utf8("<1><2><3>"), 3);
        append(FrameKind.PIECE, pieces.get(0));
        append(FrameKind.PIECE, pieces.get(1));
        append(FrameKind.RECORD, utf8("{\"log\":\"x\"}"));
        run(SECOND);
        crash(copies.resolve("1"));
        append(FrameKind.PIECE, pieces.get(2));
        run(SECOND);
        crash(copies.resolve("2"));
        append(FrameKind.PIECE, pieces.get(3));
        run(SECOND);

        assertThat(logs()).containsExactlyInAnyOrder("x", "<1><2><3>");
        assertThat(shapes()).containsOnly("whole");
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    /** The oldest chunk is set aside with the beginning of one line and the end of another. */
    @Test
    void aChunkThatIsSetAsideTakesItsPiecesAlong() throws Exception {
        open(chunks(1 << 20, 2));
        stream = records -> DOWN;
        Random random = new Random(3);
        int line = 0;
        while (!buffer.isFull()) {
            appendLine("line-" + line++, "x".repeat(1 + random.nextInt(5_000)), 500);
            append(FrameKind.PIECE, Pieces.payload("open-" + random.nextInt(40), line, false, utf8("y")));
        }
        long before = buffer.bufferedFrames();
        run(Duration.ofHours(42).toNanos());
        long lettered = metrics.deadLettered(DeadLetterCause.RETRIES_EXHAUSTED).sum();
        assertThat(lettered).isPositive();
        assertThat(buffer.bufferedFrames()).isEqualTo(before - lettered);
        assertBalance();

        stream = this::accept;
        run(60 * SECOND);
        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void accountsBalanceAndNoLineIsLostWhateverTheStreamAnswers(long seed, @TempDir Path copies) throws Exception {
        Random random = new Random(seed);
        stream = records -> switch (random.nextInt(6)) {
            case 0 -> DOWN;
            case 1 -> new PutOutcome.Throttled("all");
            case 2 -> {
                accept(records);
                yield DOWN;
            }
            default -> accept(records);
        };
        List<List<byte[]>> open = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            String line = ("line " + lines.size() + " ").repeat(1 + random.nextInt(40));
            lines.add(line);
            open.add(new ArrayList<>(Pieces.of("line-" + lines.size(), utf8(line), 30 + random.nextInt(60))));
            for (int piece = 0; piece < 12 && !open.isEmpty(); piece++) {
                List<byte[]> pieces = open.get(random.nextInt(open.size()));
                append(FrameKind.PIECE, pieces.removeFirst());
                open.removeIf(List::isEmpty);
            }
            run(random.nextLong(SECOND));
            if (random.nextInt(10) == 0) {
                crash(copies.resolve("round-" + round));
            }
            assertBalance();
        }
        for (List<byte[]> pieces : open) {
            for (byte[] piece : pieces) {
                append(FrameKind.PIECE, piece);
            }
        }
        stream = this::accept;
        run(Duration.ofMinutes(2).toNanos());

        assertThat(buffer.bufferedFrames()).isZero();
        assertBalance();
        List<String> whole = new ArrayList<>();
        for (JsonNode one : accepted.values()) {
            if (!one.has("line_id")) {
                whole.add(one.get("log").textValue());
            }
        }
        // Where the clock passed the time-out between two pieces, a line is in parts.
        assertThat(lines).containsAll(whole);
        assertThat(whole).doesNotHaveDuplicates();
        StringBuilder all = new StringBuilder();
        accepted.values().forEach(one -> all.append(one.get("log").textValue()));
        assertThat(all.length()).isGreaterThanOrEqualTo(String.join("", lines).length());
    }

    private void open(BufferConfig config) throws IOException {
        if (buffer != null) {
            buffer.close();
        }
        metrics = new Metrics();
        appended = 0;
        buffer = Buffer.open(config, metrics);
        requests.clear();
        shipper = new Shipper(
                buffer,
                records -> stream.apply(records),
                requests::add,
                KinesisConfig.of("logs"),
                JOIN_TIMEOUT,
                metrics,
                () -> now);
    }

    /** Never forced: a kill loses nothing that was written. */
    private BufferConfig chunks(int bytes, int most) {
        return new BufferConfig(
                folder,
                bytes,
                most,
                BufferConfig.Overflow.BLOCK,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.NEVER,
                Duration.ofMillis(100),
                64 << 20,
                Duration.ofDays(1));
    }

    private void crash(Path copy) throws IOException {
        Files.createDirectories(copy);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                copyIfThere(file, copy.resolve(file.getFileName()));
            }
        }
        folder = copy;
        open(chunks(16 << 20, 128));
    }

    /** It may be released and deleted in this moment, or be the checkpoint under its first name. */
    private static void copyIfThere(Path file, Path copy) throws IOException {
        if (Files.exists(file)) {
            try {
                Files.copy(file, copy);
            } catch (NoSuchFileException e) {
                assertThat(file).as(e.toString()).doesNotExist();
            }
        }
    }

    /** A shipper of its own thread ends in good order, its requests running elsewhere. */
    private void drain() throws Exception {
        buffer.closeIntake();
        try (ScheduledExecutorService elsewhere = Executors.newSingleThreadScheduledExecutor()) {
            Shipper last = new Shipper(
                    buffer,
                    records -> stream.apply(records),
                    elsewhere,
                    KinesisConfig.of("logs"),
                    JOIN_TIMEOUT,
                    metrics,
                    System::nanoTime);
            last.start();
            assertThat(last.drain(Duration.ofMinutes(1))).isFalse();
            assertThat(last.doneNotReleased()).isEqualTo(1);
        }
    }

    private void assertBalance() {
        long dead = 0;
        for (DeadLetterCause cause : DeadLetterCause.values()) {
            dead += metrics.deadLettered(cause).sum();
        }
        assertThat(metrics.recordsDelivered.sum()
                        + metrics.eventsMerged.sum()
                        + dead
                        + buffer.bufferedFrames()
                        - shipper.doneNotReleased())
                .as("delivered + merged + dead-lettered + buffered")
                .isEqualTo(metrics.framesRecovered.sum() + appended);
    }

    /** Lets simulated time pass: whenever the shipper waits, the clock jumps to what it waits for. */
    private void run(long nanos) {
        long end = Math.max(now, System.nanoTime()) + nanos;
        now = Math.max(now, System.nanoTime());
        while (now - end < 0) {
            long wait = shipper.step(now);
            if (!requests.isEmpty()) {
                requests.remove().run();
            } else {
                now += Math.max(wait, MILLISECOND);
            }
        }
        now = end;
        shipper.step(now);
        while (!requests.isEmpty()) {
            requests.remove().run();
            shipper.step(now);
        }
    }

    private PutOutcome accept(List<OutgoingRecord> records) {
        List<RecordResult> results = new ArrayList<>();
        for (OutgoingRecord record : records) {
            if (accepted.putIfAbsent(record.key(), JoinerRun.json(record)) != null) {
                acceptedTwice++;
            }
            results.add(ACCEPTED);
        }
        return new PutOutcome.Answered(results);
    }

    private List<String> logs() {
        return accepted.values().stream().map(one -> one.get("log").textValue()).toList();
    }

    private List<String> shapes() {
        return accepted.values().stream().map(JoinerRun::shape).toList();
    }

    private void appendLine(String id, String line, int size) throws Exception {
        for (byte[] piece : Pieces.of(id, utf8(line), size)) {
            append(FrameKind.PIECE, piece);
        }
    }

    private void appendRecords(int bytes) throws Exception {
        byte[] record = utf8("{\"log\":\"" + "x".repeat(64 << 10) + "\"}");
        for (int total = 0; total < bytes; total += record.length) {
            append(FrameKind.RECORD, record);
        }
    }

    private void append(FrameKind kind, byte[] payload) throws Exception {
        FrameBatch batch = new FrameBatch(1024);
        Pieces.add(batch, kind, payload);
        long end = buffer.append(batch);
        appended++;
        buffer.awaitDurable(end);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
