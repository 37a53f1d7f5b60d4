package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.buffer.FrameBatch;
import logstream.forward.MsgpackCursor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

class RecordEncoderTest {
    private static final int PAYLOAD_AT = new FrameBatch(64).begin();
    private static final String TAG = "grid.devel/www-data/redis-test:devel/www-data/redis-test";

    /** What the original's makers published, byte for byte. */
    @Test
    void theOriginalsExample() {
        String container = "/mesos-20151118-102904-3271688202-5050-7886-S0.651d6d6d-1ebd-438e-b70e-f9955b98f6fb";
        String id = "1d26ace2fa27c63bc77c6de4bdf611046a7b350a7b7c2e33eafac6b3cda5fe76";

        String json = encode(
                1449236367,
                TAG,
                packer -> packer.packMapHeader(4)
                        .packString("container_name")
                        .packString(container)
                        .packString("source")
                        .packString("stdout")
                        .packString("log")
                        .packString("MESSAGE")
                        .packString("container_id")
                        .packString(id));

        assertThat(json)
                .isEqualTo("{\"container_name\":\"" + container
                        + "\",\"source\":\"stdout\",\"log\":\"MESSAGE\",\"container_id\":\"" + id
                        + "\",\"time\":\"2015-12-04T13:39:27Z\",\"tag\":\"" + TAG + "\"}");
    }

    @Test
    void ourFieldsReplaceTheSenders() {
        String json = encode(
                0,
                "t",
                packer -> packer.packMapHeader(4)
                        .packString("time")
                        .packString("theirs")
                        .packString("log")
                        .packString("x")
                        .packString("tag")
                        .packMapHeader(1)
                        .packString("nested")
                        .packArrayHeader(0)
                        .packString("tags")
                        .packInt(1));

        assertThat(json).isEqualTo("{\"log\":\"x\",\"tags\":1,\"time\":\"1970-01-01T00:00:00Z\",\"tag\":\"t\"}");
    }

    @Test
    void anEmptyMapStillHasTimeAndTag() {
        assertThat(encode(59, "t", packer -> packer.packMapHeader(0)))
                .isEqualTo("{\"time\":\"1970-01-01T00:00:59Z\",\"tag\":\"t\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00Z",
        "4294967295, 2106-02-07T06:28:15Z",
        "-1, 1969-12-31T23:59:59Z",
        "9223372036854775807, +1000000000-12-31T23:59:59Z",
    })
    void timeIsWholeSeconds(long seconds, String text) {
        assertThat(encode(seconds, "t", packer -> packer.packMapHeader(0))).contains("\"time\":\"" + text + "\"");
    }

    @Test
    void everyTypeIsDefined() {
        String json = encode(
                1,
                "t",
                packer -> packer.packMapHeader(11)
                        .packString("nil")
                        .packNil()
                        .packString("yes")
                        .packBoolean(true)
                        .packString("no")
                        .packBoolean(false)
                        .packString("least")
                        .packLong(Long.MIN_VALUE)
                        .packString("greatest")
                        .packBigInteger(new BigInteger("18446744073709551615"))
                        .packString("float")
                        .packDouble(1.5)
                        .packString("nan")
                        .packFloat(Float.NaN)
                        .packString("list")
                        .packArrayHeader(2)
                        .packInt(1)
                        .packString("a")
                        .packString("map")
                        .packMapHeader(2)
                        .packString("k")
                        .packInt(-7)
                        .packInt(3)
                        .packString("number as key")
                        .packString("bin")
                        .packBinaryHeader(3)
                        .writePayload(new byte[] {0, (byte) 0xff, 1})
                        .packString("ext")
                        .packExtensionTypeHeader((byte) -5, 1)
                        .writePayload(new byte[] {7}));

        assertThat(json)
                .startsWith(
                        "{\"nil\":null,\"yes\":true,\"no\":false,\"least\":-9223372036854775808,"
                                + "\"greatest\":18446744073709551615,\"float\":1.5,\"nan\":null,\"list\":[1,\"a\"],"
                                + "\"map\":{\"k\":-7,\"3\":\"number as key\"},\"bin\":\"AP8B\",\"ext\":{\"type\":-5,\"data\":\"Bw==\"},");
    }

    @Test
    void aKeyThatIsAMapBecomesItsJson() {
        String json = encode(
                1,
                "t",
                packer -> packer.packMapHeader(1)
                        .packMapHeader(1)
                        .packString("a")
                        .packInt(1)
                        .packInt(2));

        assertThat(json).startsWith("{\"{\\\"a\\\":1}\":2,");
    }

