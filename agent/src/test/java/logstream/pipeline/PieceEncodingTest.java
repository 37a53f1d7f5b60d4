package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import logstream.buffer.FrameKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgpack.core.MessageBufferPacker;

/** Which events become pieces, and what is in them. */
class PieceEncodingTest {
    private static final String ID = "5f0e".repeat(16);
    private static final String TIME_AND_TAG = "\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}";

    @Test
    void dockersPieceBecomesOne() {
        List<Encoded> frames = Encoded.of(true, packer -> {
            packer.packMapHeader(8).packString("partial_message").packString("true");
            packer.packString("source").packString("stdout");
            packer.packString("log").packRawStringHeader(3).writePayload(new byte[] {'a', (byte) 0xe2, (byte) 0x82});
            packer.packString("partial_id").packString(ID);
            packer.packString("time").packString("theirs");
            packer.packString("container_name").packString("/gr\u00fcn\"");
            packer.packString("partial_last").packString("false");
            packer.packString("partial_ordinal").packString("12");
        });

        assertThat(frames).hasSize(1);
        assertThat(frames.getFirst().kind()).isEqualTo(FrameKind.PIECE);
        Piece piece = Piece.read(frames.getFirst().payload());
        assertThat(piece.id()).isEqualTo(ID);
        assertThat(piece.ordinal()).isEqualTo(12);
        assertThat(piece.last()).isFalse();
        assertThat(head(piece)).isEqualTo("{\"source\":\"stdout\",\"container_name\":\"/gr\u00fcn\\\"\",");
        assertThat(tail(piece)).isEqualTo("," + TIME_AND_TAG);
        assertThat(log(piece)).containsExactly('a', 0xe2, 0x82);
    }

    @Test
    void aPieceWithoutOtherFields() {
        Piece piece = Piece.read(encode(true, fields()).payload());
        assertThat(head(piece)).isEqualTo("{");
        assertThat(piece.last()).isTrue();
    }

    /** What makes no sense as a piece is a record, with its fields as they came. */
    @ParameterizedTest
    @CsvSource({
        "partial_message, false",
        "partial_message, ''",
        "partial_message, ",
        "partial_id, ''",
        "partial_id, a b",
        "partial_id, a\"b",
        "partial_id, a\\b",
        "partial_id, gr\u00fcn",
        "partial_id, ",
        "partial_ordinal, 0",
        "partial_ordinal, -1",
        "partial_ordinal, 1.5",
        "partial_ordinal, one",
        "partial_ordinal, ''",
        "partial_ordinal, 1234567890",
        "partial_ordinal, ",
        "partial_last, no",
        "partial_last, ",
        "log, ",
        "line_id, theirs",
        "line_part, theirs",
        "line_pieces, theirs",
        "line_last, theirs",
    })
    void whatIsNoPieceStaysAsItCame(String field, String value) {
        Map<String, String> fields = fields();
        fields.remove(field);
        if (value != null) {
            fields.put(field, value);
        }
        Encoded frame = encode(true, fields);

        assertThat(frame.kind()).isEqualTo(FrameKind.RECORD);
        for (String name : fields.keySet()) {
            assertThat(frame.text()).contains("\"" + name + "\":\"");
        }
        assertThat(frame.text()).endsWith("," + TIME_AND_TAG);
    }

    @Test
    void docker18SendsOneFieldOnly() {
        Encoded frame = encode(true, Map.of("partial_message", "true", "log", "x"));
        assertThat(frame.kind()).isEqualTo(FrameKind.RECORD);
        assertThat(frame.text()).contains("\"partial_message\":\"true\"");
    }

    @Test
    void aLineThatIsNoStringIsNoPiece() {
        List<Encoded> frames = Encoded.of(true, packer -> {
            packer.packMapHeader(fields().size());
            for (Map.Entry<String, String> field : fields().entrySet()) {
                packer.packString(field.getKey());
                if (field.getKey().equals("log")) {
                    packer.packInt(7);
                } else {
                    packer.packString(field.getValue());
                }
            }
        });
        assertThat(frames.getFirst().kind()).isEqualTo(FrameKind.RECORD);
        assertThat(frames.getFirst().text()).contains("\"log\":7,");
    }

    @Test
    void ofAFieldThatComesTwiceTheLastOneCounts() {
        List<Encoded> frames = Encoded.of(true, packer -> {
            packer.packMapHeader(8).packString("log").packString("first");
            packer.packString("partial_ordinal").packString("1");
            packer.packString("a").packInt(1);
            for (Map.Entry<String, String> field : fields().entrySet()) {
                packer.packString(field.getKey()).packString(field.getValue());
            }
        });
        Piece piece = Piece.read(frames.getFirst().payload());
        assertThat(piece.ordinal()).isEqualTo(3);
        assertThat(log(piece)).containsExactly('x');
        assertThat(head(piece)).isEqualTo("{\"a\":1,");
    }

    @Test
    void switchedOffPiecesAreRecordsOfTheirOwn() {
        Encoded frame = encode(false, fields());
        assertThat(frame.kind()).isEqualTo(FrameKind.RECORD);
        assertThat(frame.text()).contains("\"partial_ordinal\":\"3\"");
    }

