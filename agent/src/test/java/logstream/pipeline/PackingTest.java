package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PackingConfig;
import logstream.kinesis.PackingConfig.Compression;
import logstream.kinesis.PackingConfig.PartitionKey;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PackingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = RecordKey.of(1, 2, 3);
    private static final String LINE = "{\"container_id\":\"c0ffee\",\"container_name\":\"/web\",\"log\":\"a\","
            + "\"time\":\"2026-01-01T00:00:00Z\",\"tag\":\"grid.live/web\"}";

    private static Packing packing(PartitionKey key, Compression compression, boolean aggregate) {
        return new Packing(new PackingConfig(key, compression, aggregate, PackingConfig.PAYLOAD_UNIT_BYTES));
    }

    private static Packing by(PartitionKey key) {
        return packing(key, Compression.NONE, false);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Packed packed) {
        return new String(packed.record().data(), StandardCharsets.UTF_8);
    }

    private static String withId(String json) {
        return text(packing(PartitionKey.UUID, Compression.NONE, true).pack(ID, utf8(json)));
    }

    @Test
    void switchedOffTheRecordIsTheFramesOwnBytes() {
        byte[] frame = utf8(LINE);
        Packed packed = new Packing(PackingConfig.PLAIN).pack(ID, frame);
        assertThat(packed.record().data()).isSameAs(frame);
        assertThat(packed.record().key()).isEqualTo(ID);
        assertThat(packed.hasId()).isFalse();
    }

    @Test
    void theIdIsTheLastField() {
        assertThat(withId(LINE)).isEqualTo(LINE.replaceFirst("}$", ",\"id\":\"" + ID + "\"}"));
        assertThat(withId("{}")).isEqualTo("{\"id\":\"" + ID + "\"}");
        assertThat(withId(" { \"a\" : [ 1 , {\"id\":2} ] } "))
                .isEqualTo(" { \"a\" : [ 1 , {\"id\":2} ] ,\"id\":\"" + ID + "\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":7,\"log\":\"a\"} | {\"sender_id\":7,\"log\":\"a\"",
                "{\"log\":\"a\",\"id\":{\"id\":[\"}\"]}} | {\"log\":\"a\",\"sender_id\":{\"id\":[\"}\"]}",
                "{\"id\":1,\"id\":2} | {\"sender_id\":1,\"sender_id\":2",
                "{\"log\":\"\\\"id\\\":1\"} | {\"log\":\"\\\"id\\\":1\"",
            })
    void aSendersFieldOfThatNameKeepsItsValueUnderAnother(String json, String begins) {
        assertThat(withId(json)).isEqualTo(begins + ",\"id\":\"" + ID + "\"}");
    }

    @Test
    void aRecordThatIsReplayedKeepsTheIdThatItHas() {
        String once = withId(LINE);
        assertThat(withId(once)).isEqualTo(once);
    }

    @Test
    void anImportedKeyIsEscaped() throws IOException {
        String odd = "a\"b\\c\u0001\u00e9";
        Packed packed = by(PartitionKey.TAG).pack(odd, utf8(LINE));
        assertThat(JSON.readTree(packed.record().data()).get("id").textValue()).isEqualTo(odd);
    }

    @Test
    void whatIsNoObjectGoesUnderItsOwnKeyAsItIs() {
        for (String data :
                new String[] {"", "[1]", "a line", "{\"a\":1", "{\"a\"}", "{\"a\":}", "{\"a\":1}x", "\"", "{\"a\":\"\\"
                }) {
            Packed packed = by(PartitionKey.TAG).pack(ID, utf8(data));
            assertThat(packed.record().key()).isEqualTo(ID);
            assertThat(text(packed)).isEqualTo(data);
            assertThat(packed.hasId()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONTAINER | {\"container_id\":\"c0ffee\",\"container_name\":\"/web\"} | c0ffee",
                "CONTAINER | {\"container_id\":\"\",\"container_name\":\"/web\"} | /web",
                "CONTAINER | {\"container_id\":7,\"container_name\":\"/web\"} | /web",
                "CONTAINER | {\"tag\":\"t\"} | own",
                "TAG | {\"tag\":\"a\\\"\\\\\\/\\n\\u00e9\"} | a\"\\/\\né",
                "TAG | {\"tag\":\"\"} | own",
                "TAG | {\"tag\":null} | own",
                "TAG | {\"x\":{\"tag\":\"inner\"},\"log\":\"\\\"tag\\\":\\\"no\\\"\",\"tag\":\"grid.é\"} | grid.é",
            })
    void theKeyIsMadeFromTheRecord(PartitionKey key, String json, String expected) {
        String made = by(key).pack(ID, utf8(json)).record().key();
        assertThat(made).isEqualTo(expected.equals("own") ? ID : expected.replace("\\n", "\n"));
    }

    @Test
    void aKeyHas256CharactersAtMostAndNoHalfOfOne() {
        Packed letters = by(PartitionKey.TAG).pack(ID, utf8("{\"tag\":\"" + "x".repeat(300) + "\"}"));
        assertThat(letters.record().key()).isEqualTo("x".repeat(256));
        Packed pairs = by(PartitionKey.TAG).pack(ID, utf8("{\"tag\":\"x" + "\ud83d\udc33".repeat(200) + "\"}"));
        assertThat(pairs.record().key()).isEqualTo("x" + "\ud83d\udc33".repeat(127));
    }

    /** The longest record that intake makes, under the longest key. */
    @Test
    void thereIsRoomForWhatIsAdded() {
        String tag = "\u20ac".repeat(300);
        String around = "{\"id\":1,\"log\":\"\",\"tag\":\"" + tag + "\"}";
        String log = "x".repeat(RecordEncoder.MOST_RECORD_BYTES - utf8(around).length);
        String json = around.replace("\"log\":\"\"", "\"log\":\"" + log + "\"");
        assertThat(utf8(json)).hasSize(RecordEncoder.MOST_RECORD_BYTES);
        assertThat(by(PartitionKey.TAG).pack(ID, utf8(json)).record().size())
                .isBetween(OutgoingRecord.MAX_BYTES - 300, OutgoingRecord.MAX_BYTES);
    }

    @Property(tries = 300)
    void nothingButTheIdIsAddedToWhateverObject(@ForAll String name, @ForAll String value, @ForAll long seed)
            throws IOException {
        ObjectNode record = JSON.createObjectNode();
        Random random = new Random(seed);
        for (int field = random.nextInt(4); field > 0; field--) {
            switch (random.nextInt(4)) {
                case 0 -> record.put(name + field, value);
                case 1 ->
                    record.putObject(value + field)
                            .put(name, value)
                            .putArray("id")
                            .add(value);
                case 2 -> record.put("n" + field, random.nextDouble());
                default -> record.put("b" + field, random.nextBoolean());
            }
        }
        JsonNode packed = JSON.readTree(withId(JSON.writeValueAsString(record)));
        record.put("id", ID);
        assertThat(packed).isEqualTo(JSON.readTree(JSON.writeValueAsBytes(record)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "ZSTD"})
    void whatIsCompressedIsFoundAgainAndNothingGrows(Compression compression) {
        Packing packing = packing(PartitionKey.UUID, compression, false);
        Random random = new Random(5);
        for (int length : new int[] {0, 1, 5, 100, 1000, 100_000, 3_000_000}) {
            byte[] repeating = "{\"log\":\"abc\"}".repeat(length / 13 + 1).getBytes(StandardCharsets.UTF_8);
            byte[] sent = packing.pack(ID, repeating).record().data();
            assertThat(packing.unpacked(sent)).isEqualTo(repeating);
            if (length >= 1000) {
                assertThat(sent.length).isLessThan(repeating.length / 5);
            }

            byte[] noise = new byte[length];
            random.nextBytes(noise);
            byte[] sentNoise = packing.pack(ID, noise).record().data();
            assertThat(sentNoise.length).isLessThanOrEqualTo(noise.length);
            assertThat(packing.unpacked(sentNoise)).isEqualTo(noise);

            byte[] likeGzip = noise.clone();
            if (length >= 2) {
                likeGzip[0] = 0x1f;
                likeGzip[1] = (byte) 0x8b;
            }
            assertThat(packing.unpacked(packing.pack(ID, likeGzip).record().data()))
                    .isEqualTo(likeGzip);
        }
    }

    /** Otherwise its reader would decompress it once too often. */
    @Test
    void whatWasCompressedBeforeIsCompressedOnceMore() throws IOException {
        byte[] noise = new byte[1000];
        new Random(6).nextBytes(noise);
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(before)) {
            gzip.write(noise);
        }
        for (Compression compression : List.of(Compression.GZIP, Compression.ZSTD)) {
            Packing packing = packing(PartitionKey.UUID, compression, false);
            byte[] sent = packing.pack(ID, before.toByteArray()).record().data();
            assertThat(packing.unpacked(sent)).isEqualTo(before.toByteArray());
        }
    }

    @Test
    void whatAnyGzipReaderReads() throws IOException {
        byte[] sent = packing(PartitionKey.UUID, Compression.GZIP, false)
                .pack(ID, utf8(LINE.repeat(9)))
                .record()
                .data();
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(sent))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(LINE.repeat(9));
        }
    }
}
