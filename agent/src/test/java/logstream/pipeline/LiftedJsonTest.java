package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import logstream.buffer.FrameKind;
import logstream.forward.Peer;
import logstream.pipeline.RecordConfig.TimePrecision;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiftedJsonTest {
    /** Numbers keep their digits, keys must be there once. */
    private static final ObjectMapper STRICT = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Pattern LONG_EXPONENT = Pattern.compile("[eE][+-]?[0-9]{5}");
    private static final String[] KEYS = {"a", "b", "é", "q\"", "tab\t", "log", "time", "env", "😀", "/", "", "source"};
    private static final Path GOLDEN = Path.of("src/test/resources/logstream/pipeline/lifted.txt");
    private static final String END = ",\"env\":\"prod\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}";

    private static RecordEncoder encoder(boolean join) {
        AddedFieldsConfig added = new AddedFieldsConfig(
                List.of(new AddedFieldsConfig.Field("env", "prod")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("client"));
        RecordEncoder encoder = new RecordEncoder(join);
        encoder.shape(join, AddedFields.of(added, HostFacts.named("h")), TimePrecision.SECONDS, true);
        encoder.from(SourceField.of(added.sourceAddressKey(), new Peer("a UNIX socket", Optional.empty())));
        return encoder;
    }

    private static String record(byte[] line) {
        List<Encoded> frames = Encoded.of(
                encoder(true),
                packer -> packer.packMapHeader(2)
                        .packString("source")
                        .packString("stdout")
                        .packString("log")
                        .packRawStringHeader(line.length)
                        .writePayload(line));
        assertThat(frames).hasSize(1);
        assertThat(frames.getFirst().kind()).isEqualTo(FrameKind.RECORD);
        return frames.getFirst().text();
    }

    private static String record(String line) {
        return record(line.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isLifted(String record) {
        return !record.startsWith("{\"source\":\"stdout\",\"log\":");
    }

    /** Odd lines are what comes, even ones what becomes of it; {@code golden.write} writes the latter anew. */
    @Test
    void linesAndTheirRecords() throws IOException {
        List<String> lines = Files.readAllLines(GOLDEN);
        String now = lines.stream()
                .filter(line -> !line.startsWith("-> "))
                .map(line -> line + "\n-> " + record(line) + "\n")
                .collect(Collectors.joining());
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(GOLDEN, now);
        }
        assertThat(now).isEqualTo(Files.readString(GOLDEN));
        assertThat(lines).hasSizeGreaterThan(40);
    }

    @Property(tries = 2000)
    void anObjectsMembersAreFields(@ForAll Random random) throws IOException {
        ObjectNode line = object(random, 4);
        line.put("always", 1);
        String text = spaced(line.toString(), random);

        JsonNode record = STRICT.readTree(record(text));

        ObjectNode expected = line.deepCopy();
        expected.remove(List.of("time", "tag", "env", "client", "source"));
        expected.put("source", "stdout").put("env", "prod");
        expected.put("time", "1970-01-01T00:00:01Z").put("tag", "grid.a");
        assertThat(record).isEqualTo(STRICT.readTree(expected.toString()));
    }

    /** Whatever comes: a record is JSON with each key once, and a line is lifted only where another reader agrees. */
    @Property(tries = 5000)
    void brokenObjectsAreTextOrWhatAReaderMakesOfThem(
            @ForAll Random random, @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 40) Integer> breaks)
            throws IOException {
        byte[] line = object(random, 3).put("z", "é").toString().getBytes(StandardCharsets.UTF_8);
        for (int shift : breaks) {
            byte[] likely = {
                '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', 'u', ' ', 0x1f, (byte) 0xc3, (byte) 0xed
            };
            line[random.nextInt(line.length)] = likely[(shift + random.nextInt(likely.length)) % likely.length];
        }
        String record = record(line);

        JsonNode read = STRICT.readTree(record);
        assertThat(read.get("tag").asText()).isEqualTo("grid.a");
        assertThat(read.get("source").asText()).isEqualTo("stdout");
        if (isLifted(record)) {
            assertThat(new ObjectMapper()
                            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                            .readTree(line)
                            .isObject())
                    .isTrue();
        } else {
            assertThat(isStrictObject(line)).isFalse();
        }
    }

    /** As Jackson sees it, beyond which we refuse nothing but what is named here. */
    private static boolean isStrictObject(byte[] line) throws IOException {
        String text = new String(line, StandardCharsets.UTF_8);
        if (text.indexOf('\ufffd') >= 0 || LONG_EXPONENT.matcher(text).find()) {
            return false;
        }
        try {
            JsonNode read = new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(line);
            return read != null && read.isObject() && !read.isEmpty() && !text.contains("\\u");
        } catch (JsonProcessingException notJson) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {62, 63})
    void depthIsBounded(int arrays) {
        String line = "{\"a\":" + "[".repeat(arrays) + "1" + "]".repeat(arrays) + "}";
        assertThat(isLifted(record(line))).isEqualTo(arrays < JsonLine.MOST_DEPTH - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {JsonLine.MOST_NUMBER_BYTES, JsonLine.MOST_NUMBER_BYTES + 1})
    void numbersAreBounded(int digits) {
        assertThat(isLifted(record("{\"a\":" + "1".repeat(digits) + "}")))
                .isEqualTo(digits == JsonLine.MOST_NUMBER_BYTES);
    }

    @Test
    void aPieceIsNeverLifted() {
        for (boolean join : new boolean[] {true, false}) {
            List<Encoded> frames = Encoded.of(encoder(join), packer -> {
                packer.packMapHeader(5).packString("log").packString("{\"a\":1}");
                packer.packString("partial_message").packString("true");
                packer.packString("partial_id").packString("0123456789abcdef");
                packer.packString("partial_ordinal").packString("2");
                packer.packString("partial_last").packString("true");
            });
            assertThat(frames.getFirst().kind()).isEqualTo(join ? FrameKind.PIECE : FrameKind.RECORD);
            assertThat(frames.getFirst().text()).contains(join ? "{\"a\":1}" : "\"log\":\"{\\\"a\\\":1}\"");
        }
    }

    /** It has more keys than a record may have, or is larger than one: it goes the way of other long lines. */
    @Test
    void whatIsTooLargeToBeLiftedIsCutAsText() {
        StringBuilder many = new StringBuilder("{\"k\":0");
        for (int key = 0; key < MapKeys.MOST; key++) {
            many.append(",\"").append(key).append("\":0");
        }
        String line = many.append('}').toString();
        List<Encoded> frames = Encoded.of(
                encoder(true),
                packer -> packer.packMapHeader(1).packString("log").packString(line));
        assertThat(frames).hasSizeGreaterThan(1).allMatch(frame -> frame.kind() == FrameKind.PIECE);
        String joined = frames.stream()
                .map(frame -> Piece.read(frame.payload()))
                .map(piece -> new String(piece.payload(), piece.logAt(), piece.logLength(), StandardCharsets.UTF_8))
                .collect(Collectors.joining());
        assertThat(joined).isEqualTo(line);
    }

    @Test
    void theLastLineOfAnEventCounts() {
        List<Encoded> frames = Encoded.of(
                encoder(true),
                packer -> packer.packMapHeader(2)
                        .packString("log")
                        .packString("{\"a\":1}")
                        .packString("log")
                        .packString("{\"b\":2}"));
        assertThat(frames.getFirst().text()).isEqualTo("{\"b\":2" + END);
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int members = random.nextInt(5); members > 0; members--) {
            object.set(KEYS[random.nextInt(KEYS.length)], value(random, depth));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> nodes.numberNode(random.nextLong());
            case 1 -> nodes.numberNode(Math.scalb(random.nextDouble(), random.nextInt(60) - 30));
            case 2 -> nodes.booleanNode(random.nextBoolean());
            case 3 -> nodes.nullNode();
            case 4 -> nodes.textNode(KEYS[random.nextInt(KEYS.length)].repeat(random.nextInt(4)));
            case 5 -> object(random, depth - 1);
            default -> {
                ArrayNode array = nodes.arrayNode();
                for (int items = random.nextInt(4); items > 0; items--) {
                    array.add(value(random, depth - 1));
                }
                yield array;
            }
        };
    }

    /** White space where there may be some, and letters of keys escaped. */
    private static String spaced(String json, Random random) {
        StringBuilder text = new StringBuilder();
        boolean inString = false;
        for (int at = 0; at < json.length(); at++) {
            char next = json.charAt(at);
            if (next == '\\') {
                text.append(next).append(json.charAt(++at));
                continue;
            }
            inString ^= next == '"';
            if (inString && next == 'a' && random.nextBoolean()) {
                text.append("\\u0061");
            } else if (!inString && "{}[],:".indexOf(next) >= 0) {
                text.append(" \t\r\n".charAt(random.nextInt(4))).append(next).append(' ');
            } else {
                text.append(next);
            }
        }
        return text.toString();
    }
}
