package logstream.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import logstream.migration.FluentdRecords.Found;
import logstream.migration.Problem.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as fluentd left them are read to their end, whatever is in them. */
class FluentdRecordsTest {
    private static final String NAME = "logstream.q1.buffer";
    private static final String NO_RECORD = "no record of fluentd's Kinesis plugin";
    private static final byte[] GOOD = Chunks.record("data", "{}", "partition_key", "good");

    @TempDir
    private Path folder;

    @Test
    void chunksAreInTheOrderInWhichFluentdSendsThem() throws IOException {
        for (String name : List.of(
                "logstream.b5265c3fd8b6ae.buffer",
                "logstream.q5265c3fd8b6ad.buffer",
                "logstream.q5265c3fd8b6ab.buffer",
                "logstream.q5265c3fd8b6ac.buffer.imported",
                "logstream.log",
                "bones",
                "other.b1",
                "0000000000000001.chunk")) {
            Files.createFile(folder.resolve(name));
        }
        Files.createDirectory(folder.resolve("logstream.q5265c3fd8b6aa.buffer"));

        assertThat(FluentdChunk.list(folder).stream()
                        .map(chunk -> chunk.path().getFileName().toString()))
                .containsExactly(
                        "logstream.q5265c3fd8b6ab.buffer",
                        "logstream.q5265c3fd8b6ad.buffer",
                        "other.b1",
                        "logstream.b5265c3fd8b6ae.buffer");
    }