    /** Docker's have 16 KiB; what need not fit into a record by itself is not taken for a piece. */
    @ParameterizedTest
    @CsvSource({"131072, 60000, PIECE", "131073, 60000, RECORD", "100, 66000, RECORD"})
    void aPieceMayBeSoLarge(int line, int label, FrameKind kind) {
        Map<String, String> fields = fields();
        fields.put("log", "x".repeat(line));
        fields.put("label", "y".repeat(label));
        assertThat(encode(true, fields).kind()).isEqualTo(kind);
    }

    @Test
    void anEventThatFitsIntoARecordIsNotCut() {
        int around = encode(true, Map.of("log", "")).text().length();
        String longest = "x".repeat(RecordEncoder.MOST_RECORD_BYTES - around);
        assertThat(encode(true, Map.of("log", longest)).payload()).hasSize(RecordEncoder.MOST_RECORD_BYTES);

        List<Encoded> cut = Encoded.of(true, packer -> pack(packer, Map.of("log", longest + "x")));
        assertThat(cut).hasSize(8).allSatisfy(one -> assertThat(one.kind()).isEqualTo(FrameKind.PIECE));
    }

    @ParameterizedTest
    @CsvSource({"x, 1048576, true", "'\u0001', 1048576, false", "\ud83d\udc33, 262144, true", "'\"', 600000, false"})
    void anEventTooLargeForARecordLeavesInParts(String character, int count, boolean joinPieces) {
        String line = character.repeat(count);
        Map<String, String> fields = new LinkedHashMap<>(Map.of("source", "stderr"));
        fields.put("log", line);
        List<Encoded> frames = Encoded.of(joinPieces, packer -> pack(packer, fields));

        JoinerRun run = new JoinerRun(frames.stream().map(Encoded::payload).toList(), 0);
        run.finish();

        assertThat(String.join("", run.logs())).isEqualTo(line);
        assertThat(run.jsons()).hasSizeGreaterThan(1).allSatisfy(one -> {
            assertThat(one.get("source").textValue()).isEqualTo("stderr");
            assertThat(one.get("tag").textValue()).isEqualTo(Encoded.TAG);
            assertThat(one.get("line_id")).isEqualTo(run.jsons().getFirst().get("line_id"));
        });
        int next = 1;
        for (int at = 0; at < run.jsons().size(); at++) {
            assertThat(run.jsons().get(at).get("line_part").intValue()).isEqualTo(next);
            next += run.jsons().get(at).get("line_pieces").intValue();
            assertThat(run.jsons().get(at).get("line_last").booleanValue())
                    .isEqualTo(at == run.jsons().size() - 1);
        }
        assertThat(next).isEqualTo(frames.size() + 1);
    }

    @Test
    void eachCutEventHasAnIdOfItsOwn() {
        String line = "x".repeat(1 << 20);
        String first = Piece.read(Encoded.of(true, packer -> pack(packer, Map.of("log", line)))
                        .getFirst()
                        .payload())
                .id();
        String second = Piece.read(Encoded.of(true, packer -> pack(packer, Map.of("log", line)))
                        .getFirst()
                        .payload())
                .id();
        assertThat(first).hasSize(36).isNotEqualTo(second);
    }

    /** Its line is not what makes it too large, or its fields would hide ours: it is kept as it is. */
    @ParameterizedTest
    @CsvSource({"label, 1048576, 10", "label, 70000, 1048576", "line_id, 5, 1048576"})
    void whatCannotBeCutStaysAsItIs(String field, int length, int line) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(field, "y".repeat(length));
        fields.put("log", "x".repeat(line));
        Encoded frame = encode(true, fields);
        assertThat(frame.kind()).isEqualTo(FrameKind.RECORD);
        assertThat(frame.payload().length).isGreaterThan(RecordEncoder.MOST_RECORD_BYTES);
    }

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("partial_message", "true");
        fields.put("partial_id", ID);
        fields.put("partial_ordinal", "3");
        fields.put("partial_last", "true");
        fields.put("log", "x");
        return fields;
    }

    private static Encoded encode(boolean joinPieces, Map<String, String> fields) {
        List<Encoded> frames = Encoded.of(joinPieces, packer -> pack(packer, fields));
        assertThat(frames).hasSize(1);
        return frames.getFirst();
    }

    private static void pack(MessageBufferPacker packer, Map<String, String> fields) throws IOException {
        packer.packMapHeader(fields.size());
        for (Map.Entry<String, String> field : fields.entrySet()) {
            packer.packString(field.getKey()).packString(field.getValue());
        }
    }

    private static String head(Piece piece) {
        return new String(piece.payload(), piece.headAt(), piece.headLength(), StandardCharsets.UTF_8);
    }

    private static String tail(Piece piece) {
        return new String(
                piece.payload(), piece.headAt() + piece.headLength(), piece.tailLength(), StandardCharsets.UTF_8);
    }

    private static byte[] log(Piece piece) {
        return Arrays.copyOfRange(piece.payload(), piece.logAt(), piece.logAt() + piece.logLength());
    }
}