    @Test
    void controlCharactersAreEscaped() {
        String json = encode(
                1,
                "t",
                packer -> packer.packMapHeader(1)
                        .packString("log")
                        .packString("\u0000\b\t\n\u000b\f\r\u001f\"\\/\u007f\u2028"));

        assertThat(json).startsWith("{\"log\":\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u007f\u2028\",");
    }

    /**
     * Java's own decoder is the judge of what is repaired, Jackson of what is JSON; but for surrogates, of which Java
     * makes one U+FFFD and the Unicode standard three.
     */
    @Property(tries = 3000)
    void anyBytesBecomeTheTextThatJavaWouldRead(@ForAll @Size(max = 70) byte[] line) throws IOException {
        withoutSurrogates(line);
        String json = encode(1, "t", packer -> packLog(packer, line));

        assertThat(new ObjectMapper().readTree(json).get("log").textValue())
                .isEqualTo(new String(line, StandardCharsets.UTF_8));
    }

    /** Bytes that are likely to be parts of sequences, around the boundaries of eight and of a step. */
    @Property(tries = 300)
    void brokenSequencesAnywhere(@ForAll @Size(max = 40) int[] picks, @ForAll @IntRange(max = 4200) int filler)
            throws IOException {
        int[] likely = {
            0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0xed, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0x41, 0x22, 0x0a
        };
        byte[] line = new byte[filler + picks.length];
        Arrays.fill(line, (byte) 'x');
        for (int i = 0; i < picks.length; i++) {
            line[filler + i] = (byte) likely[Math.floorMod(picks[i], likely.length)];
        }
        withoutSurrogates(line);

        String json = encode(1, "t", packer -> packLog(packer, line));

        assertThat(new ObjectMapper().readTree(json).get("log").textValue())
                .isEqualTo(new String(line, StandardCharsets.UTF_8));
    }

    @Test
    void aSurrogateIsThreeReplacements() {
        byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
        assertThat(encode(1, "t", packer -> packLog(packer, surrogate))).startsWith("{\"log\":\"\ufffd\ufffd\ufffd\"");
    }

    @Test
    void aRecordTooLargeForAFrameLeavesTheBatchAsItWas() {
        FrameBatch batch = new FrameBatch(1024);
        RecordEncoder encoder = new RecordEncoder(true);
        byte[] small = pack(packer -> packLog(packer, new byte[] {'a'}));
        byte[] large = pack(packer -> {
            packer.packMapHeader(1).packString("other").packRawStringHeader(1 << 20);
            return packer.writePayload(new byte[1 << 20]);
        });

        assertThat(encoder.encode(batch, 1, 0, new MsgpackCursor().at(small, 0), new byte[] {'t'}))
                .isOne();
        int before = batch.length();
        assertThat(encoder.encode(batch, 1, 0, new MsgpackCursor().at(large, 0), new byte[] {'t'}))
                .isZero();
        assertThat(batch.length()).isEqualTo(before);
        assertThat(encoder.encode(batch, 1, 0, new MsgpackCursor().at(small, 0), new byte[] {'t'}))
                .isOne();

        assertThat(batch.count()).isEqualTo(2);
        assertThat(batch.length()).isEqualTo(2 * before);
    }

    private static void withoutSurrogates(byte[] line) {
        for (int i = 0; i + 1 < line.length; i++) {
            if (line[i] == (byte) 0xed && (line[i + 1] & 0xe0) == 0xa0) {
                line[i] = 'e';
            }
        }
    }

    private static MessageBufferPacker packLog(MessageBufferPacker packer, byte[] line) {
        try {
            packer.packMapHeader(1)
                    .packString("log")
                    .packRawStringHeader(line.length)
                    .writePayload(line);
            return packer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Packing {
        Object pack(MessageBufferPacker packer) throws IOException;
    }

    private static byte[] pack(Packing packing) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packing.pack(packer);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String encode(long seconds, String tag, Packing packing) {
        FrameBatch batch = new FrameBatch(64);
        int encoded = new RecordEncoder(true)
                .encode(
                        batch,
                        seconds,
                        0,
                        new MsgpackCursor().at(pack(packing), 0),
                        tag.getBytes(StandardCharsets.UTF_8));
        assertThat(encoded).isOne();
        return new String(batch.bytes(), PAYLOAD_AT, batch.length() - PAYLOAD_AT, StandardCharsets.UTF_8);
    }
}
