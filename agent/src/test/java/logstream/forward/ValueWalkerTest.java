package logstream.forward;

import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.pack;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import logstream.forward.ValueWalker.Outcome;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.msgpack.value.ImmutableValue;

class ValueWalkerTest {
    private static final long UNBOUNDED = ValueWalker.UNBOUNDED;
    private static final int MOST = 1 << 20;
    private static final MessageBounds BOUNDS = MessageBounds.DEFAULT;

    @Provide
    Arbitrary<ImmutableValue> values() {
        return RandomValues.values();
    }

    @Property(tries = 300)
    void walksAndSkipsExactlyTheValue(@ForAll("values") ImmutableValue value) throws Exception {
        byte[] packed = pack(p -> p.packValue(value));
        byte[] twice = join(packed, packed, hex("c0"));
        WireReader reader = reader(trickle(twice));
        ValueWalker walker = new ValueWalker(reader, BOUNDS);
        assertThat(walker.walk(1, MOST, UNBOUNDED)).isEqualTo(Outcome.WHOLE);
        assertThat(walker.length()).isEqualTo(packed.length);
        assertThat(walker.walk(2, MOST, UNBOUNDED)).isEqualTo(Outcome.WHOLE);
        assertThat(walker.length()).isEqualTo(2 * packed.length);
        assertThat(walker.skip(2, UNBOUNDED)).isTrue();
        assertThat(reader.consumed()).isEqualTo(2L * packed.length);
        reader.close();
    }

    @Property(tries = 300)
    void boundsAreExact(@ForAll("values") ImmutableValue value) throws Exception {
        byte[] packed = pack(p -> p.packValue(value));
        // One byte more is there, so that what is missing is missing by the bound.
        byte[] longer = join(packed, hex("c0"));
        WireReader reader = reader(ScriptedSocket.of(longer));
        ValueWalker walker = new ValueWalker(reader, BOUNDS);
        assertThat(walker.walk(1, packed.length, packed.length)).isEqualTo(Outcome.WHOLE);
        assertThat(walker.walk(1, packed.length - 1, UNBOUNDED)).isEqualTo(Outcome.TOO_LARGE);
        assertThat(walker.walk(1, MOST, packed.length - 1)).isEqualTo(Outcome.BROKEN);
        assertThat(walker.skip(1, packed.length)).isTrue();
        reader.close();

        WireReader again = reader(ScriptedSocket.of(longer));
        assertThat(new ValueWalker(again, BOUNDS).skip(1, packed.length - 1)).isFalse();
        again.close();
    }

    /** Claims are checked before anything is waited for: the stream ends right behind them. */
    @Test
    void aLengthIsRefusedBeforeItsBytesCome() throws Exception {
        assertThat(walk("db ffffffff", UNBOUNDED)).isEqualTo(Outcome.TOO_LARGE);
        assertThat(walk("c6 00100000", UNBOUNDED)).isEqualTo(Outcome.TOO_LARGE);
        assertThat(walk("c9 ffffffff 00", UNBOUNDED)).isEqualTo(Outcome.TOO_LARGE);
        assertThat(walk("db 00000004", 8)).isEqualTo(Outcome.BROKEN);
        assertThat(walk("c1", UNBOUNDED)).isEqualTo(Outcome.BROKEN);
    }

    @Test
    void depthIsBoundedAndCostsNoStack() throws Exception {
        String deepest = "91".repeat(BOUNDS.nesting() - 1) + "90";
        assertThat(walk(deepest, UNBOUNDED)).isEqualTo(Outcome.WHOLE);
        assertThat(walk("91" + deepest, UNBOUNDED)).isEqualTo(Outcome.TOO_DEEP);
        WireReader reader = reader(ScriptedSocket.of(hex("91".repeat(1_000_000) + "c0")));
        assertThat(new ValueWalker(reader, BOUNDS).skip(1, UNBOUNDED)).isTrue();
        assertThat(reader.consumed()).isEqualTo(1_000_001);
        reader.close();
    }

    private static Outcome walk(String hex, long bound) throws Exception {
        WireReader reader = reader(ScriptedSocket.of(hex(hex)));
        try {
            return new ValueWalker(reader, BOUNDS).walk(1, MOST, bound);
        } finally {
            reader.close();
        }
    }

    private static WireReader reader(Transport from) {
        return new WireReader(from, new ScriptedConnection().pools, new NoPauses());
    }

    /** One byte at a time, and none ahead. */
    private static Transport trickle(byte[] bytes) {
        return ScriptedSocket.cut(
                bytes, IntStream.range(1, bytes.length).boxed().toList());
    }
}
