package logstream.forward;

import static logstream.forward.Wire.array;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.gzip;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.integer;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.pack;
import static logstream.forward.Wire.str;
import static logstream.forward.Wire.str32;
import static logstream.forward.Wire.utf8;
import static logstream.forward.Wire.zstd;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.msgpack.value.Value;

/** What holds for any bytes at all. */
class StreamPropertiesTest {
    /** Small, so that random messages are on both sides of them. */
    private static final MessageBounds BOUNDS = new MessageBounds(600, 200, 4, 3_000, 9, 2_500, 1_000);

    /** In msgpack, or in JSON. */
    @Provide
    Arbitrary<byte[]> streams() {
        return Arbitraries.frequencyOf(Tuple.of(3, messages()), Tuple.of(1, json()));
    }

    @Provide
    Arbitrary<byte[]> messages() {
        return message().list().ofMinSize(1).ofMaxSize(8).map(list -> join(list.toArray(byte[][]::new)));
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers()
                .between(1, 20_000)
                .list()
                .ofMaxSize(40)
                .map(cuts -> cuts.stream().sorted().distinct().toList());
    }

    private static Arbitrary<byte[]> message() {
        Arbitrary<byte[]> tag = Arbitraries.of("a", "grid.devel/www-data", "t".repeat(300), "t".repeat(2000))
                .map(Wire::str);
        Arbitrary<byte[]> record = RandomValues.records().map(value -> pack(p -> p.packValue(value)));
        Arbitrary<byte[]> time = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 4_000_000_000L).map(Wire::integer),
                Arbitraries.of(hex("d700 5f5e1000 00000001"), hex("c0"), integer(-5)));
        Arbitrary<byte[]> options = Arbitraries.oneOf(
                Arbitraries.of(new byte[0], hex("c0"), hex("80")),
                Arbitraries.strings().alpha().ofLength(24).map(Wire::option));
        Arbitrary<byte[]> entry = Combinators.combine(time, record).as((t, r) -> array(t, r));
        Arbitrary<byte[]> entries = entry.list().ofMaxSize(12).map(list -> join(list.toArray(byte[][]::new)));
        Arbitrary<byte[]> body = Arbitraries.oneOf(
                Combinators.combine(time, record).as((t, r) -> join(t, r)),
                entry.list().ofMaxSize(12).map(list -> array(list.toArray(byte[][]::new))),
                entries.map(Wire::str32),
                entries.map(Wire::bin),
                entries.map(Wire::gzip).map(Wire::str32),
                entries.map(Wire::zstd).map(Wire::bin),
                Combinators.combine(entries, entries).as((a, b) -> bin(join(gzip(a), gzip(b)))),
                Combinators.combine(entries, entries).as((a, b) -> str32(join(zstd(a), zstd(b)))),
                // Inside of it: the entry that is cut goes over from one member to the next.
                entries.map(all -> bin(join(
                        gzip(Arrays.copyOf(all, all.length / 2)),
                        gzip(Arrays.copyOfRange(all, all.length / 2, all.length))))));
        Arbitrary<byte[]> whole = Combinators.combine(tag, body, options).as((t, b, o) -> {
            int first = b[0] & 0xff;
            boolean many =
                    MsgpackHeader.isArray(first) || MsgpackHeader.isString(first) || MsgpackHeader.isBinary(first);
            int count = (many ? 2 : 3) + (o.length > 0 ? 1 : 0);
            return join(pack(p -> p.packArrayHeader(count)), t, b, o);
        });
        return Arbitraries.frequencyOf(
                Tuple.of(8, whole), Tuple.of(1, Arbitraries.of(hex("c0"), hex("05"), hex("91 c0"), hex("a3616263"))));
    }

    @Provide
    Arbitrary<byte[]> json() {
        Arbitrary<String> tag = Arbitraries.of("\"a\"", "\"grid.\\u0064evel\"", "\"" + "t".repeat(2000) + "\"", "7");
        Arbitrary<String> record = RandomValues.records().map(Value::toJson);
        Arbitrary<String> time = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 4_000_000_000L).map(String::valueOf),
                Arbitraries.of("1.5", "-3", "null", "1e400"));
        Arbitrary<String> option = Arbitraries.of(
                "", ",null", ", {}", ",{\"chunk\":\"p8n9gmxT\\n\"}", ",{ \"size\":3,\"chunk\" : 17 } ,0");
        Arbitrary<String> entry = Combinators.combine(time, record).as((t, r) -> "[" + t + " , " + r + "]");
        Arbitrary<String> body = Arbitraries.oneOf(
                Combinators.combine(time, record).as((t, r) -> t + "," + r),
                entry.list().ofMaxSize(12).map(list -> "[" + String.join(",\n", list) + "]"));
        Arbitrary<String> whole = Combinators.combine(tag, body, option).as((t, b, o) -> "[" + t + "," + b + o + "]");
        return Arbitraries.frequencyOf(
                        Tuple.of(8, whole), Tuple.of(1, Arbitraries.of("{\"a\":[]}", "null ", "[]", "[\"a\",1]")))
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(list -> utf8("[]" + String.join("\n", list)));
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void whereTheStreamIsCutMakesNoDifference(
            @ForAll("streams") byte[] stream,
            @ForAll("cuts") List<Integer> cuts,
            @ForAll @IntRange(min = 1, max = 5) int capacity) {
        ScriptedConnection whole = new ScriptedConnection(BOUNDS);
        ScriptedSocket uncut = ScriptedSocket.of(stream);
        whole.run(uncut);
        ScriptedConnection pieces = new ScriptedConnection(BOUNDS);
        pieces.sink.capacity = capacity;
        ScriptedSocket cut = ScriptedSocket.cut(stream, cuts);
        pieces.run(cut);
        assertSame(pieces, cut, whole, uncut);
        assertThat(whole.malformed(MalformedCause.CUT_OFF)).isZero();
        assertThat(whole.malformed(MalformedCause.NOT_JSON)).isZero();
    }

    @Property(tries = 10, edgeCases = EdgeCasesMode.NONE)
    void byteByByteMakesNoDifference(@ForAll("streams") byte[] stream) {
        ScriptedConnection whole = new ScriptedConnection(BOUNDS);
        ScriptedSocket uncut = ScriptedSocket.of(stream);
        whole.run(uncut);
        ScriptedConnection bytes = new ScriptedConnection(BOUNDS);
        ScriptedSocket cut = ScriptedSocket.cut(
                stream, IntStream.range(1, stream.length).boxed().toList());
        bytes.run(cut);
        assertSame(bytes, cut, whole, uncut);
    }

    /** Messages with some bytes changed: whatever happens stays in the connection, and the books balance. */
    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
    void damagedMessagesCostNoMoreThanTheirConnection(
            @ForAll("streams") byte[] stream,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 20_000) Integer> places,
            @ForAll @Size(6) List<Byte> values) {
        byte[] damaged = stream.clone();
        for (int at = 0; at < places.size(); at++) {
            damaged[places.get(at) % damaged.length] = values.get(at);
        }
        survives(damaged);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void garbageCostsNoMoreThanItsConnection(@ForAll @Size(max = 400) byte[] garbage) {
        survives(garbage);
        survives(join(hex("93 a161"), garbage));
        survives(join(hex("94 a161 01 81"), garbage));
        survives(join(hex("93 a161"), str32(garbage), option("abc")));
        survives(array(str("a"), bin(garbage)));
        survives(array(str("a"), bin(join(hex("1f8b"), garbage))));
        survives(array(str("a"), bin(join(hex("28b52ffd"), garbage))));
        survives(join(utf8("["), garbage));
        survives(join(utf8("[\"a\",1,{\"a\":\""), garbage));
    }

    private static void survives(byte[] bytes) {
        ScriptedConnection connection = new ScriptedConnection(BOUNDS);
        connection.run(ScriptedSocket.of(bytes));
        long dropped = 0;
        for (DropCause cause : DropCause.values()) {
            dropped += connection.dropped(cause);
        }
        assertThat(connection.received()).isEqualTo(connection.sink.events.size() + dropped);
        assertThat(connection.metrics.bytesReceived.sum()).isLessThanOrEqualTo(bytes.length);
    }

    private static void assertSame(
            ScriptedConnection actual,
            ScriptedSocket socket,
            ScriptedConnection expected,
            ScriptedSocket expectedSocket) {
        assertThat(actual.sink.events).isEqualTo(expected.sink.events);
        assertThat(socket.written()).isEqualTo(expectedSocket.written());
        assertThat(actual.received()).isEqualTo(expected.received());
        assertThat(actual.malformed()).isEqualTo(expected.malformed());
        assertThat(actual.metrics.messagesReceived.sum()).isEqualTo(expected.metrics.messagesReceived.sum());
        assertThat(actual.metrics.bytesReceived.sum()).isEqualTo(expected.metrics.bytesReceived.sum());
    }
}
