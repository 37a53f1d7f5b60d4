package logstream.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import logstream.migration.FluentdRecords.Found;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

class FluentdRecordsTest {
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
    void readsWhatThePluginWrote() throws Exception {
        byte[] bytes = join(
                record("data", "{\"log\":\"a\"}", "partition_key", "667e482c-d048-4dd4-b636-1d8246eed98f"),
                record("data", "{\"log\":\"ü\"}", "partition_key", "k", "explicit_hash_key", "12"));
        assertThat(read(bytes))
                .containsExactly(
                        found("667e482c-d048-4dd4-b636-1d8246eed98f", "{\"log\":\"a\"}"),
                        found("k", "{\"log\":\"ü\"}"));
        assertThat(read(new byte[0])).isEmpty();
    }

    @Test
    void aCutAnywhereKeepsTheRecordsBeforeIt() throws Exception {
        byte[] first = record("data", "{\"log\":\"one\"}", "partition_key", "k1");
        byte[] both = join(first, record("data", "{\"log\":\"two\"}", "partition_key", "k2"));
        for (int length = first.length + 1; length < both.length; length++) {
            List<Found> before = new ArrayList<>();
            try (FluentdRecords records = new FluentdRecords(chunk(Arrays.copyOf(both, length)))) {
                assertThatThrownBy(() -> readAll(records, before))
                        .isInstanceOf(FluentdRecords.TornException.class)
                        .hasMessage("the file ends inside a record");
                assertThat(records.bytesLeft()).isEqualTo(length - first.length);
            }
            assertThat(before).containsExactly(found("k1", "{\"log\":\"one\"}"));
        }
    }

    @Test
    void whatIsNoRecordIsSaidSo() throws Exception {
        assertTorn(new byte[] {(byte) 0xc1}, "no record of fluentd's Kinesis plugin");
        assertTorn(new byte[] {1}, "no record of fluentd's Kinesis plugin");
        assertTorn(record("data", "{}"), "a record without data or partition_key");
        assertTorn(record("data", "{}", "partition_key", ""), "a record without data or partition_key");
        assertTorn(record("data", "{}", "colour\u001b", "red"), "a record with the unknown field 'colour?'");
    }

    @Test
    void aLengthIsNotBelieved() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0x82);
        bytes.write(
                new byte[] {(byte) 0xa4, 'd', 'a', 't', 'a', (byte) 0xdb, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
        assertTorn(bytes.toByteArray(), "a value of 2147483647 bytes where at most 1048576 can be");
    }

    private void assertTorn(byte[] bytes, String why) throws IOException {
        try (FluentdRecords records = new FluentdRecords(chunk(bytes))) {
            assertThatThrownBy(records::next)
                    .isInstanceOf(FluentdRecords.TornException.class)
                    .hasMessage(why);
            assertThat(records.bytesLeft()).isEqualTo(bytes.length);
        }
    }

    private List<Found> read(byte[] bytes) throws Exception {
        List<Found> all = new ArrayList<>();
        try (FluentdRecords records = new FluentdRecords(chunk(bytes))) {
            readAll(records, all);
            assertThat(records.bytesLeft()).isZero();
        }
        return all;
    }

    private static void readAll(FluentdRecords records, List<Found> into) throws Exception {
        for (Optional<Found> next = records.next(); next.isPresent(); next = records.next()) {
            into.add(next.get());
        }
    }

    private FluentdChunk chunk(byte[] bytes) throws IOException {
        Path file = folder.resolve("logstream.q1.buffer");
        Files.write(file, bytes);
        return FluentdChunk.list(folder).getFirst();
    }

    private static Found found(String key, String data) {
        return new Found(key, data.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] record(String... pairs) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(pairs.length / 2);
            for (String text : pairs) {
                packer.packString(text);
            }
            return packer.toByteArray();
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
