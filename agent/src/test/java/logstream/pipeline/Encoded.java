package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.forward.MsgpackCursor;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** What the encoder made of an event. */
record Encoded(FrameKind kind, byte[] payload) {
    static final String TAG = "grid.a";
    private static final int PAYLOAD_AT = new FrameBatch(64).begin();
    private static final int KIND_AT = 11;

    interface Packing {
        void pack(MessageBufferPacker packer) throws IOException;
    }

    static byte[] pack(Packing packing) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packing.pack(packer);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The frames of one event, which comes behind another one. */
    static List<Encoded> of(boolean joinPieces, Packing packing) {
        return of(new RecordEncoder(joinPieces), packing);
    }

    /** The frames of one event, which comes behind another one. */
    static List<Encoded> of(RecordEncoder encoder, Packing packing) {
        byte[] other =
                pack(packer -> packer.packMapHeader(1).packString("other").packInt(1));
        FrameBatch batch = new FrameBatch(64);
        byte[] tag = TAG.getBytes(StandardCharsets.UTF_8);
        assertThat(encoder.encode(batch, 0, 0, new MsgpackCursor().at(other, 0), tag))
                .isOne();
        int count = encoder.encode(batch, 1, 0, new MsgpackCursor().at(pack(packing), 0), tag);

        List<Encoded> frames = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(batch.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at < batch.length()) {
            int end = at + PAYLOAD_AT + bytes.getInt(at);
            FrameKind kind = bytes.get(at + KIND_AT) == FrameKind.PIECE.code() ? FrameKind.PIECE : FrameKind.RECORD;
            frames.add(new Encoded(kind, Arrays.copyOfRange(batch.bytes(), at + PAYLOAD_AT, end)));
            at = end;
        }
        assertThat(frames).hasSize(1 + count).hasSize(batch.count());
        return frames.subList(1, frames.size());
    }

    /** The record of an event without fields. */
    static String at(RecordEncoder encoder, long seconds, int nanos) {
        FrameBatch batch = new FrameBatch(64);
        byte[] empty = pack(packer -> packer.packMapHeader(0));
        assertThat(encoder.encode(
                        batch, seconds, nanos, new MsgpackCursor().at(empty, 0), TAG.getBytes(StandardCharsets.UTF_8)))
                .isOne();
        return new String(batch.bytes(), PAYLOAD_AT, batch.length() - PAYLOAD_AT, StandardCharsets.UTF_8);
    }

    String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
