package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import logstream.buffer.FrameBatch;
import logstream.forward.MsgpackCursor;
import logstream.forward.Peer;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

class SourceFieldTest {
    private static final int PAYLOAD_AT = new FrameBatch(64).begin();
    private static final Peer PEER = new Peer("[2001:db8::7]:40000", Optional.of("2001:db8::7"));
    private static final Peer UNIX = new Peer("a UNIX socket", Optional.empty());

    private static String encode(SourceField source, String... fields) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(fields.length / 2);
            for (String field : fields) {
                packer.packString(field);
            }
            FrameBatch batch = new FrameBatch(64);
            RecordEncoder encoder = new RecordEncoder(true);
            encoder.from(source);
            encoder.encode(batch, 1, 0, new MsgpackCursor().at(packer.toByteArray(), 0), new byte[] {'t'});
            return new String(batch.bytes(), PAYLOAD_AT, batch.length() - PAYLOAD_AT, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itStandsBetweenTheSendersFieldsAndOurs() {
        assertThat(encode(SourceField.of(Optional.of("client"), PEER), "log", "a"))
                .isEqualTo(
                        "{\"log\":\"a\",\"client\":\"2001:db8::7\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"t\"}");
        assertThat(encode(SourceField.of(Optional.of("client"), PEER)))
                .startsWith("{\"client\":\"2001:db8::7\",\"time\"");
    }

    @Test
    void aSendersOwnFieldOfThatNameGivesWay() {
        SourceField source = SourceField.of(Optional.of("client"), PEER);
        assertThat(encode(source, "client", "forged", "client2", "b", "clien", "c", "log", "a"))
                .startsWith("{\"client2\":\"b\",\"clien\":\"c\",\"log\":\"a\",\"client\":\"2001:db8::7\",\"time\"")
                .doesNotContain("forged");
    }

    @Test
    void withoutAnAddressThereIsNoSuchField() {
        assertThat(encode(SourceField.of(Optional.of("client"), UNIX), "client", "forged", "log", "a"))
                .startsWith("{\"log\":\"a\",\"time\"");
    }

    @Test
    void unlessItIsWantedNothingChanges() {
        assertThat(encode(SourceField.of(Optional.empty(), PEER), "client", "own", "", "empty", "log", "a"))
                .startsWith("{\"client\":\"own\",\"\":\"empty\",\"log\":\"a\",\"time\"");
    }
}
