package logstream.forward;

import java.math.BigInteger;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.msgpack.value.ImmutableValue;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** Makes values of every msgpack type and width. */
final class RandomValues {
    private RandomValues() {}

    static Arbitrary<ImmutableValue> values() {
        return Arbitraries.recursive(RandomValues::scalars, RandomValues::containers, 0, 3);
    }

    /** A map of strings to anything. */
    static Arbitrary<ImmutableValue> records() {
        return Arbitraries.maps(texts(12), values()).ofMaxSize(6).map(fields -> {
            ValueFactory.MapBuilder builder = ValueFactory.newMapBuilder();
            fields.forEach(builder::put);
            return builder.build().immutableValue();
        });
    }

    private static Arbitrary<ImmutableValue> scalars() {
        return Arbitraries.oneOf(
                Arbitraries.just(ValueFactory.newNil()),
                Arbitraries.of(true, false).map(ValueFactory::newBoolean),
                Arbitraries.longs().map(ValueFactory::newInteger),
                Arbitraries.bigIntegers()
                        .between(
                                BigInteger.ONE.shiftLeft(63),
                                BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE))
                        .map(ValueFactory::newInteger),
                Arbitraries.doubles().map(ValueFactory::newFloat),
                texts(300),
                bytes().map(ValueFactory::newBinary),
                bytes().map(data -> ValueFactory.newExtension((byte) (data.length & 0x7f), data)),
                Arbitraries.of(1, 2, 4, 8, 16).map(n -> ValueFactory.newExtension((byte) 1, new byte[n])));
    }

    private static Arbitrary<ImmutableValue> containers(Arbitrary<ImmutableValue> inner) {
        return Arbitraries.oneOf(
                inner.array(Value[].class).ofMaxSize(5).map(ValueFactory::newArray),
                inner.array(Value[].class).ofMaxSize(4).map(half -> {
                    ValueFactory.MapBuilder builder = ValueFactory.newMapBuilder();
                    for (int at = 0; at < half.length; at++) {
                        builder.put(ValueFactory.newInteger(at), half[at]);
                    }
                    return builder.build().immutableValue();
                }));
    }

    /** Made from a few numbers: generating each character by itself takes most of a test's time. */
    private static Arbitrary<ImmutableValue> texts(int longest) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, longest),
                        Arbitraries.integers().between('a', 'z'))
                .as((length, letter) ->
                        ValueFactory.newString(Character.toString(letter).repeat(length)));
    }

    private static Arbitrary<byte[]> bytes() {
        return Combinators.combine(Arbitraries.integers().between(0, 300), Arbitraries.longs())
                .as((length, seed) -> {
                    byte[] bytes = new byte[length];
                    new Random(seed).nextBytes(bytes);
                    return bytes;
                });
    }
}
