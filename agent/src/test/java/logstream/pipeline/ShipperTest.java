package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFile;
import logstream.buffer.DeadLetterFiles;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.buffer.LetterReader;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import logstream.metrics.Metrics.RetryCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drives the shipper step by step on the test's own clock, with a real buffer before it and a scripted stream behind it. */
class ShipperTest {
    private static final RecordResult ACCEPTED = new RecordResult.Accepted("shardId-000000000000", "1");
    private static final RecordResult THROTTLED = new RecordResult.Throttled();
    private static final RecordResult FAILED = new RecordResult.Failed("InternalFailure", "internal");
    private static final PutOutcome DOWN = new PutOutcome.Unavailable("connection refused");
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(10);
    private static final long MILLISECOND = 1_000_000L;
    private static final long SECOND = 1000 * MILLISECOND;

    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics();
    private final Queue<Runnable> requests = new ArrayDeque<>();
    private final Deque<Function<List<OutgoingRecord>, PutOutcome>> script = new ArrayDeque<>();
    private final List<List<String>> sent = new ArrayList<>();
    private final Map<String, String> accepted = new HashMap<>();
    private final List<String> acceptedTwice = new ArrayList<>();
    private Function<List<OutgoingRecord>, PutOutcome> otherwise = records -> answer(records, record -> ACCEPTED);
    private long now = System.nanoTime();
    private Buffer buffer;
    private Shipper shipper;
    private int appended;

    @BeforeEach
    void open() throws IOException {
        open(BufferConfig.DEFAULT);
    }

    private void open(BufferConfig config) throws IOException {
        if (buffer != null) {
            buffer.close();
        }
        buffer = Buffer.open(config.withDirectory(folder), metrics);
        shipper = new Shipper(
                buffer, this::put, requests::add, KinesisConfig.of("logs"), JOIN_TIMEOUT, metrics, () -> now);
    }

    @AfterEach
    void close() {
        buffer.close();
    }

    @Test
    void whatIsAppendedIsDeliveredUnderItsKeyAndReleased() throws Exception {
        append("a", "b", "c");
        run(SECOND);

        assertThat(sent).containsExactly(List.of("a", "b", "c"));
        assertThat(buffer.bufferedFrames()).isZero();
        assertThat(accepted.keySet())
                .allSatisfy(key -> assertThat(RecordKey.place(key))
                        .hasValueSatisfying(
                                place -> assertThat(place.identity()).isEqualTo(buffer.identity())));
        assertThat(accepted).hasSize(3);
        assertThat(metrics.recordsDelivered.sum()).isEqualTo(3);
    }

    @Test
    void aRecordWaitsForTheLingerTimeAndAFullBatchGoesAtOnce() throws Exception {
        append("alone");
        now = System.nanoTime();
        shipper.step(now);
        assertThat(requests).isEmpty();
        now += 200 * MILLISECOND;
        shipper.step(now);
        assertThat(requests).hasSize(1);

        appendMany(500);
        shipper.step(now);
        assertThat(requests).hasSize(2);
    }

    @Test
    void otherBoundsHoldFromTheNextStepOn() throws Exception {
        append("alone");
        now = System.nanoTime();
        shipper.step(now);
        assertThat(requests).as("it waits for the linger time").isEmpty();
        shipper.reload(with(3, 0, 1), JOIN_TIMEOUT);
        shipper.step(now);
        assertThat(requests).hasSize(1);

        appendMany(7);
        run(SECOND);
        assertThat(sent).allMatch(batch -> batch.size() <= 3);
        assertThat(accepted).hasSize(8);
    }

    private static KinesisConfig with(int maxBatchRecords, int lingerMillis, int retryLimit) {
        KinesisConfig plain = KinesisConfig.of("logs");
        return new KinesisConfig(
                "logs",
                null,
                null,
                null,
                null,
                plain.roleSessionName(),
                plain.access(),
                maxBatchRecords,
                plain.maxBatchBytes(),
                plain.maxRequestsInFlight(),
                Duration.ofMillis(lingerMillis),
                plain.requestTimeout(),
                retryLimit,
                plain.retryWait(),
                plain.packing());
    }

