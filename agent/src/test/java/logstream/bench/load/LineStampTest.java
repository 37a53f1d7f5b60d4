package logstream.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LineStampTest {
    @Property
    void whatIsWrittenIsRead(
            @ForAll @IntRange(max = LineStamp.MOST_CONNECTIONS - 1) int connection,
            @ForAll int sequence,
            @ForAll int micros) {
        byte[] bytes = new byte[LineStamp.LENGTH + 3];
        LineStamp.write(ByteBuffer.wrap(bytes), 2, connection, sequence, micros);

        assertThat(new String(bytes, 2, LineStamp.LENGTH, StandardCharsets.US_ASCII))
                .isEqualTo("%04x%08x%08x".formatted(connection, sequence, micros));
        assertThat(LineStamp.isAt(bytes, 2)).isTrue();
        assertThat(LineStamp.connection(bytes, 2)).isEqualTo(connection);
        assertThat(LineStamp.sequence(bytes, 2)).isEqualTo(sequence);
        assertThat(LineStamp.micros(bytes, 2)).isEqualTo(micros);
    }

    @Property
    void oneOtherByteIsNoStamp(@ForAll @IntRange(max = LineStamp.LENGTH - 1) int at, @ForAll byte other) {
        byte[] bytes = "0123456789abcdef0123".getBytes(StandardCharsets.US_ASCII);
        bytes[at] = other;
        assertThat(LineStamp.isAt(bytes, 0)).isEqualTo("0123456789abcdef".indexOf(other) >= 0);
    }

    @Test
    void aStampNeedsAllItsBytes() {
        byte[] bytes = "0123456789abcdef0123".getBytes(StandardCharsets.US_ASCII);
        assertThat(LineStamp.isAt(bytes, 1)).isFalse();
        assertThat(LineStamp.isAt(bytes, -1)).isFalse();
    }

    @Test
    void timesMayComeRound() {
        assertThat(LineStamp.microsBetween(-5, 10)).isEqualTo(15);
    }
}
