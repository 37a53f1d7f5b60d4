package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.BufferConfig.MinFree;
import logstream.buffer.BufferConfig.Overflow;
import logstream.buffer.TestDisk.Operation;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterTry;

/**
 * Random appends, forces, reads, releases, faults, full disks, removed files, crashes and power cuts, under each policy
 * of overflow, against a list of what was appended.
 *
 * <p>What the list says: what is read are the frames that were appended, in their order, each once between two starts;
 * what was durable is never lost, but with a file that was removed or a chunk that was given up; after a start reading
 * begins at or before the first frame that was not released; a place (chunk, index) never belongs to two payloads; after
 * every step, what was recovered and appended is buffered, released, given up or counted as dropped.
 */
class BufferModelTest {
    enum Action {
        APPEND,
        APPEND_LARGE,
        APPEND_UNASKED,
        STEP,
        FORCE,
        READ,
        RELEASE,
        RELEASE_ALL,
        SET_ASIDE,
        DROP_OLDEST,
        DISK_FULL,
        DISK_ROOM,
        REMOVE_FILE,
        REMOVE_FOLDER,
        FAIL_FORCE,
        FAIL_WRITE,
        FAIL_CREATE,
        RESTART,
        KILL,
        CUT_POWER
    }

    private static final long MIN_FREE = 1_000;
    private static final ChunkFiles.Space ROOMY = new ChunkFiles.Space(1_000_000, 1_000_000);
    private static final ChunkFiles.Space FULL = new ChunkFiles.Space(10, 1_000_000);

    private final List<Path> folders = new ArrayList<>();

    @Provide
    Arbitrary<List<Action>> scripts() {
        return Arbitraries.frequency(
                        Tuple.of(8, Action.APPEND),
                        Tuple.of(2, Action.APPEND_LARGE),
                        Tuple.of(4, Action.APPEND_UNASKED),
                        Tuple.of(4, Action.STEP),
                        Tuple.of(5, Action.FORCE),
                        Tuple.of(6, Action.READ),
                        Tuple.of(4, Action.RELEASE),
                        Tuple.of(2, Action.RELEASE_ALL),
                        Tuple.of(1, Action.SET_ASIDE),
                        Tuple.of(1, Action.DROP_OLDEST),
                        Tuple.of(1, Action.DISK_FULL),
                        Tuple.of(1, Action.DISK_ROOM),
                        Tuple.of(1, Action.REMOVE_FILE),
                        Tuple.of(1, Action.REMOVE_FOLDER),
                        Tuple.of(1, Action.FAIL_FORCE),
                        Tuple.of(1, Action.FAIL_WRITE),
                        Tuple.of(1, Action.FAIL_CREATE),
                        Tuple.of(1, Action.RESTART),
                        Tuple.of(1, Action.KILL),
                        Tuple.of(1, Action.CUT_POWER))
                .list()
                .ofMinSize(5)
                .ofMaxSize(80);
    }

    @Property(tries = 300)
    void behavesLikeAList(@ForAll("scripts") List<Action> script, @ForAll long seed) throws Exception {
        run(script, seed);
    }

