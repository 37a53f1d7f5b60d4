package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessageBufferPacker;

/** Every msgpack value is defined JSON, and every object has each key once. */
class JsonValuesTest {
    private static final ObjectMapper STRICT = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final String END = ",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}";

    @Test
    void ofAKeyThatComesTwiceTheLastValueStays() {
        assertThat(fields(packer -> packer.packMapHeader(5)
                        .packString("a")
                        .packInt(1)
                        .packString("b")
                        .packInt(2)
                        .packString("a")
                        .packString("three")
                        .packString("c")
                        .packInt(4)
                        .packString("a")
                        .packInt(5)))
                .isEqualTo("{\"b\":2,\"c\":4,\"a\":5");
    }

    @Test
    void theFirstAndTheOnlyKeyToo() {
        assertThat(fields(packer -> packer.packMapHeader(2)
                        .packString("a")
                        .packInt(1)
                        .packString("a")
                        .packInt(2)))
                .isEqualTo("{\"a\":2");
    }

    @Test
    void insideOfOtherValuesToo() {
        assertThat(fields(packer -> packer.packMapHeader(2)
                        .packString("a")
                        .packArrayHeader(2)
                        .packMapHeader(3)
                        .packString("x")
                        .packInt(1)
                        .packString("a")
                        .packInt(2)
                        .packString("x")
                        .packMapHeader(2)
                        .packString("a")
                        .packInt(3)
                        .packString("a")
                        .packInt(4)
                        .packInt(5)
                        .packString("x")
                        .packInt(6)))
                .isEqualTo("{\"a\":[{\"a\":2,\"x\":{\"a\":4}},5],\"x\":6");
    }

    @Test
    void keysAreTheSameWhenTheirJsonIs() {
        assertThat(fields(packer -> {
                    packer.packMapHeader(12).packInt(1).packString("number");
                    packer.packString("1").packString("text");
                    packer.packNil().packString("nil");
                    packer.packString("null").packString("text");
                    packer.packBoolean(true).packString("boolean");
                    packer.packString("true").packString("text");
                    packer.packRawStringHeader(1).writePayload(new byte[] {(byte) 0xff});
                    packer.packString("ff");
                    packer.packRawStringHeader(1).writePayload(new byte[] {(byte) 0xfe});
                    packer.packString("fe");
                    packer.packBinaryHeader(1).writePayload(new byte[] {0});
                    packer.packString("bin");
                    packer.packString("AA==").packString("text");
                    packer.packDouble(Double.NaN).packString("nan");
                    packer.packArrayHeader(1).packString("a").packString("array");
                }))
                .isEqualTo("{\"1\":\"text\",\"true\":\"text\",\"\ufffd\":\"fe\",\"AA==\":\"text\",\"null\":\"nan\","
                        + "\"[\\\"a\\\"]\":\"array\"");
    }

    /** Of three bytes whose base64 is our own field's name. */
    @Test
    void noKeyTakesThePlaceOfOurs() {
        byte[] time = Base64.getDecoder().decode("time");
        assertThat(fields(packer -> {
                    packer.packMapHeader(3).packBinaryHeader(3).writePayload(time);
                    packer.packString("theirs");
                    packer.packString("tag").packInt(1).packString("a").packInt(2);
                }))
                .isEqualTo("{\"a\":2");
    }

    @Test
    void manyKeysAreToldApart() throws IOException {
        int count = 15_000;
        String json = fields(packer -> {
                    packer.packMapHeader(2 * count + 1);
                    for (int key = 0; key < count; key++) {
                        packer.packString("k" + key).packInt(-1);
                    }
                    packer.packString("inner").packMapHeader(2 * count);
                    for (int key = 0; key < 2 * count; key++) {
                        packer.packString("k" + key % count).packInt(key);
                    }
                    for (int key = 0; key < count; key++) {
                        packer.packString("k" + key).packInt(key);
                    }
                })
                + "}";
        JsonNode read = STRICT.readTree(json);
        assertThat(read.size()).isEqualTo(count + 1);
        assertThat(read.get("inner").size()).isEqualTo(count);
        for (int key = 0; key < count; key++) {
            assertThat(read.get("k" + key).intValue()).isEqualTo(key);
            assertThat(read.get("inner").get("k" + key).intValue()).isEqualTo(count + key);
        }
    }

    /** Their table would have no bound. */
    @Test
    void moreKeysThanThatAreTooLarge() {
        assertThat(Encoded.of(true, packer -> keys(packer, MapKeys.MOST))).hasSize(1);
        assertThat(Encoded.of(true, packer -> keys(packer, MapKeys.MOST + 1))).isEmpty();
    }

    private static void keys(MessageBufferPacker packer, int count) throws IOException {
        packer.packMapHeader(count);
        for (int key = 0; key < count; key++) {
            packer.packInt(key).packNil();
        }
    }

