package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.buffer.StoredFrame;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** A frame that brings its key along gives back what was put into it, and nothing makes it fail. */
class KeyedFrameTest {
    private static final long IDENTITY = 12345;

    /** Payload of the only frame of a batch: behind the header of 12 bytes. */
    private static byte[] payload(FrameBatch batch) {
        assertThat(batch.count()).isEqualTo(1);
        return Arrays.copyOfRange(batch.bytes(), 12, batch.length());
    }

    private static StoredFrame frame(FrameKind kind, byte[] payload) {
        return new StoredFrame(IDENTITY, 6, 7, 8, kind, payload);
    }

    @Property
    void keyAndRecordComeBack(
            @ForAll @NotEmpty @StringLength(max = 256) String anyKey, @ForAll @Size(max = 500) byte[] data) {
        // A lone surrogate is no text; a stream would not have taken it.
        String key = new String(anyKey.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        FrameBatch batch = new FrameBatch(16);

        assertThat(new KeyedFrame(key, FrameKind.RECORD, data).addTo(batch)).isTrue();
        KeyedFrame read = KeyedFrame.of(frame(FrameKind.KEYED, payload(batch)));

        assertThat(read.key()).isEqualTo(key);
        assertThat(read.kind()).isEqualTo(FrameKind.RECORD);
        assertThat(read.payload()).isEqualTo(data);
    }

    @Property
    void anyBytesAreReadAsSomething(@ForAll @Size(max = 40) byte[] payload) {
        KeyedFrame read = KeyedFrame.of(frame(FrameKind.KEYED, payload));

        if (read.kind() == FrameKind.KEYED) {
            assertThat(read.key()).isEqualTo(RecordKey.of(IDENTITY, 6, 7));
            assertThat(read.payload()).isEqualTo(payload);
        } else {
            assertThat(read.key()).isNotEmpty();
        }
    }

    @Test
    void anyOtherFrameHasTheKeyOfItsPlace() {
        KeyedFrame read = KeyedFrame.of(frame(FrameKind.RECORD, new byte[] {1, 2}));

        assertThat(read.key()).isEqualTo(RecordKey.of(IDENTITY, 6, 7));
        assertThat(read.payload()).containsExactly(1, 2);
    }

    @Test
    void aPieceIsTiedToThePlaceThatItFirstHad() {
        byte[] payload = Pieces.payload("line", 2, true, "the end".getBytes(StandardCharsets.UTF_8));
        FrameBatch batch = new FrameBatch(16);
        KeyedFrame.of(frame(FrameKind.PIECE, payload)).addTo(batch);

        KeyedFrame read = KeyedFrame.of(new StoredFrame(IDENTITY, 100, 200, 300, FrameKind.KEYED, payload(batch)));

        assertThat(RecordKey.place(read.key())).hasValue(new RecordKey.Place(IDENTITY, 6, 7, 0));
        assertThat(read.piece()).hasValueSatisfying(piece -> {
            assertThat(piece.lineId() + piece.ordinal() + piece.last()).isEqualTo("line2true");
            assertThat(piece.log()).asString(StandardCharsets.UTF_8).isEqualTo("the end");
        });
    }

    @Test
    void aPieceWithoutAPlaceIsNone() {
        byte[] payload = Pieces.payload("line", 1, false, new byte[3]);
        FrameBatch batch = new FrameBatch(16);
        new KeyedFrame("no place", FrameKind.PIECE, payload).addTo(batch);

        assertThat(KeyedFrame.of(frame(FrameKind.KEYED, payload(batch))).kind()).isEqualTo(FrameKind.KEYED);
        assertThat(new KeyedFrame("k", FrameKind.PIECE, new byte[3]).piece()).isEmpty();
        assertThat(new KeyedFrame("k", FrameKind.RECORD, payload).piece()).isEmpty();
    }

    /** Outward face: what is on disk now must be read by what comes after. */
    @Test
    void theFormatIsAsWritten() {
        FrameBatch batch = new FrameBatch(16);
        new KeyedFrame("key", FrameKind.RECORD, new byte[] {9, 8}).addTo(batch);

        assertThat(payload(batch)).containsExactly(1, 3, 0, 'k', 'e', 'y', 9, 8);
        assertThat(FrameKind.KEYED.code()).isEqualTo((byte) 3);
    }

    @Test
    void whatIsLargerThanAnyFrameIsNotAdded() {
        FrameBatch batch = new FrameBatch(16);
        byte[] largest = new byte[FrameBatch.MAX_PAYLOAD_BYTES - 3 - 3];

        assertThat(new KeyedFrame("key", FrameKind.RECORD, new byte[largest.length + 1]).addTo(batch))
                .isFalse();
        assertThat(new KeyedFrame("", FrameKind.RECORD, new byte[1]).addTo(batch))
                .isFalse();
        assertThat(new KeyedFrame("k".repeat(1025), FrameKind.RECORD, new byte[1]).addTo(batch))
                .isFalse();
        assertThat(batch.count()).isZero();
        assertThat(new KeyedFrame("key", FrameKind.RECORD, largest).addTo(batch))
                .isTrue();
    }
}
