package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PieceTest {
    /** On disk it lies like this for ever. */
    private static final String GOLDEN = "01" // last
            + "03" // length of the id
            + "04030201" // ordinal
            + "05000000" // length of the head
            + "03000000" // length of the tail
            + "612d39" // id
            + "7b2261222c" // head
            + "2c627d" // tail
            + "ff00"; // bytes of the line

    private static final byte[] PAYLOAD = HexFormat.of().parseHex(GOLDEN);

    @Test
    void theBytesOnDisk() {
        byte[] payload = Pieces.payload("a-9", 0x01020304, true, new byte[] {(byte) 0xff, 0}, "{\"a\",", ",b}");

        assertThat(HexFormat.of().formatHex(payload)).isEqualTo(GOLDEN);
    }

    @Test
    void whatIsReadBack() {
        Piece piece = Piece.read(PAYLOAD);

        assertThat(piece.id()).isEqualTo("a-9");
        assertThat(piece.ordinal()).isEqualTo(0x01020304);
        assertThat(piece.last()).isTrue();
        assertThat(new String(PAYLOAD, piece.headAt(), piece.headLength(), StandardCharsets.US_ASCII))
                .isEqualTo("{\"a\",");
        assertThat(new String(
                        PAYLOAD, piece.headAt() + piece.headLength(), piece.tailLength(), StandardCharsets.US_ASCII))
                .isEqualTo(",b}");
        assertThat(Arrays.copyOfRange(PAYLOAD, piece.logAt(), piece.logAt() + piece.logLength()))
                .containsExactly(0xff, 0);
    }

    @Test
    void aRepeatedPieceIsKnownByTimeTagAndLine() {
        byte[] log = {'x'};
        int checksum = Piece.read(Pieces.payload("a", 1, false, log)).checksum();

        assertThat(Piece.read(Pieces.payload("a", 1, false, log, "{\"other\":1,", Pieces.TAIL))
                        .checksum())
                .isEqualTo(checksum);
        assertThat(Piece.read(Pieces.payload("a", 1, false, log, Pieces.HEAD, ",\"time\":\"later\"}"))
                        .checksum())
                .isNotEqualTo(checksum);
        assertThat(Piece.read(Pieces.payload("a", 1, false, new byte[] {'y'})).checksum())
                .isNotEqualTo(checksum);
    }

    /** From a newer version, or a bug: nothing that could be shipped. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0103040302010500000003000000",
                "02030403020105000000030000006161617b2261222c2c627dff",
                "0000040302010500000003000000612d397b2261222c2c627dff",
                "01030000000005000000030000006161617b2261222c2c627dff",
                "01030403020105000000ffffff7f6161617b2261222c2c627dff",
                "010304030201ffffffff030000006161617b2261222c2c627dff",
            })
    void whatMakesNoSenseIsABug(String hex) {
        byte[] payload = HexFormat.of().parseHex(hex);

        assertThatThrownBy(() -> Piece.read(payload)).isInstanceOf(IllegalStateException.class);
    }
}
