package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.RecordedDisk.Left;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run is recorded, and the power is cut after each of its steps, with unforced writes and unsynced folder entries
 * lost, kept, torn and reordered. Each time, what was acknowledged is read, is in the dead letters, or was given up
 * before; nothing is read that was never appended; and each frame has the key that it was read under before.
 */
class PowerCutTest {
    private static final int TURNS = 60;
    private static final int RANDOM_CUTS = 6;
    private static final int MOST_FRAMES_IN_CHUNK = 300 / (FrameBatch.HEADER_BYTES + 3);

    @TempDir
    Path temp;

    private final AtomicLong nanos = new AtomicLong();
    private final Random random = new Random(20260102);

    /** How far the run was when so many steps were done. */
    private record Moment(int steps, int appended, int acknowledged, int givenUp, int letters) {}

    private final List<Moment> moments = new ArrayList<>();
    private final List<String> appended = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();
    private RecordedDisk disk;
    private Buffer buffer;
    private int acknowledged;

    /** All below were released, set aside or dropped, or were about to be. */
    private int givenUp;

    private int letters;
    private int read;

    @BeforeEach
    void begin() throws IOException {
        disk = new RecordedDisk(temp.resolve("run"));
        moments.add(new Moment(0, 0, 0, 0, 0));
        open();
    }

    private void open() throws IOException {
        buffer = BufferOpening.open(config(temp.resolve("run")), new Metrics(), TestBuffers.sources(disk, nanos, 1));
        read = givenUp;
        moment();
    }

    private static BufferConfig config(Path folder) {
        return TestBuffers.config(folder, 300, 40);
    }

    private void moment() {
        moments.add(new Moment(disk.steps(), appended.size(), acknowledged, givenUp, letters));
    }

    private void turn(int turn) throws Exception {
        for (int frame = random.nextInt(3); frame >= 0; frame--) {
            String text = "<" + appended.size() + "z".repeat(random.nextInt(90)) + ">";
            appended.add(text);
            moment();
            buffer.append(TestBuffers.batch(text));
        }
        boolean acks = random.nextBoolean();
        if (acks) {
            buffer.wantDurable();
        }
        step();
        acknowledged = acks ? appended.size() : acknowledged;
        moment();
        if (turn % 3 == 0) {
            readAndRelease();
        }
        switch (turn) {
            case 20 -> giveUpOldest(() -> buffer.setAsideOldestChunk("why"));
            case 30 -> keepLetter();
            case 40 -> {
                buffer.close();
                acknowledged = appended.size();
                open();
            }
            case 50 -> {
                // From here on the frames of one chunk may be gone; there are no more in one.
                givenUp += MOST_FRAMES_IN_CHUNK;
                moment();
                givenUp -= MOST_FRAMES_IN_CHUNK;
                giveUpOldest(() -> buffer.dropOldestChunk());
            }
            default -> {}
        }
    }

    private void step() {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        buffer.step();
    }

    private void readAndRelease() throws IOException {
        List<Frame> frames = TestBuffers.drain(buffer);
        for (Frame frame : frames) {
            places.put(TestBuffers.text(frame), frame.sequence() + "/" + frame.index());
        }
        read = frames.isEmpty() ? read : number(TestBuffers.text(frames.getLast())) + 1;
        int until = Math.max(givenUp, read - 8);
        if (until > givenUp) {
            buffer.release(until);
            givenUp = until;
            moment();
            step();
        }
    }

    private interface Giving {
        long up() throws IOException;
    }

    private void giveUpOldest(Giving giving) throws IOException {
        long frames = giving.up();
        assertThat(frames).isPositive();
        givenUp += Math.toIntExact(frames);
        read = Math.max(read, givenUp);
        moment();
    }

    private void keepLetter() throws IOException {
        buffer.keepDeadLetters(List.of(new DeadLetter("the-letter", "refused", "why", Instant.EPOCH, new byte[50])));
        letters = 1;
        moment();
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(1).replaceAll("\\D.*", ""));
    }

    @Test
    void afterAnyStepNothingAcknowledgedIsLost() throws Exception {
        for (int turn = 0; turn < TURNS; turn++) {
            turn(turn);
        }
        buffer.abandon();
        assertThat(disk.steps()).isGreaterThan(200);
        assertThat(TestBuffers.names(temp.resolve("run").resolve(DeadLetters.FOLDER)))
                .hasSize(3);

        for (int after = 0; after <= disk.steps(); after++) {
            check(after, Left.NONE, 0);
            check(after, Left.ALL, 0);
            for (int cut = 0; cut < RANDOM_CUTS; cut++) {
                check(after, Left.ANY, cut);
            }
        }
    }

    private void check(int after, Left left, int cut) throws IOException {
        Moment last = moments.stream()
                .filter(moment -> moment.steps <= after)
                .reduce((first, second) -> second)
                .orElseThrow();
        String as = "cut after " + after + " of " + disk.steps() + " steps, " + left + " " + cut + ", " + last;
        Path folder = temp.resolve("cut");
        disk.cutPower(after, left, new Random(after * 31L + cut), folder);
        List<String> texts;
        try (Buffer again = BufferOpening.open(
                config(folder), new Metrics(), TestBuffers.sources(ChunkFiles.REAL, nanos, 1000L + after))) {
            List<Frame> frames = TestBuffers.drain(again);
            for (Frame frame : frames) {
                String place = frame.sequence() + "/" + frame.index();
                assertThat(places.getOrDefault(TestBuffers.text(frame), place))
                        .as(as)
                        .isEqualTo(place);
            }
            texts = TestBuffers.texts(frames);
        }
        List<Integer> numbers = texts.stream().map(PowerCutTest::number).toList();
        assertThat(numbers).as(as).isSorted().doesNotHaveDuplicates();
        assertThat(appended.subList(0, last.appended)).as(as).containsAll(texts);
        String lettersKept = lettersOf(folder);
        for (int number = last.givenUp; number < last.acknowledged; number++) {
            assertThat(numbers.contains(number) || lettersKept.contains(appended.get(number)))
                    .as(as + ": number " + number)
                    .isTrue();
        }
        assertThat(last.letters == 0 || lettersKept.contains("the-letter"))
                .as(as)
                .isTrue();
        delete(folder);
    }

    private static String lettersOf(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        Path lettersFolder = folder.resolve(DeadLetters.FOLDER);
        if (Files.isDirectory(lettersFolder)) {
            for (String name : TestBuffers.names(lettersFolder)) {
                all.append(new String(Files.readAllBytes(lettersFolder.resolve(name)), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
