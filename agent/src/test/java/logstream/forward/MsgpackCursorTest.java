package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessageFormat;
import org.msgpack.value.ExtensionValue;
import org.msgpack.value.ImmutableValue;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;
import org.msgpack.value.ValueType;

/** Reads what msgpack-core wrote. */
class MsgpackCursorTest {
    @Provide
    Arbitrary<ImmutableValue> values() {
        return RandomValues.values();
    }

    @Property(tries = 500)
    void readsWhatAnotherImplementationWrites(@ForAll("values") ImmutableValue value) {
        byte[] packed = Wire.pack(p -> p.packInt(-1).packValue(value).packInt(-2));
        MsgpackCursor cursor = new MsgpackCursor().at(packed, 1);
        assertThat(read(cursor)).isEqualTo(value);
        assertThat(cursor.readLong()).isEqualTo(-2);
        assertThat(cursor.position()).isEqualTo(packed.length);
    }

    @Property(tries = 500)
    void skipsWhatAnotherImplementationWrites(@ForAll("values") ImmutableValue value) {
        byte[] packed = Wire.pack(p -> p.packValue(value).packInt(-2));
        MsgpackCursor cursor = new MsgpackCursor().at(packed, 0);
        cursor.skip();
        assertThat(cursor.readLong()).isEqualTo(-2);
    }

    @Test
    void everyFirstByteHasItsType() {
        Map<ValueType, MsgpackCursor.Type> names = new HashMap<>();
        for (ValueType type : ValueType.values()) {
            names.put(type, MsgpackCursor.Type.valueOf(type.name()));
        }
        for (int first = 0; first < 256; first++) {
            if (first != 0xc1) {
                ValueType expected = MessageFormat.valueOf((byte) first).getValueType();
                assertThat(MsgpackCursor.typeOf(first)).as("%02x", first).isEqualTo(names.get(expected));
            }
        }
        assertThatThrownBy(() -> MsgpackCursor.typeOf(0xc1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsEveryWidthOfInteger() {
        assertThat(integer("00")).isZero();
        assertThat(integer("7f")).isEqualTo(127);
        assertThat(integer("e0")).isEqualTo(-32);
        assertThat(integer("ff")).isEqualTo(-1);
        assertThat(integer("cc ff")).isEqualTo(255);
        assertThat(integer("cd ffff")).isEqualTo(65_535);
        assertThat(integer("ce ffffffff")).isEqualTo(0xffff_ffffL);
        assertThat(integer("cf 7fffffffffffffff")).isEqualTo(Long.MAX_VALUE);
        assertThat(integer("d0 80")).isEqualTo(-128);
        assertThat(integer("d1 8000")).isEqualTo(-32_768);
        assertThat(integer("d2 80000000")).isEqualTo(Integer.MIN_VALUE);
        assertThat(integer("d3 8000000000000000")).isEqualTo(Long.MIN_VALUE);
        assertThat(new MsgpackCursor().at(Wire.hex("cf 8000000000000000"), 0).isBeyondLong())
                .isTrue();
        assertThat(new MsgpackCursor().at(Wire.hex("cf 7fffffffffffffff"), 0).isBeyondLong())
                .isFalse();
        assertThat(new MsgpackCursor().at(Wire.hex("d3 8000000000000000"), 0).isBeyondLong())
                .isFalse();
    }

    @Test
    void aValueOfAnotherTypeIsABug() {
        assertThatThrownBy(() -> integer("a0"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a0");
    }

    private static long integer(String hex) {
        return new MsgpackCursor().at(Wire.hex(hex), 0).readLong();
    }

    private static Value read(MsgpackCursor cursor) {
        return switch (cursor.type()) {
            case NIL -> {
                cursor.readNil();
                yield ValueFactory.newNil();
            }
            case BOOLEAN -> ValueFactory.newBoolean(cursor.readBoolean());
            case INTEGER -> {
                boolean beyond = cursor.isBeyondLong();
                long value = cursor.readLong();
                yield beyond
                        ? ValueFactory.newInteger(new BigInteger(Long.toUnsignedString(value)))
                        : ValueFactory.newInteger(value);
            }
            case FLOAT -> ValueFactory.newFloat(cursor.readDouble());
            case STRING -> ValueFactory.newString(new String(payload(cursor), StandardCharsets.UTF_8));
            case BINARY -> ValueFactory.newBinary(payload(cursor));
            case EXTENSION -> extension(cursor);
            case ARRAY -> {
                Value[] elements = new Value[cursor.readArrayHeader()];
                Arrays.setAll(elements, i -> read(cursor));
                yield ValueFactory.newArray(elements);
            }
            case MAP -> {
                Value[] pairs = new Value[2 * cursor.readMapHeader()];
                Arrays.setAll(pairs, i -> read(cursor));
                yield ValueFactory.newMap(pairs);
            }
        };
    }

    private static ExtensionValue extension(MsgpackCursor cursor) {
        int length = cursor.readExtensionHeader();
        byte[] data = Arrays.copyOfRange(cursor.bytes(), cursor.position(), cursor.position() + length);
        byte type = (byte) cursor.extensionType();
        cursor.advance(length);
        return ValueFactory.newExtension(type, data);
    }

    private static byte[] payload(MsgpackCursor cursor) {
        int length = cursor.readBytesHeader();
        byte[] bytes = Arrays.copyOfRange(cursor.bytes(), cursor.position(), cursor.position() + length);
        cursor.advance(length);
        return bytes;
    }
}