    /** Jackson reads it, finds no key twice, and reads what a plain map of Java would hold. */
    @Property(tries = 2000)
    void anyMapIsJsonThatEveryParserReadsTheSame(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        ObjectNode expected = JsonNodeFactory.instance.objectNode();
        List<Encoded> frames = Encoded.of(true, packer -> map(packer, random, expected, 3));
        expected.put("time", "1970-01-01T00:00:01Z");
        expected.put("tag", Encoded.TAG);

        assertThat(frames).hasSize(1);
        assertThat(STRICT.readTree(frames.getFirst().payload())).isEqualTo(expected);
    }

    private static void map(MessageBufferPacker packer, Random random, ObjectNode expected, int depth)
            throws IOException {
        int pairs = random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(8);
        packer.packMapHeader(pairs);
        for (int pair = 0; pair < pairs; pair++) {
            String key = key(packer, random);
            expected.set(key, value(packer, random, depth));
        }
    }

    private static String key(MessageBufferPacker packer, Random random) throws IOException {
        int number = random.nextInt(10);
        return switch (random.nextInt(12)) {
            case 0 -> {
                packer.packInt(number);
                yield Integer.toString(number);
            }
            case 1 -> {
                packer.packNil();
                yield "null";
            }
            case 2 -> {
                packer.packBoolean(number < 5);
                yield Boolean.toString(number < 5);
            }
            case 3 -> {
                byte[] bytes = {'k', (byte) (0x80 + number)};
                packer.packRawStringHeader(2).writePayload(bytes);
                yield new String(bytes, StandardCharsets.UTF_8);
            }
            case 4 -> {
                byte[] bytes = {(byte) number};
                packer.packBinaryHeader(1).writePayload(bytes);
                yield Base64.getEncoder().encodeToString(bytes);
            }
            case 5 -> {
                packer.packArrayHeader(1).packString("\"" + number);
                yield "[\"\\\"" + number + "\"]";
            }
            case 6 -> {
                packer.packMapHeader(2).packInt(1).packInt(2).packInt(1).packInt(number);
                yield "{\"1\":" + number + "}";
            }
            case 7 -> {
                packer.packString("null");
                yield "null";
            }
            case 8 -> {
                packer.packString("time");
                yield "time";
            }
            default -> {
                String key = number + "\n\"\\\u00e9".substring(0, random.nextInt(5));
                packer.packString(key);
                yield key;
            }
        };
    }

    private static JsonNode value(MessageBufferPacker packer, Random random, int depth) throws IOException {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (random.nextInt(depth > 0 ? 11 : 9)) {
            case 0 -> {
                packer.packNil();
                yield json.nullNode();
            }
            case 1 -> {
                boolean value = random.nextBoolean();
                packer.packBoolean(value);
                yield json.booleanNode(value);
            }
            case 2 -> {
                long value = random.nextLong() >> random.nextInt(64);
                packer.packLong(value);
                yield number(Long.toString(value));
            }
            case 3 -> {
                BigInteger value = BigInteger.ONE.shiftLeft(63).add(BigInteger.valueOf(random.nextInt(1000)));
                packer.packBigInteger(value);
                yield number(value.toString());
            }
            case 4 -> {
                double value = Double.longBitsToDouble(random.nextLong());
                packer.packDouble(value);
                yield Double.isFinite(value) ? json.numberNode(value) : json.nullNode();
            }
            case 5 -> {
                float value = Float.intBitsToFloat(random.nextInt());
                packer.packFloat(value);
                yield Float.isFinite(value) ? json.numberNode((double) value) : json.nullNode();
            }
            case 6 -> {
                byte[] value = new byte[random.nextInt(20)];
                random.nextBytes(value);
                packer.packBinaryHeader(value.length).writePayload(value);
                yield json.textNode(Base64.getEncoder().encodeToString(value));
            }
            case 7 -> {
                byte[] value = new byte[random.nextInt(20)];
                random.nextBytes(value);
                packer.packExtensionTypeHeader((byte) -3, value.length).writePayload(value);
                yield json.objectNode()
                        .put("type", -3)
                        .put("data", Base64.getEncoder().encodeToString(value));
            }
            case 8 -> {
                String value = "text " + random.nextInt();
                packer.packString(value);
                yield json.textNode(value);
            }
            case 9 -> {
                ArrayNode array = json.arrayNode();
                int values = random.nextInt(5);
                packer.packArrayHeader(values);
                for (int at = 0; at < values; at++) {
                    array.add(value(packer, random, depth - 1));
                }
                yield array;
            }
            default -> {
                ObjectNode object = json.objectNode();
                map(packer, random, object, depth - 1);
                yield object;
            }
        };
    }

    private static JsonNode number(String digits) throws JsonProcessingException {
        return STRICT.readTree(digits);
    }

    /** The sender's fields of the only record. */
    private static String fields(Encoded.Packing packing) {
        List<Encoded> frames = Encoded.of(true, packing);
        assertThat(frames).hasSize(1);
        assertThat(frames.getFirst().text()).endsWith(END);
        return frames.getFirst().text().substring(0, frames.getFirst().text().length() - END.length());
    }
}
