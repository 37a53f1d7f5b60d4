package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import logstream.buffer.TestDisk.Operation;
import logstream.metrics.Metrics;
import logstream.migration.Chunks;
import logstream.migration.FluentdImport;
import logstream.migration.ImportReport;
import logstream.migration.IntoBuffer;
import logstream.pipeline.KeyedFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An import on a disk that fails, and power cuts in it: nothing is lost, and only one file comes again. */
class ImportCrashTest {
    private static final int FILES = 3;
    private static final int RECORDS = 300;

    private static final FluentdImport.Course ALONE = new FluentdImport.Course() {
        @Override
        public boolean goOn(ImportReport soFar) {
            return true;
        }

        @Override
        public boolean awaitRoom(int before) {
            return false;
        }
    };

    @TempDir
    Path folder;

    private final Metrics metrics = new Metrics();

    private Buffer open(Path directory, TestDisk disk) throws IOException {
        BufferConfig config = TestBuffers.config(directory, 300 << 10, 32);
        Buffer buffer = BufferOpening.open(
                config, metrics, new Sources(disk, () -> TestBuffers.START, System::nanoTime, new Random(1)::nextLong));
        buffer.start();
        return buffer;
    }

    private Path left(int round) throws IOException {
        Path left = Files.createDirectory(folder.resolve("fluent" + round));
        for (int file = 0; file < FILES; file++) {
            Files.write(left.resolve(name(file)), Chunks.records("file " + file, RECORDS, 1_000));
        }
        return left;
    }

    private static String name(int file) {
        return "logstream.q" + file + ".buffer";
    }

    private static Set<String> allKeys() {
        Set<String> keys = new TreeSet<>();
        for (int file = 0; file < FILES; file++) {
            for (int record = 0; record < RECORDS; record++) {
                keys.add("file " + file + " " + record);
            }
        }
        return keys;
    }

    private static List<String> keys(Buffer buffer) throws IOException {
        List<String> keys = new ArrayList<>();
        for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
            keys.add(KeyedFrame.of(buffer.identity(), frame).key());
        }
        return keys;
    }

    /** What the disk holds after a power cut, as another folder: the buffer that wrote it does not notice. */
    private static Path afterPowerCut(Path directory, TestDisk disk, Random random, Path to) throws IOException {
        disk.cutPower(random);
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".chunk")).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE", "WRITE", "HALF_WRITE", "FORCE", "SYNC_FOLDER"})
    void whateverFailsWhenAndThePowerGoesThen(Operation operation) throws Exception {
        Random random = new Random(7);
        int stopped = 0;
        for (int nth = 1; nth <= 6; nth++) {
            // One failure is repaired; a disk that refuses from there on ends the import.
            for (boolean forGood : new boolean[] {false, true}) {
                stopped += round(operation, nth, forGood, random);
            }
        }
        assertThat(stopped).as("imports that a failing disk stopped").isPositive();
    }

    private int round(Operation operation, int nth, boolean forGood, Random random) throws Exception {
        int number = 2 * nth + (forGood ? 1 : 0);
        TestDisk disk = new TestDisk();
        Path directory = folder.resolve("buffer" + number);
        Path left = left(number);
        Path after;
        ImportReport report;
        try (Buffer buffer = open(directory, disk)) {
            int[] count = new int[1];
            disk.failing((is, path) -> is == operation && (forGood ? ++count[0] >= nth : ++count[0] == nth));
            report = new FluentdImport(new IntoBuffer(buffer, metrics), ALONE).run(left);
            after = afterPowerCut(directory, disk, random, folder.resolve("after" + number));
            disk.healed();
        }
        report.stopped().ifPresent(why -> assertThat(why).isEqualTo("the disk of the buffer cannot be written to"));
        Set<String> expected = new TreeSet<>();
        for (int file = 0; file < FILES; file++) {
            boolean imported = Files.exists(left.resolve(name(file) + ".imported"));
            assertThat(Files.exists(left.resolve(name(file)))).isEqualTo(!imported);
            if (imported) {
                for (int record = 0; record < RECORDS; record++) {
                    expected.add("file " + file + " " + record);
                }
            }
        }
        try (Buffer buffer = open(after, new TestDisk())) {
            List<String> survived = keys(buffer);
            assertThat(survived)
                    .as("%s %d: files that are called imported are in the buffer", operation, nth)
                    .containsAll(expected);
            assertThat(new FluentdImport(new IntoBuffer(buffer, metrics), ALONE)
                            .run(left)
                            .stopped())
                    .isEmpty();
            List<String> all = new ArrayList<>(survived);
            all.addAll(keys(buffer));
            assertThat(new TreeSet<>(all)).isEqualTo(allKeys());
            assertThat(all.size()).as("at most one file twice").isLessThanOrEqualTo((FILES + 1) * RECORDS);
        }
        return report.stopped().isPresent() ? 1 : 0;
    }

    /** The process is killed after the records of the first file are durable, and before it is renamed. */
    @Test
    void aCrashBeforeTheRenameImportsThatFileAgainUnderTheSameKeys() throws Exception {
        Path left = left(0);
        Path taken = Files.createDirectory(left.resolve(name(0) + ".imported"));
        TestDisk disk = new TestDisk();
        Path after;
        try (Buffer buffer = open(folder.resolve("buffer"), disk)) {
            assertThat(new FluentdImport(new IntoBuffer(buffer, metrics), ALONE)
                            .run(left)
                            .stopped())
                    .isPresent();
            after = afterPowerCut(folder.resolve("buffer"), disk, new Random(3), folder.resolve("after"));
        }
        Files.delete(taken);

        try (Buffer buffer = open(after, new TestDisk())) {
            List<String> first = keys(buffer);
            assertThat(first).hasSize(RECORDS);
            ImportReport second = new FluentdImport(new IntoBuffer(buffer, metrics), ALONE).run(left);
            assertThat(second.files()).isEqualTo(FILES);
            List<String> again = keys(buffer);
            assertThat(again.subList(0, RECORDS)).isEqualTo(first);
            assertThat(new TreeSet<>(again)).isEqualTo(allKeys());
            assertThat(again).hasSize(FILES * RECORDS);
        }
    }
}
