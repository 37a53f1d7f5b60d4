package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFile;
import logstream.buffer.DeadLetterFiles;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.buffer.LetterReader;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.KplDecoder;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PackingConfig;
import logstream.kinesis.PackingConfig.Compression;
import logstream.kinesis.PackingConfig.PartitionKey;
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
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The shipper in its opt-in forms, with a real buffer before it, a stream that fails in every way behind it, and a consumer
 * that takes apart, decompresses and de-duplicates by id.
 */
class PackedShippingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RecordResult ACCEPTED = new RecordResult.Accepted("shardId-000000000000", "1");
    private static final RecordResult THROTTLED = new RecordResult.Throttled();
    private static final RecordResult FAILED = new RecordResult.Failed("InternalFailure", "internal");
    private static final long MILLISECOND = 1_000_000L;
    private static final long SECOND = 1000 * MILLISECOND;
    private static final int UNIT = PackingConfig.PAYLOAD_UNIT_BYTES;
    private static final PackingConfig AGGREGATES = new PackingConfig(PartitionKey.UUID, Compression.NONE, true, UNIT);

    @TempDir
    private Path folder;

    private Metrics metrics = new Metrics();
    private Queue<Runnable> requests = new ArrayDeque<>();
    private final List<List<OutgoingRecord>> sent = new ArrayList<>();
    private final List<OutgoingRecord> inStream = new ArrayList<>();
    private Function<List<OutgoingRecord>, PutOutcome> stream = records -> answer(records, record -> ACCEPTED);
    private long now = System.nanoTime();
    private Buffer buffer;
    private Shipper shipper;

    @BeforeEach
    void open() throws IOException {
        open(AGGREGATES, BufferConfig.DEFAULT.withDirectory(folder));
    }

    private void open(PackingConfig packing) throws IOException {
        open(packing, BufferConfig.DEFAULT.withDirectory(folder));
    }

    private void open(PackingConfig packing, BufferConfig config) throws IOException {
        if (buffer != null) {
            buffer.close();
        }
        buffer = Buffer.open(config, metrics);
        shipper = new Shipper(
                buffer,
                records -> {
                    sent.add(records);
                    return stream.apply(records);
                },
                requests::add,
                KinesisConfig.of("logs").withPacking(packing),
                Duration.ofSeconds(10),
                metrics,
                () -> now);
    }

    @AfterEach
    void close() {
        buffer.close();
    }

    @Test
    void anAggregateFillsOneUnitAndHasOneKeyAndRecordsWithTheirIds() throws Exception {
        List<String> lines = lines(1000, 200);
        append(lines);
        run(20 * SECOND);

        assertThat(logs()).containsExactlyInAnyOrderElementsOf(lines);
        Set<String> keys = new HashSet<>();
        int full = 0;
        for (OutgoingRecord record : inStream) {
            assertThat(KplDecoder.isAggregate(record.data())).isTrue();
            assertThat(record.size()).isLessThanOrEqualTo(UNIT);
            full += record.size() > UNIT - 400 ? 1 : 0;
            assertThat(keys.add(record.key())).isTrue();
            assertThat(record.key()).hasSize(36);
            assertThat(RecordKey.place(record.key()))
                    .as("a key that looks like a place")
                    .isEmpty();
            for (KplDecoder.UserRecord one : KplDecoder.records(record.key(), record.data())) {
                assertThat(one.key()).isEqualTo(record.key());
                String id = json(one.data()).get("id").textValue();
                assertThat(RecordKey.place(id).orElseThrow().identity()).isEqualTo(buffer.identity());
            }
        }
        // A batch ends with one that is not.
        assertThat(full).isGreaterThanOrEqualTo(inStream.size() - sent.size());
        assertThat(metrics.recordsDelivered.sum()).isEqualTo(1000);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void aloneOrLargerThanAnAggregateARecordGoesAsItIsWithItsId() throws Exception {
        append(List.of("one"));
        run(SECOND);
        append(List.of("x".repeat(100), "y".repeat(UNIT), "z".repeat(100)));
        run(SECOND);

        assertThat(inStream).hasSize(4).noneMatch(record -> KplDecoder.isAggregate(record.data()));
        assertThat(inStream)
                .allSatisfy(record ->
                        assertThat(json(record.data()).get("id").textValue()).isEqualTo(record.key()));
    }

    @Test
    void whatIsSentAgainKeepsItsKeyAndItsBytes() throws Exception {
        List<Function<List<OutgoingRecord>, PutOutcome>> script = new ArrayList<>(List.of(
                records -> answer(records, record -> THROTTLED),
                records -> new PutOutcome.Unavailable("reset"),
                records -> answer(records, record -> FAILED)));
        stream = records -> script.isEmpty()
                ? answer(records, record -> ACCEPTED)
                : script.removeFirst().apply(records);
        append(lines(50, 200));
        run(10 * SECOND);

        assertThat(sent).hasSizeGreaterThanOrEqualTo(4);
        OutgoingRecord first = sent.getFirst().getFirst();
        assertThat(sent).allSatisfy(batch -> {
            assertThat(batch).hasSize(1);
            assertThat(batch.getFirst().key()).isEqualTo(first.key());
            assertThat(batch.getFirst().data()).isEqualTo(first.data());
        });
        assertThat(metrics.retried(RetryCause.THROTTLED).sum()).isEqualTo(50);
        assertThat(metrics.recordsDelivered.sum()).isEqualTo(50);
    }

    @Test
    void aRefusedRecordInsideTakesNoOtherWithIt() throws Exception {
        stream = records -> records.stream().anyMatch(record -> holds(record, "poison"))
                ? new PutOutcome.Refused("ValidationException")
                : answer(records, record -> ACCEPTED);
        List<String> lines = lines(300, 200);
        List<String> all = new ArrayList<>(lines);
        all.add(133, "poison");
        append(all);
        run(60 * SECOND);

        assertThat(logs()).containsExactlyInAnyOrderElementsOf(lines);
        assertThat(metrics.recordsDelivered.sum()).isEqualTo(300);
        assertThat(metrics.deadLettered(DeadLetterCause.REFUSED).sum()).isEqualTo(1);
        assertThat(buffer.bufferedFrames()).isZero();
        DeadLetter letter = deadLetters().getFirst();
        JsonNode json = json(letter.data());
        assertThat(json.get("log").textValue()).isEqualTo("poison");
        assertThat(json.get("id").textValue()).isEqualTo(letter.key());
    }

    @Test
    void oneThatFailsAgainAndAgainInsideTakesNoOtherWithIt() throws Exception {
        stream = records -> answer(records, record -> holds(record, "odd") ? FAILED : ACCEPTED);
        append(List.of("a", "odd", "b"));
        for (int i = 0; i < 60; i++) {
            append(List.of("other " + i));
            run(3 * SECOND);
        }

        assertThat(logs()).hasSize(62).contains("a", "b").doesNotContain("odd");
        assertThat(metrics.deadLettered(DeadLetterCause.REFUSED).sum()).isEqualTo(1);
        assertThat(buffer.bufferedFrames()).isZero();
    }

    /** Of the chunk that goes nothing is sent any more, and of the others everything. */
    @Test
    void aChunkThatGoesToTheDeadLettersTakesItsAggregatesAlong() throws Exception {
        open(
                AGGREGATES,
                new BufferConfig(
                        folder,
                        1 << 20,
                        2,
                        BufferConfig.Overflow.BLOCK,
                        BufferConfig.MinFree.NONE,
                        BufferConfig.Sync.NEVER,
                        Duration.ofMillis(100),
                        64 << 20,
                        Duration.ofDays(1)));
        stream = records -> new PutOutcome.Unavailable("connection refused");
        List<String> lines = new ArrayList<>();
        while (!buffer.isFull()) {
            lines.add(lines.size() + " " + "x".repeat(1000));
            append(List.of(lines.getLast()));
        }
        run(Duration.ofHours(42).toNanos());
        long lettered = metrics.deadLettered(DeadLetterCause.RETRIES_EXHAUSTED).sum();
        assertThat(lettered).isPositive();

        stream = records -> answer(records, record -> ACCEPTED);
        run(Duration.ofSeconds(20).toNanos());
        assertThat(metrics.recordsDelivered.sum()).isEqualTo(lines.size() - lettered);
        assertThat(logs()).containsExactlyInAnyOrderElementsOf(lines.subList((int) lettered, lines.size()));
        assertThat(buffer.bufferedFrames()).isZero();
    }

    @Test
    void aDeadLetterComesBackUnderItsIdInWhateverForm() throws Exception {
        open(new PackingConfig(PartitionKey.TAG, Compression.GZIP, false, UNIT));
        stream = records -> new PutOutcome.Refused("ValidationException");
        String line = "again and again ".repeat(20);
        append(List.of(line));
        run(10 * SECOND);
        DeadLetter letter = deadLetters().getFirst();
        assertThat(json(letter.data()).get("log").textValue()).isEqualTo(line);

        stream = records -> answer(records, record -> ACCEPTED);
        Replay replay = new Replay(buffer, metrics, count -> true);
        assertThat(replay.take(letter)).isTrue();
        replay.settle();
        run(10 * SECOND);
        assertThat(inStream).singleElement().satisfies(record -> {
            assertThat(record.key()).isEqualTo("grid.live/web");
            assertThat(read(record.data()).get("id").textValue()).isEqualTo(letter.key());
        });
    }

    static Stream<PackingConfig> forms() {
        List<PackingConfig> forms = new ArrayList<>();
        for (Compression compression : Compression.values()) {
            for (PartitionKey key : PartitionKey.values()) {
                forms.add(new PackingConfig(key, compression, false, UNIT));
            }
            forms.add(new PackingConfig(PartitionKey.UUID, compression, true, UNIT));
            forms.add(new PackingConfig(PartitionKey.UUID, compression, true, 3_000));
        }
        return forms.stream();
    }

    /** Random sizes, every kind of failure, accepted requests whose answer is lost, and agents that end without a word. */
    @ParameterizedTest
    @MethodSource("forms")
    void everyLineIsInTheStreamAndOnceByItsId(PackingConfig packing) throws Exception {
        Random random = new Random(packing.hashCode());
        stream = records -> switch (random.nextInt(8)) {
            case 0 -> new PutOutcome.Unavailable("connection refused");
            case 1 -> new PutOutcome.Throttled("all");
            case 2 -> {
                answer(records, record -> ACCEPTED);
                yield new PutOutcome.Unavailable("reset");
            }
            case 3 ->
                records.size() > 1
                        ? new PutOutcome.Refused("ValidationException")
                        : answer(records, record -> ACCEPTED);
            default ->
                answer(records, record -> switch (random.nextInt(10)) {
                    case 0 -> THROTTLED;
                    case 1 -> FAILED;
                    default -> ACCEPTED;
                });
        };
        Set<String> lines = new TreeSet<>();
        for (int life = 0; life < 4; life++) {
            metrics = new Metrics();
            requests = new ArrayDeque<>();
            open(packing);
            long before = buffer.bufferedFrames();
            long appended = 0;
            for (int round = 0; round < 3; round++) {
                List<String> more = randomLines(random, lines.size());
                append(more);
                appended += more.size();
                lines.addAll(more);
                run(random.nextLong(5 * SECOND));
            }
            assertThat(before + appended)
                    .isEqualTo(metrics.recordsDelivered.sum() + buffer.bufferedFrames() - shipper.doneNotReleased());
        }
        stream = records -> answer(records, record -> ACCEPTED);
        run(Duration.ofMinutes(2).toNanos());

        assertThat(buffer.bufferedFrames()).isZero();
        Map<String, String> byId = new HashMap<>();
        for (OutgoingRecord record : inStream) {
            for (KplDecoder.UserRecord one : KplDecoder.records(record.key(), record.data())) {
                JsonNode json = read(one.data());
                String id = json.path("id").asText(record.key());
                String log = json.get("log").textValue();
                assertThat(byId.getOrDefault(id, log)).isEqualTo(log);
                byId.put(id, log);
            }
            switch (packing.partitionKey()) {
                case UUID -> assertThat(record.key()).hasSize(36);
                case CONTAINER -> assertThat(record.key()).isEqualTo("c0ffee");
                case TAG -> assertThat(record.key()).isEqualTo("grid.live/web");
            }
        }
        assertThat(byId).hasSize(lines.size());
        assertThat(byId.values()).containsExactlyInAnyOrderElementsOf(lines);
    }

    /** What the documentation says of lines of 200 bytes. */
    @Test
    void savesUnitsAndBytes() throws Exception {
        int count = 20_000;
        StringBuilder table = new StringBuilder("20,000 records of 236 bytes, data and key:\n");
        Map<String, long[]> saved = new HashMap<>();
        for (PackingConfig packing : List.of(
                PackingConfig.PLAIN,
                AGGREGATES,
                new PackingConfig(PartitionKey.UUID, Compression.NONE, true, 2 * UNIT),
                new PackingConfig(PartitionKey.UUID, Compression.NONE, true, 1 << 20),
                new PackingConfig(PartitionKey.UUID, Compression.GZIP, false, UNIT),
                new PackingConfig(PartitionKey.UUID, Compression.ZSTD, false, UNIT),
                new PackingConfig(PartitionKey.UUID, Compression.ZSTD, true, UNIT))) {
            inStream.clear();
            open(packing);
            append(lines(count, 200 - line("").length()));
            run(Duration.ofSeconds(90).toNanos());
            assertThat(buffer.bufferedFrames()).isZero();
            long units = 0;
            long onDemand = 0;
            long bytes = 0;
            for (OutgoingRecord record : inStream) {
                units += (record.size() + UNIT - 1) / UNIT;
                onDemand += (record.size() + 1023) / 1024 * 1024L;
                bytes += record.size();
            }
            String name = packing.compression().name().toLowerCase(Locale.ROOT)
                    + (packing.aggregate() ? " aggregate " + packing.maxAggregateBytes() : "");
            saved.put(name, new long[] {units, onDemand, bytes});
            table.append(String.format(
                    Locale.ROOT,
                    "%-22s %6d records %6d units %9d bytes %9d rounded up to 1 KiB%n",
                    name,
                    inStream.size(),
                    units,
                    bytes,
                    onDemand));
        }
        System.out.println(table);
        assertThat(saved(saved, "none", 0)).isEqualTo(count);
        assertThat(saved(saved, "none aggregate 25000", 0)).isBetween(190L, 230L);
        assertThat(saved(saved, "none aggregate 25000", 1)).isLessThan(saved(saved, "none", 1) / 3);
        assertThat(saved(saved, "none aggregate 25000", 2)).isLessThan(saved(saved, "none", 2) * 110 / 100);
        assertThat(saved(saved, "none aggregate 50000", 0)).isGreaterThan(190);
    }

    private static long saved(Map<String, long[]> saved, String form, int which) {
        return Objects.requireNonNull(saved.get(form), form)[which];
    }

    private static List<String> lines(int count, int length) {
        Random random = new Random(7);
        List<String> lines = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            StringBuilder line = new StringBuilder().append(number).append(' ');
            while (line.length() < length) {
                line.append(WORDS[random.nextInt(WORDS.length)])
                        .append(random.nextInt(1000))
                        .append(' ');
            }
            line.setLength(length);
            lines.add(line.toString());
        }
        return lines;
    }

    private static final String[] WORDS = {"GET /index", "status=", "user-", "took ", "error in ", "java.lang."};

    private static List<String> randomLines(Random random, int from) {
        List<String> lines = new ArrayList<>();
        for (int number = random.nextInt(400); number > 0; number--) {
            int length = random.nextInt(30) == 0 ? random.nextInt(60_000) : random.nextInt(400);
            char[] line = new char[length];
            for (int at = 0; at < length; at++) {
                line[at] = (char) (' ' + random.nextInt(200));
            }
            lines.add(from + "/" + number + " " + new String(line));
        }
        return lines;
    }

    private static String line(String log) {
        try {
            return "{\"container_id\":\"c0ffee\",\"log\":" + JSON.writeValueAsString(log)
                    + ",\"time\":\"2026-01-01T00:00:00Z\",\"tag\":\"grid.live/web\"}";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void append(List<String> logs) throws Exception {
        if (logs.isEmpty()) {
            return;
        }
        FrameBatch batch = new FrameBatch(1 << 16);
        for (String log : logs) {
            byte[] payload = line(log).getBytes(StandardCharsets.UTF_8);
            int at = batch.begin();
            System.arraycopy(payload, 0, batch.reserve(at, payload.length), at, payload.length);
            assertThat(batch.end(FrameKind.RECORD, at + payload.length)).isTrue();
        }
        buffer.awaitDurable(buffer.append(batch));
    }

    private PutOutcome answer(List<OutgoingRecord> records, Function<OutgoingRecord, RecordResult> each) {
        List<RecordResult> results = new ArrayList<>();
        for (OutgoingRecord record : records) {
            RecordResult result = each.apply(record);
            if (result instanceof RecordResult.Accepted) {
                inStream.add(record);
            }
            results.add(result);
        }
        return new PutOutcome.Answered(results);
    }

    /** The lines in the stream as a consumer finds them. */
    private List<String> logs() {
        List<String> logs = new ArrayList<>();
        for (OutgoingRecord record : inStream) {
            for (KplDecoder.UserRecord one : KplDecoder.records(record.key(), record.data())) {
                logs.add(json(one.data()).get("log").textValue());
            }
        }
        return logs;
    }

    private static boolean holds(OutgoingRecord record, String log) {
        return new String(record.data(), StandardCharsets.ISO_8859_1).contains("\"log\":\"" + log + "\"");
    }

    private static JsonNode read(byte[] data) {
        return json(RecordCompression.decompressed(data).orElse(data));
    }

    private static JsonNode json(byte[] data) {
        try {
            return JSON.readTree(data);
        } catch (IOException e) {
            throw new AssertionError(new String(data, StandardCharsets.ISO_8859_1), e);
        }
    }

    private List<DeadLetter> deadLetters() throws IOException {
        List<DeadLetter> found = new ArrayList<>();
        for (DeadLetterFile file : DeadLetterFiles.list(folder)) {
            try (LetterReader reader = LetterReader.open(file.path())) {
                for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                    found.add(letter);
                }
            }
        }
        return found;
    }

    /** Lets simulated time pass: whenever the shipper waits, the clock jumps to what it waits for. */
    private void run(long nanos) {
        now = Math.max(now, System.nanoTime() + SECOND);
        long end = now + nanos;
        while (now - end < 0) {
            long wait = shipper.step(now);
            if (!requests.isEmpty()) {
                requests.remove().run();
            } else {
                now += Math.max(wait, MILLISECOND);
            }
        }
        long _ = shipper.step(now);
    }
}
