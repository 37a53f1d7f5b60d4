package logstream.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.Frame;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.migration.FluentdRecords.Found;
import logstream.pipeline.KeyedFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fluentd left is in the buffer once, under its keys, and nothing of it is lost when something goes wrong. */
class FluentdImportTest {
    @TempDir
    Path folder;

    private final Metrics metrics = new Metrics();
    private Path left;
    private Buffer buffer;

    @BeforeEach
    void open() throws IOException {
        left = Files.createDirectory(folder.resolve("fluent"));
        buffer = open(8);
    }

    private Buffer open(int maxChunks) throws IOException {
        BufferConfig config = BufferConfig.DEFAULT;
        return Buffer.open(
                new BufferConfig(
                        folder.resolve("buffer" + maxChunks),
                        1 << 20,
                        maxChunks,
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

    private ImportReport run() throws IOException {
        return run(new IntoBuffer(buffer, metrics));
    }

    private ImportReport run(Destination destination) throws IOException {
        return new FluentdImport(destination, course(true, 0)).run(left);
    }

    private static FluentdImport.Course course(boolean goOn, int looks) {
        return new FluentdImport.Course() {
            @Override
            public boolean goOn(ImportReport soFar) {
                return goOn;
            }

            @Override
            public boolean awaitRoom(int before) {
                return before < looks;
            }
        };
    }

    private void chunk(int number, byte[]... records) throws IOException {
        Files.write(left.resolve(String.format("logstream.q%03x.buffer", number)), Chunks.join(records));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(left)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
            keys.add(KeyedFrame.of(buffer.identity(), frame).key());
            buffer.release(frame.ordinal() + 1);
        }
        await("the commit thread to delete what was released")
                .until(() -> buffer.gauges().chunks() <= 1);
        return keys;
    }

    @Test
    void everyRecordKeepsItsKeyAndComesOnce() throws Exception {
        Chunks.golden(left);
        Files.createFile(left.resolve("logstream.b1.buffer"));

        ImportReport report = run();

        assertThat(report.records()).isEqualTo(8);
        assertThat(report.files()).isEqualTo(4);
        assertThat(report.stopped()).isEmpty();
        assertThat(report.problems()).isEmpty();
        assertThat(keys())
                .containsExactlyElementsOf(
                        IntStream.range(0, 8).mapToObj(Chunks::key).toList());
        assertThat(metrics.created(CreateCause.IMPORTED).sum()).isEqualTo(8);
        assertThat(names()).hasSize(4).allMatch(name -> name.endsWith(".buffer.imported"));

        assertThat(run().files()).isZero();
        assertThat(keys()).isEmpty();
    }

    @Test
    void aDryRunCountsAndChangesNothing() throws Exception {
        Chunks.golden(left);
        List<String> before = names();

        assertThat(run(Destination.NOWHERE).records()).isEqualTo(8);

        assertThat(names()).isEqualTo(before);
        assertThat(keys()).isEmpty();
    }

    @Test
    void aForeignFileIsLeftAndDamageIsPassedOver() throws Exception {
        Files.writeString(left.resolve("app.b12.log"), "just a log\n");
        chunk(1, new byte[10], Chunks.records("a", 2, 5), new byte[7]);
        chunk(2, Chunks.record("data", "{}"), Chunks.records("b", 1, 5));
        chunk(3, Chunks.record("data", "{}"));

        ImportReport report = run();

        assertThat(keys()).containsExactly("a 0", "a 1", "b 0");
        assertThat(report.json().path("damaged").asInt()).isEqualTo(2);
        assertThat(report.json().path("damaged_bytes").asInt()).isEqualTo(17);
        assertThat(report.json().path("unfit").asInt()).isEqualTo(2);
        assertThat(report.json().path("files_bad").asInt()).isEqualTo(2);
        assertThat(report.json().path("files_waiting").asInt()).isZero();
        assertThat(report.problems())
                .contains(new Problem(
                        "app.b12.log",
                        0,
                        11,
                        Problem.Kind.FILE_LEFT,
                        "no record of fluentd's Kinesis plugin is in it"));
        assertThat(names())
                .containsExactly(
                        "app.b12.log",
                        "logstream.q001.buffer.imported",
                        "logstream.q002.buffer.imported",
                        "logstream.q003.buffer");
    }

    @Test
    void problemsAreCountedButNotNamedWithoutEnd() throws Exception {
        byte[][] all = new byte[200][];
        Arrays.fill(all, Chunks.record("data", "{}"));
        all[100] = Chunks.records("a", 1, 5);
        chunk(1, all);

        ImportReport report = run();

        assertThat(report.json().path("unfit").asInt()).isEqualTo(199);
        assertThat(report.problems()).hasSize(ImportReport.MOST_PROBLEMS);
    }

    @Test
    void withoutRoomItStopsAndTheNextRunGoesOn() throws Exception {
        for (int file = 0; file < 16; file++) {
            chunk(file, Chunks.records("file " + file, 400, 1_000));
        }
        List<String> all = new ArrayList<>();
        int runs = 0;
        ImportReport report;
        do {
            report = run();
            runs++;
            if (report.stopped().isPresent()) {
                assertThat(report.stopped().get())
                        .contains(
                                "has no room for logstream.q",
                                "Let the agent ship what waits, or set buffer.max_chunks higher, and import again");
                assertThat(report.json().path("files_waiting").asInt())
                        .isEqualTo(16
                                - names().stream()
                                        .filter(name -> name.endsWith(".imported"))
                                        .count());
                // Senders still find room.
                assertThat(buffer.isFull()).isFalse();
            }
            assertThat(report.files()).isPositive();
            all.addAll(keys());
        } while (report.stopped().isPresent());

        assertThat(runs).isGreaterThan(1);
        assertThat(all)
                .containsExactlyElementsOf(IntStream.range(0, 16)
                        .boxed()
                        .flatMap(file -> IntStream.range(0, 400).mapToObj(number -> "file " + file + " " + number))
                        .toList());
        assertThat(metrics.created(CreateCause.IMPORTED).sum()).isEqualTo(6400);
    }

    @Test
    void itGoesOnWhenThereIsRoomAgain() throws Exception {
        for (int file = 0; file < 16; file++) {
            chunk(file, Chunks.records("file " + file, 400, 1_000));
        }
        List<String> all = new ArrayList<>();

        ImportReport report = new FluentdImport(new IntoBuffer(buffer, metrics), new FluentdImport.Course() {
                    @Override
                    public boolean goOn(ImportReport soFar) {
                        return true;
                    }

                    @Override
                    public boolean awaitRoom(int before) {
                        try {
                            all.addAll(keys());
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                        await("the commit thread to delete what was released")
                                .until(() -> buffer.hasRoomToSpare(500_000));
                        return true;
                    }
                })
                .run(left);

        assertThat(report.stopped()).isEmpty();
        all.addAll(keys());
        assertThat(all).hasSize(6400).doesNotHaveDuplicates();
    }

    @Test
    void aFileLargerThanTheBufferStopsItAndDoesNotBlockIt() throws Exception {
        buffer.close();
        buffer = open(3);
        chunk(1, Chunks.records("a", 5_000, 1_000));

        assertThat(run().stopped()).isPresent();
        assertThat(keys()).isEmpty();
        assertThat(names()).containsExactly("logstream.q001.buffer");
    }

    /** Others took the room that there was for the file. */
    @Test
    void whenRoomGoesInTheMiddleOfAFileItStops() throws Exception {
        buffer.close();
        buffer = open(3);
        chunk(1, Chunks.records("a", 5_000, 1_000));
        IntoBuffer real = new IntoBuffer(buffer, metrics);

        ImportReport report = run(new Destination() {
            @Override
            public boolean hasRoomFor(long fileBytes) {
                return true;
            }

            @Override
            public boolean take(Found.Whole record) throws ImportStoppedException {
                return real.take(record);
            }

            @Override
            public boolean settle() throws ImportStoppedException {
                return real.settle();
            }

            @Override
            public boolean keeps() {
                return true;
            }
        });

        assertThat(report.stopped().orElseThrow()).contains("has no room for logstream.q001.buffer");
        assertThat(report.records()).isZero();
        assertThat(names()).containsExactly("logstream.q001.buffer");
        assertThat(buffer.bufferedFrames())
                .isPositive()
                .isEqualTo(metrics.created(CreateCause.IMPORTED).sum());
    }

    @Test
    void aFileThatCannotBeRenamedStopsIt() throws Exception {
        Chunks.golden(left);
        Path taken = Files.createDirectory(left.resolve(Chunks.GOLDEN.getFirst() + ".imported"));

        ImportReport report = run();

        assertThat(report.stopped().orElseThrow())
                .startsWith(Chunks.GOLDEN.getFirst() + " is imported, but cannot be renamed (")
                .endsWith("rename it to " + Chunks.GOLDEN.getFirst()
                        + ".imported yourself, else its records come a second time, under the same keys");
        assertThat(keys()).containsExactly(Chunks.key(0), Chunks.key(1), Chunks.key(2));

        Files.delete(taken);
        assertThat(run().records()).as("again, from that file on").isEqualTo(8);
        assertThat(keys()).startsWith(Chunks.key(0)).hasSize(8);
    }

    @Test
    void aRunningFluentdIsNoticed() throws Exception {
        chunk(1, Chunks.records("a", 1, 5));
        Path chunk = left.resolve("logstream.q001.buffer");
        Destination slow = new Destination() {
            @Override
            public boolean hasRoomFor(long fileBytes) {
                return true;
            }

            @Override
            public boolean take(Found.Whole record) {
                return true;
            }

            @Override
            public boolean settle() {
                try {
                    Files.write(chunk, new byte[] {1}, StandardOpenOption.APPEND);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                return true;
            }

            @Override
            public boolean keeps() {
                return true;
            }
        };

        assertThat(run(slow).stopped().orElseThrow())
                .startsWith("logstream.q001.buffer has changed while it was read: fluentd still runs. Stop it");
        assertThat(names()).containsExactly("logstream.q001.buffer");
    }

    @Test
    void itEndsWhenItIsTold() throws Exception {
        Chunks.golden(left);

        ImportReport report = new FluentdImport(new IntoBuffer(buffer, metrics), course(false, 0)).run(left);

        assertThat(report.stopped()).contains("it was told to end");
        assertThat(names()).containsExactlyInAnyOrderElementsOf(Chunks.GOLDEN);
    }

    @Test
    void whenTheAgentEndsItStops() throws Exception {
        Chunks.golden(left);
        buffer.closeIntake();

        assertThat(run().stopped()).contains("the agent is ending");
        assertThat(names()).containsExactlyInAnyOrderElementsOf(Chunks.GOLDEN);
    }

    @Test
    void aFolderThatIsNoneIsRefused() {
        left = folder.resolve("missing");
        assertThatThrownBy(this::run)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no folder; name the one");
    }
}
