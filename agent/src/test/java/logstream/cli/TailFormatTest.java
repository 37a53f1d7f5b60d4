package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import logstream.kinesis.ReadRecord;
import logstream.tail.Glob;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TailFormatTest {
    private static final String RECORD =
            "{\"container_id\":\"0123456789abcdef\",\"container_name\":\"/web\",\"source\":"
                    + "\"stderr\",\"log\":\"a\\u001b[31mb\\u009bc\\td\\r\",\"env\":{\"log\":1},\"time\":\"2026-01-01T00:00:00Z\","
                    + "\"tag\":\"grid.live/app\"}";

    private static ReadRecord read(byte[] data, ReadRecord.Form form) {
        return new ReadRecord("k", data, "shardId-000000000003", "495", Instant.EPOCH, form);
    }

    private static ReadRecord alone(byte[] data) {
        return read(data, new ReadRecord.Form.Alone());
    }

    private static @Nullable String shown(TailFormat format, String record) {
        Optional<byte[]> line = format.line(alone(record.getBytes(StandardCharsets.UTF_8)));
        return line.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(null);
    }

    private static TailFormat filtered(@Nullable String tag, @Nullable String container) {
        return new TailFormat(
                tag == null ? null : new Glob(tag),
                container == null ? null : new Glob(container),
                false,
                false,
                false);
    }

    @Test
    void elsewhereThanOnATerminalLinesStayAsTheyAre() {
        assertThat(shown(filtered(null, null), RECORD))
                .isEqualTo("2026-01-01T00:00:00Z web stderr | a\u001b[31mb\u009bc\td\r\n");
    }

    @Test
    void noLineDrivesTheTerminal() {
        TailFormat terminal = new TailFormat(null, null, false, true, false);
        assertThat(shown(terminal, RECORD)).isEqualTo("2026-01-01T00:00:00Z web stderr | a\\x1b[31mb\\x9bc\td\n");
        assertThat(shown(terminal, "not ours \u001b]0;title\u0007")).isEqualTo("not ours \\x1b]0;title\\x07\n");
        assertThat(shown(
                        terminal,
                        "{\"log\":\"\",\"container_name\":\"/\\u001bc\",\"time\":\"\\u0007\",\"source\":\"\\n\"}"))
                .isEqualTo("\\x07 \\x1bc \\n | \n");
        assertThat(shown(new TailFormat(null, null, true, true, false), "\u001b"))
                .isEqualTo("\\x1b\n");
    }

    @Test
    void containersAreToldApartByColour() {
        TailFormat colour = new TailFormat(null, null, false, true, true);
        assertThat(shown(colour, RECORD))
                .matches("2026-01-01T00:00:00Z \u001b\\[\\d\\dmweb\u001b\\[0m \u001b\\[31mstderr\u001b\\[0m \\| a.*\n");
    }

    @Test
    void fieldsThatAreMissingShowAsDash() {
        assertThat(shown(filtered(null, null), "{\"log\":\"x\"}")).isEqualTo("- - - | x\n");
        assertThat(shown(filtered(null, null), "{\"log\":\"x\",\"container_id\":\"0123456789abcdef\"}"))
                .isEqualTo("- 0123456789ab - | x\n");
    }

    @ParameterizedTest
    @CsvSource({"plain text", "'{\"log\":1}'", "[1]", "'{\"log\":\"cut'", "''"})
    void whatIsNotOursIsPrintedAsItIs(String record) {
        assertThat(shown(filtered(null, null), record)).isEqualTo(record + "\n");
        assertThat(shown(filtered("*", null), record)).isNull();
    }

    @Test
    void jsonIsTheRecordByteForByte() {
        TailFormat json = new TailFormat(null, null, true, false, false);
        assertThat(shown(json, RECORD)).isEqualTo(RECORD + "\n");
        assertThat(json.line(alone(new byte[] {(byte) 0xff}))).hasValue(new byte[] {(byte) 0xff, '\n'});
    }

    @ParameterizedTest
    @CsvSource({
        "grid.*, , true",
        "grid.live/?pp, , true",
        "live, , false",
        "grid?live/app, , true",
        "GRID.*, , false",
        ", web, true",
        ", we, false",
        ", w*, true",
        "*, w**b, true",
        "other, web, false"
    })
    void filtersChoose(@Nullable String tag, @Nullable String container, boolean wanted) {
        assertThat(filtered(tag, container)
                        .line(alone(RECORD.getBytes(StandardCharsets.UTF_8)))
                        .isPresent())
                .isEqualTo(wanted);
        assertThat(new TailFormat(
                                tag == null ? null : new Glob(tag),
                                container == null ? null : new Glob(container),
                                true,
                                false,
                                false)
                        .line(alone(RECORD.getBytes(StandardCharsets.UTF_8)))
                        .isPresent())
                .isEqualTo(wanted);
    }

    @Test
    void aDamagedAggregateIsShownAsWhatItIs() {
        ReadRecord damaged =
                read(new byte[] {(byte) 0xf3, 27, 10}, new ReadRecord.Form.Damaged("its checksum does not match"));
        assertThat(filtered(null, null).line(damaged))
                .hasValueSatisfying(line -> assertThat(line)
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo(
                                "- - - | [aggregate of 3 bytes that cannot be taken apart: its checksum does not match;"
                                        + " shardId-000000000003, sequence number 495]\n"));
        assertThat(new TailFormat(null, null, true, false, false).line(damaged))
                .hasValueSatisfying(line -> assertThat(line)
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo(
                                "{\"damaged_aggregate\":\"its checksum does not match\",\"shard\":\"shardId-000000000003\","
                                        + "\"sequence_number\":\"495\",\"key\":\"k\",\"data_base64\":\"8xsK\"}\n"));
        assertThat(filtered("*", null).line(damaged)).isEmpty();
        assertThat(filtered(null, "*").line(damaged)).isEmpty();
    }
}