    /** Each line of the file is a seed and a script that failed once. */
    @Example
    void behavesLikeAListWhereItOnceDidNot() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("src/test/resources/logstream/buffer/model-scripts.txt"));
        for (String line : lines) {
            if (!line.startsWith("#")) {
                List<String> words = List.of(line.split(" "));
                List<Action> script =
                        words.stream().skip(1).map(Action::valueOf).toList();
                run(script, Long.parseLong(words.getFirst()));
            }
        }
    }

    private void run(List<Action> script, long seed) throws Exception {
        Path folder = Files.createTempDirectory("buffer-model");
        folders.add(folder);
        Model model = new Model(folder, new Random(seed));
        for (Action action : script) {
            model.perform(action);
            model.buffer.checkInvariant();
            model.checkAccounts(action);
        }
        model.end();
    }

    @AfterTry
    void deleteFolders() throws IOException {
        for (Path folder : folders) {
            delete(folder);
        }
        folders.clear();
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static final class Model {
        private final TestDisk disk = new TestDisk();
        private final AtomicLong nanos = new AtomicLong();
        private final Random random;
        private final BufferConfig config;
        private Buffer buffer;
        private Metrics metrics;

        /** All that was ever appended, by the number in its text. */
        private final List<String> appended = new ArrayList<>();

        private final Map<String, String> places = new HashMap<>();
        private int durable;
        private int released;

        /** What was read since the start, as numbers, and the ordinals of that. */
        private final List<Integer> read = new ArrayList<>();

        private final List<Long> ordinals = new ArrayList<>();
        private int releasedReads;

        /** Since the start, by what they went to. */
        private long done;

        private long givenUp;

        /** What had been released before a crash, is offered again and may then be set aside. */
        private boolean setAsideSinceStart;

        Model(Path folder, Random random) throws IOException {
            this.random = random;
            Overflow[] policies = Overflow.values();
            this.config = TestBuffers.with(
                    TestBuffers.config(folder, 250, 6),
                    policies[random.nextInt(policies.length)],
                    MinFree.bytes(MIN_FREE));
            disk.space = ROOMY;
            this.metrics = new Metrics();
            this.buffer = open();
        }

        private Buffer open() throws IOException {
            disk.healed();
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
            metrics = new Metrics();
            return BufferOpening.open(config, metrics, TestBuffers.sources(disk, nanos, random.nextLong()));
        }

        void perform(Action action) throws Exception {
            switch (action) {
                case APPEND -> append(random.nextInt(60));
                case APPEND_LARGE -> append(200 + random.nextInt(200));
                case APPEND_UNASKED -> appendUnasked(random.nextInt(200));
                case STEP -> step();
                case FORCE -> force();
                case READ -> read(1 + random.nextInt(4));
                case RELEASE -> release(read.size() == releasedReads ? 0 : random.nextInt(read.size() - releasedReads));
                case RELEASE_ALL -> release(read.size() - releasedReads);
                case SET_ASIDE -> giveUpOldest(() -> buffer.setAsideOldestChunk("test"));
                case DROP_OLDEST -> {
                    if (config.overflow() == Overflow.DROP_OLDEST_CHUNK) {
                        giveUpOldest(buffer::dropOldestChunk);
                    }
                }
                case DISK_FULL -> disk.space = FULL;
                case DISK_ROOM -> disk.space = ROOMY;
                case REMOVE_FILE -> {
                    List<Path> chunks = chunkFiles();
                    if (!chunks.isEmpty()) {
                        remove(chunks.get(random.nextInt(chunks.size())));
                    }
                }
                case REMOVE_FOLDER -> {
                    for (Path chunk : chunkFiles()) {
                        remove(chunk);
                    }
                    BufferModelTest.delete(config.directory());
                }
                case FAIL_FORCE -> disk.failNth(Operation.FORCE, 1 + random.nextInt(2));
                case FAIL_WRITE -> disk.failNth(Operation.HALF_WRITE, 1 + random.nextInt(3));
                case FAIL_CREATE -> disk.failNth(Operation.CREATE, 1);
                case RESTART -> {
                    buffer.close();
                    durable = appended.size();
                    reopened();
                }
                case KILL -> {
                    buffer.abandon();
                    reopened();
                }
                case CUT_POWER -> {
                    buffer.abandon();
                    disk.cutPower(random);
                    reopened();
                }
            }
        }

        private void append(int size) throws BufferClosedException {
            if (buffer.isFull() || !buffer.hasRoomFor(size + 20 + FrameBatch.HEADER_BYTES)) {
                return;
            }
            String text = appended.size() + ":" + "p".repeat(size);
            appended.add(text);
            buffer.append(TestBuffers.batch(text));
        }

        private void appendUnasked(int size) throws BufferClosedException {
            boolean room = buffer.hasRoomFor(size + 20 + FrameBatch.HEADER_BYTES);
            if (!room && config.overflow() != Overflow.DROP_NEWEST) {
                return;
            }
            long before = metrics.dropped(DropCause.OVERFLOW).sum();
            String text = appended.size() + ":" + "p".repeat(size);
            boolean dropped = buffer.appendOrDrop(TestBuffers.batch(text)).dropped() > 0;
            assertThat(metrics.dropped(DropCause.OVERFLOW).sum() - before).isEqualTo(dropped ? 1 : 0);
            if (dropped) {
                assertThat(room).as("dropped only for want of room").isFalse();
            } else {
                appended.add(text);
            }
        }

        /** None while the folder is removed. */
        private List<Path> chunkFiles() throws IOException {
            return Files.exists(config.directory()) ? TestBuffers.chunkFiles(config.directory()) : List.of();
        }

        /** All that is in the file may be lost; what is put back is not, but a crash may come before. */
        private void remove(Path chunk) throws IOException {
            long sequence = ChunkFormat.sequence(chunk).orElseThrow();
            String bytes = new String(Files.readAllBytes(chunk), StandardCharsets.ISO_8859_1);
            for (int number = 0; number < appended.size(); number++) {
                if (bytes.contains(appended.get(number))) {
                    removed.add(number);
                }
            }
            removedSequences.add(sequence);
            Files.delete(chunk);
        }

        private void step() {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            buffer.step();
        }

        private void force() throws BufferClosedException {
            buffer.wantDurable();
            for (int turn = 0; turn < 4; turn++) {
                step();
            }
            disk.healed();
            disk.space = ROOMY;
            step();
            step();
            buffer.awaitDurable(buffer.append(new FrameBatch(16)));
            durable = appended.size();
        }

        private void read(int count) throws IOException {
            for (int turn = 0; turn < count; turn++) {
                Frame frame;
                try {
                    frame = buffer.read();
                } catch (IOException e) {
                    assertThat(e)
                            .as("only a chunk that is about to be put back")
                            .hasMessageContaining("put back");
                    return;
                }
                if (frame == null) {
                    return;
                }
                String text = TestBuffers.text(frame);
                int number = Integer.parseInt(text.substring(0, text.indexOf(':')));
                assertThat(text).isEqualTo(appended.get(number));
                String before = places.put(frame.sequence() + "/" + frame.index(), text);
                assertThat(before == null || before.equals(text))
                        .as("one payload for each place")
                        .isTrue();
                if (read.isEmpty()) {
                    assertThat(number).as("begins with what was not released").isLessThanOrEqualTo(firstWanted());
                } else {
                    int last = read.getLast();
                    assertThat(number).as("in order").isGreaterThan(last);
                    assertThat(frame.ordinal()).isGreaterThan(ordinals.getLast());
                    for (int skipped = last + 1; skipped < number; skipped++) {
                        boolean goneAgain = setAsideSinceStart && skipped < released;
                        assertThat(goneAgain || isLost(skipped))
                                .as("only what a crash took is missing")
                                .isTrue();
                    }
                }
                read.add(number);
                ordinals.add(frame.ordinal());
                durable = Math.max(durable, number + 1);
            }
        }

        /** Frames in files that were removed, and the numbers of those files. */
        private final Set<Integer> removed = new HashSet<>();

        private final Set<Long> removedSequences = new HashSet<>();

        private boolean isLost(int number) {
            return lost.contains(number) || removed.contains(number);
        }

        /** Frames that a crash may have taken: appended and not durable; or set aside with their chunk. */
        private final Set<Integer> lost = new HashSet<>();

        private int firstWanted() {
            int first = released;
            while (isLost(first)) {
                first++;
            }
            return first;
        }

        private void release(int count) {
            if (count == 0) {
                return;
            }
            releasedReads += count;
            long before = buffer.bufferedFrames();
            buffer.release(ordinals.get(releasedReads - 1) + 1);
            done += before - buffer.bufferedFrames();
            released = Math.max(released, read.get(releasedReads - 1) + 1);
        }

        private void giveUpOldest(Callable<Long> giving) throws Exception {
            disk.healed();
            long before = buffer.bufferedFrames();
            long moved;
            try {
                moved = giving.call();
            } catch (IOException e) {
                assertThat(removedSequences)
                        .as("what cannot be moved was removed")
                        .isNotEmpty();
                return;
            }
            givenUp += moved;
            assertThat(buffer.bufferedFrames()).isEqualTo(before - moved);
            if (moved > 0) {
                setAsideSinceStart = true;
                // The first that were not released; those that a crash may have taken do not count.
                for (int number = released; number < appended.size() && moved > 0; number++) {
                    moved -= !removed.contains(number) && lost.add(number) ? 1 : 0;
                }
            }
        }

        private void reopened() throws IOException {
            for (int number = durable; number < appended.size(); number++) {
                lost.add(number);
            }
            read.clear();
            ordinals.clear();
            releasedReads = 0;
            setAsideSinceStart = false;
            done = 0;
            givenUp = 0;
            // Places in a file that was removed, and not put back before the crash, may be given again.
            for (long sequence : removedSequences) {
                if (!Files.exists(config.directory().resolve(ChunkFormat.name(sequence)))) {
                    places.keySet().removeIf(place -> place.startsWith(sequence + "/"));
                }
            }
            long identity = buffer.identity();
            buffer = open();
            if (removedSequences.isEmpty()) {
                assertThat(buffer.identity()).isEqualTo(identity);
            } else if (buffer.identity() != identity) {
                places.clear();
            }
            assertThat(metrics.framesRecovered.sum()).isEqualTo(buffer.bufferedFrames());
        }

        void checkAccounts(Action action) {
            assertThat(metrics.framesRecovered.sum() + metrics.framesAppended.sum())
                    .as("accounts after " + action)
                    .isEqualTo(buffer.bufferedFrames()
                            + done
                            + givenUp
                            + metrics.dropped(DropCause.DAMAGED).sum());
        }

        void end() throws Exception {
            disk.healed();
            force();
            read(Integer.MAX_VALUE);
            checkAccounts(Action.READ);
            if (!removed.contains(appended.size() - 1)
                    && !lost.contains(appended.size() - 1)
                    && !appended.isEmpty()
                    && released < appended.size()) {
                assertThat(read).as("all that is durable is read").endsWith(appended.size() - 1);
            }
            if (!ordinals.isEmpty()) {
                nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
                buffer.release(ordinals.getLast() + 1);
                step();
                assertThat(buffer.bufferedFrames()).isZero();
                assertThat(TestBuffers.chunkFiles(config.directory())).hasSize(1);
            }
            buffer.close();
            assertThat(disk.open).as("open files").hasValue(0);
        }
    }
}