    @Test
    void aFolderThatIsNoneIsSaidSo() {
        assertThatThrownBy(() -> FluentdChunk.list(folder.resolve("missing")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no folder");
    }

    @Test
    void readsWhatRubyWrote() throws Exception {
        List<Found> all = new ArrayList<>();
        for (String name : Chunks.GOLDEN) {
            all.addAll(read(Chunks.golden(name)));
        }
        assertThat(all).hasSize(8);
        for (int number = 0; number < all.size(); number++) {
            assertThat(all.get(number)).isInstanceOf(Found.Whole.class);
            Found.Whole whole = (Found.Whole) all.get(number);
            assertThat(whole.partitionKey()).isEqualTo(Chunks.key(number));
            assertThat(new String(whole.data(), UTF_8))
                    .startsWith(
                            "{\"container_name\":\"/web\",\"source\":\"stdout\",\"log\":\"line " + number + " größer ")
                    .endsWith("\"tag\":\"grid.dev/www-data/web:dev/www-data/web\"}");
        }
        assertThat(read(new byte[0])).isEmpty();
    }

    @Test
    void aCutAnywhereKeepsTheRecordsBeforeIt() throws Exception {
        byte[] bytes = Chunks.golden(Chunks.GOLDEN.get(1));
        List<Found> whole = read(bytes);
        int[] ends = ends(bytes);
        for (int length = 0; length < bytes.length; length++) {
            List<Found> found = read(Arrays.copyOf(bytes, length));
            int kept = 0;
            while (kept < ends.length && ends[kept] <= length) {
                kept++;
            }
            List<Found> expected = new ArrayList<>(whole.subList(0, kept));
            int from = kept == 0 ? 0 : ends[kept - 1];
            if (from < length) {
                expected.add(bad(from, length, Kind.DAMAGED, "the file ends inside a record"));
            }
            assertThat(found).as("cut at %d", length).isEqualTo(expected);
        }
    }

    private int[] ends(byte[] bytes) throws IOException {
        List<Integer> ends = new ArrayList<>();
        try (FluentdRecords records = new FluentdRecords(chunk(bytes))) {
            while (records.next().isPresent()) {
                ends.add((int) records.position());
            }
        }
        return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void aFlippedByteCostsItsRecordAndAtMostTheNext() throws Exception {
        byte[] first = Chunks.record("data", "{\"log\":\"one\"}", "partition_key", "k1");
        byte[] bytes = Chunks.join(first, first, first, first);
        List<Found> whole = read(bytes);
        for (int at = first.length; at < 2 * first.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << bit);
                List<Found> found = read(flipped);
                assertThat(found.getFirst()).as("byte %d, bit %d", at, bit).isEqualTo(whole.getFirst());
                assertThat(found.getLast()).as("byte %d, bit %d", at, bit).isEqualTo(whole.getLast());
            }
        }
    }

    @Test
    void whatIsNoRecordIsPassedOver() throws Exception {
        byte[] text = "just a log\nof something\n".getBytes(UTF_8);
        assertThat(read(text)).containsExactly(bad(0, text.length, Kind.DAMAGED, NO_RECORD));
        assertThat(read(Chunks.join(GOOD, text, GOOD)))
                .containsExactly(good(), bad(GOOD.length, GOOD.length + text.length, Kind.DAMAGED, NO_RECORD), good());
        byte[] large = new byte[200_000];
        assertThat(read(Chunks.join(large, GOOD)))
                .containsExactly(bad(0, large.length, Kind.DAMAGED, NO_RECORD), good());
    }

    /** The beginning of the next record lies at every place of the window that is searched. */
    @Test
    void theNextRecordIsFoundWhereverItBegins() throws Exception {
        for (int length = (64 << 10) - 30; length < (64 << 10) + 30; length++) {
            assertThat(read(Chunks.join(new byte[length], GOOD)))
                    .containsExactly(bad(0, length, Kind.DAMAGED, NO_RECORD), good());
        }
    }

    @Test
    void unfitRecordsAreNamedAndPassedOver() throws Exception {
        unfit("a record without partition_key", "data", "{}");
        unfit("a record without data", "partition_key", "k");
        unfit("a partition_key of 0 characters, where 1 to 256 can be", "data", "{}", "partition_key", "");
        unfit(
                "a partition_key of 257 characters, where 1 to 256 can be",
                "data",
                "{}",
                "partition_key",
                "k".repeat(257));
        unfit("a record with the unknown field 'colour?'", "data", "{}", "partition_key", "k", "colour\u001b", "red");
        String large = "x".repeat(FluentdRecords.MOST_BYTES + 1);
        unfit(
                "data of " + large.length() + " bytes, where at most " + FluentdRecords.MOST_BYTES + " can be",
                "data",
                large,
                "partition_key",
                "k");
        byte[] noText = Chunks.record("data", "{}", "partition_key", "k");
        noText[noText.length - 1] = (byte) 0xff;
        assertThat(read(noText)).containsExactly(bad(0, noText.length, Kind.UNFIT, "a partition_key that is no UTF-8"));
    }

    @Test
    void theLargestRecordIsTaken() throws Exception {
        assertThat(read(Chunks.record("data", "x".repeat(FluentdRecords.MOST_BYTES), "partition_key", "ü".repeat(256))))
                .hasOnlyElementsOfType(Found.Whole.class);
    }

    private void unfit(String why, String... pairs) throws IOException {
        byte[] record = Chunks.record(pairs);
        assertThat(read(Chunks.join(GOOD, record, GOOD)))
                .containsExactly(good(), bad(GOOD.length, GOOD.length + record.length, Kind.UNFIT, why), good());
    }

    @Test
    void aLengthIsNotBelieved() throws Exception {
        byte[] bytes = {(byte) 0x82, (byte) 0xa4, 'd', 'a', 't', 'a', (byte) 0xdb, 0x7f, (byte) 0xff, -1, -1};
        assertThat(read(Chunks.join(bytes, GOOD)))
                .containsExactly(bad(0, bytes.length, Kind.DAMAGED, NO_RECORD), good());
        byte[] fields = {(byte) 0xdf, 0x7f, (byte) 0xff, -1, -1};
        assertThat(read(Chunks.join(fields, GOOD)))
                .containsExactly(bad(0, fields.length, Kind.DAMAGED, NO_RECORD), good());
    }

    @Test
    void afterTooManyDamagedStretchesTheRestIsOne() throws Exception {
        byte[] broken = {(byte) 0x82, (byte) 0xa4, 'd', 'a', 't', 'a', (byte) 0xc1};
        byte[][] all = new byte[FluentdRecords.MOST_STRETCHES + 10][];
        Arrays.fill(all, broken);
        List<Found> found = read(Chunks.join(Chunks.join(all), GOOD));
        assertThat(found).hasSize(FluentdRecords.MOST_STRETCHES + 1);
        assertThat(found.getLast())
                .isEqualTo(bad(
                        (long) FluentdRecords.MOST_STRETCHES * broken.length,
                        (long) all.length * broken.length + GOOD.length,
                        Kind.DAMAGED,
                        NO_RECORD));
    }

    private static Found good() {
        return new Found.Whole("good", "{}".getBytes(UTF_8));
    }

    private static Found bad(long from, long to, Kind kind, String what) {
        return new Found.Bad(new Problem(NAME, from, to, kind, what));
    }

    private List<Found> read(byte[] bytes) throws IOException {
        List<Found> all = new ArrayList<>();
        try (FluentdRecords records = new FluentdRecords(chunk(bytes))) {
            for (Optional<Found> next = records.next(); next.isPresent(); next = records.next()) {
                all.add(next.get());
            }
            assertThat(records.position()).isEqualTo(bytes.length);
        }
        return all;
    }

    private FluentdChunk chunk(byte[] bytes) throws IOException {
        Files.write(folder.resolve(NAME), bytes);
        return FluentdChunk.list(folder).getFirst();
    }
}