    @Test
    void onlyWhatWasThrottledIsSentAgainAndOnlyAfterItsWait() throws Exception {
        script.add(records -> answer(records, record -> record.equals("b") ? THROTTLED : ACCEPTED));
        append("a", "b", "c");
        run(SECOND / 2);

        assertThat(sent).containsExactly(List.of("a", "b", "c"), List.of("b"));
        assertThat(acceptedTwice).isEmpty();
        assertThat(metrics.retried(RetryCause.THROTTLED).sum()).isEqualTo(1);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void nothingIsReleasedBeforeTheOldestIsDone() throws Exception {
        script.add(records -> answer(records, record -> record.equals("a") ? THROTTLED : ACCEPTED));
        append("a", "b", "c");
        ship();
        assertThat(metrics.recordsDelivered.sum()).isEqualTo(2);
        assertThat(buffer.bufferedFrames()).isEqualTo(3);

        run(SECOND);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void aRequestWithoutAnAnswerIsSentAgainUnderTheSameKeys() throws Exception {
        script.add(records -> {
            answer(records, record -> ACCEPTED);
            return DOWN;
        });
        append("a", "b");
        run(3 * SECOND);

        assertThat(sent).containsExactly(List.of("a", "b"), List.of("a", "b"));
        assertThat(acceptedTwice).containsExactlyInAnyOrder("a", "b");
        assertThat(accepted).hasSize(2);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void theOneToBlameForARefusedRequestGoesAloneToTheDeadLetters() throws Exception {
        otherwise = records -> records.stream().anyMatch(record -> text(record).equals("poison"))
                ? new PutOutcome.Refused("ValidationException")
                : answer(records, record -> ACCEPTED);
        append("a", "b", "c", "poison", "d", "e", "f");
        run(5 * SECOND);

        assertThat(accepted.values()).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
        assertThat(metrics.deadLettered(DeadLetterCause.REFUSED).sum()).isEqualTo(1);
        assertThat(buffer.gauges().deadLetterBytes()).isPositive();
        assertThat(deadLetters()).containsExactly("poison refused ValidationException");
        assertThat(buffer.bufferedFrames()).isZero();
        assertThat(acceptedTwice).isEmpty();
    }

    @Test
    void findingTheOneToBlameCostsFewRequests() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        otherwise = records -> {
            if (records.stream().anyMatch(record -> text(record).equals("poison"))) {
                refused.incrementAndGet();
                return new PutOutcome.Refused("ValidationException");
            }
            return answer(records, record -> ACCEPTED);
        };
        appendMany(250);
        append("poison");
        appendMany(249);
        run(4 * SECOND);

        assertThat(accepted).hasSize(499);
        assertThat(deadLetters()).containsExactly("poison refused ValidationException");
        // 500 records are halved nine times.
        assertThat(refused).hasValueLessThanOrEqualTo(1 + 9);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void aStreamThatRefusesEverythingCostsNoMoreThanARequestOfDeadLetters() throws Exception {
        otherwise = records -> new PutOutcome.Refused("ValidationException", "Check the stream.");
        appendMany(600);
        run(60 * SECOND);
        assertThat(metrics.deadLettered(DeadLetterCause.REFUSED).sum()).isEqualTo(500);
        assertThat(buffer.bufferedFrames()).isEqualTo(100);
        int before = sent.size();
        run(60 * SECOND);
        assertThat(sent.size() - before).as("requests in a minute").isBetween(11, 13);

        otherwise = records -> answer(records, record -> ACCEPTED);
        run(6 * SECOND);
        assertThat(accepted).hasSize(100);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void theStreamsOwnMaximumBoundsRecords() throws Exception {
        shipper.maxRecordBytes(2 << 20);
        append("a", "x".repeat(OutgoingRecord.MAX_BYTES), "b");
        run(4 * SECOND);

        assertThat(accepted).hasSize(3);
        assertThat(metrics.deadLettered(DeadLetterCause.TOO_LARGE).sum()).isZero();
    }

    @Test
    void whatNoStreamTakesGoesToTheDeadLettersAtOnce() throws Exception {
        append("a", "x".repeat(OutgoingRecord.MAX_BYTES), "b");
        run(SECOND);

        assertThat(accepted.values()).containsExactlyInAnyOrder("a", "b");
        assertThat(metrics.deadLettered(DeadLetterCause.TOO_LARGE).sum()).isEqualTo(1);
        assertThat(deadLetters())
                .singleElement()
                .asString()
                .endsWith(" too_large data and key are 1048612 bytes, a stream takes 1048576");
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void aRecordRefusedSeventeenTimesWhileOthersPassIsGivenUp() throws Exception {
        otherwise = records -> answer(records, record -> record.equals("odd") ? FAILED : ACCEPTED);
        append("odd");
        int othersBefore = 0;
        for (int i = 0; i < 40; i++) {
            append("line " + i);
            run(3 * SECOND);
            if (metrics.deadLettered(DeadLetterCause.REFUSED).sum() == 0) {
                othersBefore++;
            }
        }

        assertThat(metrics.deadLettered(DeadLetterCause.REFUSED).sum()).isEqualTo(1);
        // One refusal counts for each other record that passed, however often it was sent in between.
        assertThat(othersBefore).isBetween(17, 18);
        assertThat(sent.stream().filter(batch -> batch.contains("odd"))).hasSizeGreaterThanOrEqualTo(18);
        assertThat(accepted).hasSize(40);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void aRecordThatIsRefusedForItsOwnSakeDoesNotHoldUpTheNextOne() throws Exception {
        otherwise = records -> answer(records, record -> record.equals("odd") ? FAILED : ACCEPTED);
        append("odd");
        run(Duration.ofMinutes(10).toNanos());
        append("next");
        run(5 * SECOND + 10 * MILLISECOND);

        assertThat(accepted.values()).containsExactly("next");
    }

    @Test
    void aRecordThatFailsWhileNothingPassesIsNeverGivenUp() throws Exception {
        otherwise = records -> answer(records, record -> FAILED);
        append("a");
        run(Duration.ofMinutes(30).toNanos());

        assertThat(metrics.deadLettered(DeadLetterCause.REFUSED).sum()).isZero();
        assertThat(buffer.bufferedFrames()).isEqualTo(1);
    }

    @Test
    void aStreamThatIsBackIsUsedAgainWithinFiveSeconds() throws Exception {
        otherwise = records -> DOWN;
        appendMany(2000);
        run(Duration.ofHours(2).toNanos());
        assertThat(accepted).isEmpty();

        otherwise = records -> answer(records, record -> ACCEPTED);
        run(5 * SECOND + 10 * MILLISECOND);
        assertThat(accepted).isNotEmpty();

        // At the rate of an agent that knows nothing of the stream yet.
        run(5 * SECOND);
        assertThat(accepted).hasSize(2000);
        assertThat(acceptedTwice).isEmpty();
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void whatAnOperatorMustMendIsProbedByOneRecord() throws Exception {
        otherwise = records -> new PutOutcome.NeedsOperator("ResourceNotFoundException", "create the stream");
        append("a", "b", "c");
        run(21 * SECOND);

        assertThat(sent.getFirst()).hasSize(3);
        assertThat(sent.subList(1, sent.size()))
                .hasSize(4)
                .allSatisfy(batch -> assertThat(batch).hasSize(1));

        otherwise = records -> answer(records, record -> ACCEPTED);
        run(6 * SECOND);
        assertThat(accepted).hasSize(3);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void afterTheLastRetryAFullBufferMakesRoomByItsOldestChunk() throws Exception {
        open(new BufferConfig(
                folder,
                1 << 20,
                2,
                BufferConfig.Overflow.BLOCK,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.NEVER,
                Duration.ofMillis(100),
                64 << 20,
                Duration.ofDays(1)));
        otherwise = records -> DOWN;
        String line = "x".repeat(1000);
        while (!buffer.isFull()) {
            append(line);
        }
        long before = buffer.bufferedFrames();
        // All waits together are 36.4 h, an eighth more or less.
        run(Duration.ofHours(31).toNanos());
        assertThat(buffer.bufferedFrames()).isEqualTo(before);

        run(Duration.ofHours(11).toNanos());

        long lettered = metrics.deadLettered(DeadLetterCause.RETRIES_EXHAUSTED).sum();
        assertThat(lettered).isPositive();
        assertThat(buffer.isFull()).isFalse();
        assertThat(buffer.bufferedFrames()).isEqualTo(before - lettered);

        otherwise = records -> answer(records, record -> ACCEPTED);
        run(Duration.ofSeconds(10).toNanos());
        assertThat(metrics.recordsDelivered.sum()).isEqualTo(before - lettered);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void whileEndingNothingIsGivenUpOnToMakeRoom() throws Exception {
        open(new BufferConfig(
                folder,
                1 << 20,
                2,
                BufferConfig.Overflow.BLOCK,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.NEVER,
                Duration.ofMillis(100),
                64 << 20,
                Duration.ofDays(1)));
        otherwise = records -> DOWN;
        while (!buffer.isFull()) {
            append("x".repeat(1000));
        }
        long before = buffer.bufferedFrames();
        shipper.hurry();

        run(Duration.ofHours(42).toNanos());

        assertThat(buffer.bufferedFrames()).isEqualTo(before);
        assertThat(metrics.deadLettered(DeadLetterCause.RETRIES_EXHAUSTED).sum())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void accountsBalanceWhateverTheStreamAnswers(long seed) throws Exception {
        Random random = new Random(seed);
        otherwise = records -> switch (random.nextInt(8)) {
            case 0 -> DOWN;
            case 1 -> new PutOutcome.Throttled("all");
            case 2 -> {
                answer(records, record -> ACCEPTED);
                yield DOWN;
            }
            case 3 ->
                records.size() > 1
                                && records.stream()
                                        .anyMatch(record -> text(record).endsWith("7"))
                        ? new PutOutcome.Refused("ValidationException")
                        : answer(records, record -> ACCEPTED);
            case 4 -> new PutOutcome.NeedsOperator("AccessDenied", "allow it");
            default ->
                answer(records, record -> switch (random.nextInt(10)) {
                    case 0 -> THROTTLED;
                    case 1 -> FAILED;
                    default -> ACCEPTED;
                });
        };
        for (int round = 0; round < 20; round++) {
            appendMany(random.nextInt(900));
            run(random.nextLong(20 * SECOND));
        }
        assertThat((long) appended)
                .isEqualTo(
                        metrics.recordsDelivered.sum() + buffer.bufferedFrames() + deadLettered() - doneNotReleased());

        otherwise = records -> answer(records, record -> ACCEPTED);
        run(Duration.ofMinutes(2).toNanos());
        assertThat((long) appended).isEqualTo(metrics.recordsDelivered.sum() + deadLettered());
        assertThat(buffer.bufferedFrames()).isZero();
        assertThat(accepted.size() + deadLettered()).isGreaterThanOrEqualTo(appended);
    }

    /** Record, cause and reason of each, as they lie on disk. */
    private List<String> deadLetters() throws IOException {
        List<String> found = new ArrayList<>();
        for (DeadLetterFile file : DeadLetterFiles.list(folder)) {
            try (LetterReader reader = LetterReader.open(file.path())) {
                for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                    found.add(new String(letter.data(), StandardCharsets.UTF_8) + " " + letter.cause() + " "
                            + letter.reason());
                }
            }
        }
        return found;
    }

    private long deadLettered() {
        long sum = 0;
        for (DeadLetterCause cause : DeadLetterCause.values()) {
            sum += metrics.deadLettered(cause).sum();
        }
        return sum;
    }

    /** Records that are done while an older one is not: still in the buffer, already counted as delivered. */
    private long doneNotReleased() {
        return shipper.doneNotReleased();
    }

    /** Lets simulated time pass: whenever the shipper waits, the clock jumps to what it waits for. */
    private void run(long nanos) {
        long end = now + nanos;
        while (now - end < 0) {
            long wait = shipper.step(now);
            if (!requests.isEmpty()) {
                requests.remove().run();
            } else {
                now += Math.max(wait, MILLISECOND);
            }
        }
        now = end;
        ship();
    }

    private void ship() {
        now = Math.max(now, System.nanoTime() + SECOND);
        shipper.step(now);
        while (!requests.isEmpty()) {
            requests.remove().run();
            shipper.step(now);
        }
    }

    private PutOutcome put(List<OutgoingRecord> records) {
        sent.add(records.stream().map(ShipperTest::text).toList());
        Function<List<OutgoingRecord>, PutOutcome> next = script.poll();
        return next == null ? otherwise.apply(records) : next.apply(records);
    }

    private PutOutcome answer(List<OutgoingRecord> records, Function<String, RecordResult> each) {
        List<RecordResult> results = new ArrayList<>();
        for (OutgoingRecord record : records) {
            RecordResult result = each.apply(text(record));
            if (result instanceof RecordResult.Accepted && accepted.put(record.key(), text(record)) != null) {
                acceptedTwice.add(text(record));
            }
            results.add(result);
        }
        return new PutOutcome.Answered(results);
    }

    private void appendMany(int count) throws Exception {
        String[] lines = new String[count];
        for (int i = 0; i < count; i++) {
            lines[i] = "line " + (appended + i);
        }
        append(lines);
    }

    private void append(String... lines) throws Exception {
        if (lines.length == 0) {
            return;
        }
        FrameBatch batch = new FrameBatch(1024);
        for (String line : lines) {
            byte[] payload = line.getBytes(StandardCharsets.UTF_8);
            int at = batch.begin();
            System.arraycopy(payload, 0, batch.reserve(at, payload.length), at, payload.length);
            assertThat(batch.end(FrameKind.RECORD, at + payload.length)).isTrue();
        }
        appended += lines.length;
        buffer.awaitDurable(buffer.append(batch));
    }

    private static String text(OutgoingRecord record) {
        return new String(record.data(), StandardCharsets.UTF_8);
    }
}
