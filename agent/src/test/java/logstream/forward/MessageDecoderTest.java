package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
import static logstream.forward.Wire.ascii;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.entry;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.integer;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.map;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.pack;
import static logstream.forward.Wire.str;
import static logstream.forward.Wire.str32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import logstream.forward.RecordingSink.Event;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;

class MessageDecoderTest {
    private final ScriptedConnection connection = new ScriptedConnection();

    /** Runs the bytes, then a good message, which shows whether the connection went on. */
    private ScriptedSocket run(byte[]... bytes) {
        ScriptedSocket socket = ScriptedSocket.of(join(join(bytes), message("after", 7, "after")));
        connection.run(socket);
        return socket;
    }

    private List<Event> eventsBefore() {
        List<Event> events = new ArrayList<>(connection.sink.events);
        assertThat(events).last().isEqualTo(new Event("after", 7, 0, "{\"log\":\"after\"}"));
        events.removeLast();
        return events;
    }

    private static Event event(long seconds, int nanos, String log) {
        return new Event("grid.a", seconds, nanos, "{\"log\":\"" + log + "\"}");
    }

    @Test
    void dockerWithoutAcks() {
        run(hex("94 a6 677269642e61 d2 5f5e1000 81 a3 6c6f67 a2 6869 80"));
        assertThat(eventsBefore()).containsExactly(event(0x5f5e1000L, 0, "hi"));
        assertThat(connection.metrics.messagesReceived.sum()).isEqualTo(2);
    }

    @Test
    void dockerWithSubSecondPrecisionAndAck() {
        ScriptedSocket socket = run(
                hex("94 a6 677269642e61 d7 00 5f5e1000 3b9ac9ff 81 a3 6c6f67 a2 6869 81 a5 6368756e6b b8"),
                ascii("AAAAAAAAAAAAAAAAAAAAAA=="));
        assertThat(eventsBefore()).containsExactly(event(0x5f5e1000L, 999_999_999, "hi"));
        assertThat(socket.written()).isEqualTo(join(hex("81 a3 61636b b8"), ascii("AAAAAAAAAAAAAAAAAAAAAA==")));
    }

    @Test
    void oldDockerSendsNilAsOption() {
        ScriptedSocket socket = run(hex("94 a6 677269642e61 d2 5f5e1000 81 a3 6c6f67 a2 6869 c0"));
        assertThat(eventsBefore()).containsExactly(event(0x5f5e1000L, 0, "hi"));
        assertThat(socket.written()).isEmpty();
    }

    /** A token of 24 base64 characters and a newline, the payload a str32, all of fluentd's option keys. */
    @Test
    void fluentdSendsPackedForward() {
        String token = "kF1mYr0x4hJ0c0m2Vv0b1Q==\n";
        byte[] options = pack(p -> {
            p.packMapHeader(3);
            p.packString("size").packInt(2);
            p.packString("chunk").packString(token);
            p.packString("compressed").packString("text");
        });
        ScriptedSocket socket = run(array(str("grid.a"), str32(join(entry(1, "one"), entry(2, "two"))), options));
        assertThat(eventsBefore()).containsExactly(event(1, 0, "one"), event(2, 0, "two"));
        assertThat(socket.written()).isEqualTo(ack(token));
    }

    @Test
    void fluentBitSendsEntriesWithMetadata() {
        byte[] header = array(hex("d7 00 00000005 00000006"), map("stream", "stdout"));
        byte[] bare = array(integer(8));
        byte[] options = pack(p -> {
            p.packMapHeader(2);
            p.packString("size").packInt(-3);
            p.packString("fluent_signal").packInt(0);
        });
        run(array(str("grid.a"), array(array(header, map("log", "x")), array(bare, map("log", "y"))), options));
        assertThat(eventsBefore()).containsExactly(event(5, 6, "x"), event(8, 0, "y"));
    }

    static Stream<Arguments> modes() {
        byte[] tag = str("grid.a");
        byte[] entries = join(entry(1, "one"), entry(2, "two"));
        List<Arguments> modes = new ArrayList<>();
        record Mode(String name, byte[] elements, int count, int events) {}
        List<Mode> all = List.of(
                new Mode("message", join(tag, integer(1), map("log", "one")), 3, 1),
                new Mode("forward", join(tag, array(entry(1, "one"), entry(2, "two"))), 2, 2),
                new Mode("forward array32", join(tag, hex("dd 00000002"), entries), 2, 2),
                new Mode("packed str32", join(tag, str32(entries)), 2, 2),
                new Mode("packed bin", join(tag, bin(entries)), 2, 2),
                new Mode("forward without entries", join(tag, hex("90")), 2, 0),
                new Mode("packed without entries", join(tag, hex("a0")), 2, 0));
        record Option(String name, byte[] bytes, byte[] reply) {}
        List<Option> options = List.of(
                new Option("absent", new byte[0], new byte[0]),
                new Option("nil", hex("c0"), new byte[0]),
                new Option("empty", hex("80"), new byte[0]),
                new Option("no map", hex("05"), new byte[0]),
                new Option("chunk str", option("abc"), ack("abc")),
                new Option("chunk str8", hex("81 d905 6368756e6b d903 616263"), hex("81 a361636b d903 616263")),
                new Option("chunk bin", hex("81 a5 6368756e6b c403 616263"), hex("81 a361636b c403 616263")),
                new Option("chunk int", hex("81 a5 6368756e6b cd 0007"), hex("81 a361636b cd 0007")),
                new Option("chunk map", hex("81 a5 6368756e6b 81 a161 92 01 02"), hex("81 a361636b 81 a161 92 01 02")),
                new Option("chunk nil", hex("81 a5 6368756e6b c0"), new byte[0]),
                new Option("two chunks", hex("82 a5 6368756e6b 01 a5 6368756e6b 02"), hex("81 a361636b 02")),
                new Option(
                        "others around it",
                        hex("de 0004 a0 c0 91c0 81c0c3 a5 6368756e6b 01 a5 6368756e78 ff"),
                        hex("81 a361636b 01")),
                new Option("map32", join(hex("df 00000001 a5 6368756e6b 01")), hex("81 a361636b 01")));
        for (Mode mode : all) {
            for (Option option : options) {
                int count = mode.count() + (option.name().equals("absent") ? 0 : 1);
                byte[] header = pack(p -> p.packArrayHeader(count));
                modes.add(Arguments.of(
                        mode.name() + ", option " + option.name(),
                        join(header, mode.elements(), option.bytes()),
                        mode.events(),
                        option.reply()));
            }
        }
        return modes.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modes")
    void everyModeWithEveryOption(String name, byte[] bytes, int events, byte[] reply) {
        ScriptedSocket socket = run(bytes);
        assertThat(eventsBefore())
                .as(name)
                .containsExactlyElementsOf(
                        List.of(event(1, 0, "one"), event(2, 0, "two")).subList(0, events));
        assertThat(socket.written()).isEqualTo(reply);
        assertThat(connection.malformed()).isZero();
        assertThat(connection.metrics.messagesReceived.sum()).isEqualTo(2);
        assertThat(connection.received()).isEqualTo(events + 1);
        assertThat(connection.metrics.acksSent.sum()).isEqualTo(reply.length > 0 ? 1 : 0);
    }

    static Stream<Arguments> times() {
        long now = ScriptedConnection.NOW.getEpochSecond();
        int nanos = ScriptedConnection.NOW.getNano();
        return Stream.of(
                Arguments.of("fixint", "07", 7L, 0),
                Arguments.of("uint8", "cc ff", 255L, 0),
                Arguments.of("uint16", "cd ffff", 65_535L, 0),
                Arguments.of("uint32", "ce ffffffff", 4_294_967_295L, 0),
                Arguments.of("uint64", "cf 0000000100000000", 1L << 32, 0),
                Arguments.of("int8", "d0 07", 7L, 0),
                Arguments.of("int16", "d1 0007", 7L, 0),
                Arguments.of("int32", "d2 5f5e1000", 0x5f5e1000L, 0),
                Arguments.of("int64", "d3 0000000100000000", 1L << 32, 0),
                Arguments.of("fixext8", "d700 5f5e1000 00000001", 0x5f5e1000L, 1),
                Arguments.of("ext8", "c70800 5f5e1000 00000001", 0x5f5e1000L, 1),
                Arguments.of("unsigned seconds", "d700 ffffffff 00000001", 4_294_967_295L, 1),
                Arguments.of("0 is now", "00", now, nanos),
                Arguments.of("int64 0 is now", "d3 0000000000000000", now, nanos),
                Arguments.of("EventTime 0 is now", "d700 00000000 00000009", now, nanos));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("times")
    void everyTime(String name, String time, long seconds, int nanos) {
        byte[] record = map("log", "x");
        run(
                array(str("grid.a"), hex(time), record),
                array(str("grid.a"), array(array(hex(time), record))),
                array(str("grid.a"), bin(array(hex(time), record))),
                array(str("grid.a"), array(array(array(hex(time), hex("80")), record))));
        assertThat(eventsBefore()).as(name).hasSize(4).containsOnly(event(seconds, nanos, "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c0", // nil
                "c3", // true
                "ff", // -1
                "d2 ffffffff",
                "cf ffffffffffffffff", // beyond a long
                "cf 0000003afff44180", // after the year 9999
                "cb 7ff8000000000000", // NaN
                "cb 7ff0000000000000", // infinity
                "cb bff0000000000000", // -1.0
                "cb 424d7ffa20c00000", // after the year 9999
                "d7ff 5f5e1000 00000001", // the timestamp type of msgpack itself
                "d700 5f5e1000 3b9aca00", // a whole second of nanoseconds
                "d6 00 5f5e1000", // four bytes
                "c7 0c 00 000000015f5e100000000001", // twelve
                "81 a161 01" // a map
            })
    void anInvalidTimeCostsItsEventAndIsAcknowledged(String time) {
        byte[] record = map("log", "x");
        ScriptedSocket socket = run(
                array(str("grid.a"), hex(time), record, option("m")),
                array(str("grid.a"), array(entry(1, "one"), array(hex(time), record), entry(2, "two")), option("f")),
                array(str("grid.a"), bin(join(array(hex(time), record), entry(3, "three"))), option("p")));
        assertThat(eventsBefore()).containsExactly(event(1, 0, "one"), event(2, 0, "two"), event(3, 0, "three"));
        assertThat(socket.written()).isEqualTo(join(ack("m"), ack("f"), ack("p")));
        assertThat(connection.received()).isEqualTo(7);
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(3);
        assertThat(connection.malformed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "92 01 c0", // a record of nil
                "92 01 a3 616263", // a string
                "92 01 90", // an array
                "91 01", // no record
                "90",
                "93 01 80 80", // more than time and record
                "05", // no array
                "c0",
                "a3 616263",
                "80",
                "92 90 80", // metadata without a time
                "92 91 90 80"
            })
    void anInvalidEntryCostsItselfAndIsAcknowledged(String bad) {
        ScriptedSocket socket = run(
                array(str("grid.a"), array(entry(1, "one"), hex(bad), entry(2, "two")), option("f")),
                array(str("grid.a"), bin(join(entry(3, "three"), hex(bad), entry(4, "four"))), option("p")));
        assertThat(eventsBefore())
                .containsExactly(event(1, 0, "one"), event(2, 0, "two"), event(3, 0, "three"), event(4, 0, "four"));
        assertThat(socket.written()).isEqualTo(join(ack("f"), ack("p")));
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(2);
        assertThat(connection.received()).isEqualTo(7);
    }

    @Test
    void aMessageWhoseRecordIsNoMapIsDroppedAndAcknowledged() {
        ScriptedSocket socket = run(array(str("grid.a"), integer(1), hex("c0"), option("m")));
        assertThat(eventsBefore()).isEmpty();
        assertThat(socket.written()).isEqualTo(ack("m"));
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "05", // values that are no array
                "c3",
                "a3 616263",
                "81 a161 91 c0",
                "d9 20 6161616161616161616161616161616161616161616161616161616161616161",
                "90", // arrays that are no message
                "91 a161",
                "92 a161 01", // a time, but no record
                "95 a161 01 80 80 80",
                "94 a161 90 80 80", // Forward with too much
                "94 a161 a0 80 80",
                "93 01 01 80", // a tag of another type
                "93 c4 01 61 01 80",
                "93 92 a161 c0 01 80",
                "93 c0 01 80"
            })
    void whatIsNoMessageIsCountedAndTheConnectionGoesOn(String bytes) {
        ScriptedSocket socket = run(hex(bytes));
        assertThat(eventsBefore()).isEmpty();
        assertThat(connection.malformed(MalformedCause.NOT_A_MESSAGE)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
        assertThat(connection.metrics.messagesReceived.sum()).isEqualTo(1);
        assertThat(socket.written()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c1",
                "93 a161 c1",
                "93 c1",
                "93 a161 01 81 a161 c1", // in the record
                "93 a161 92 c1 80", // in an entry
                "94 a161 01 80 c1", // in the option
                "94 a161 01 80 81 a5 6368756e6b c1", // in the token
                "92 01 c1"
            })
    void whatIsNotMsgpackClosesTheConnectionAndKeepsWhatCameBefore(String bytes) {
        byte[] first = message("grid.a", 1, "one", "abc");
        ScriptedSocket socket = ScriptedSocket.of(join(first, hex(bytes), message("after", 7, "after")));
        connection.run(socket);
        assertThat(connection.sink.events).contains(event(1, 0, "one")).doesNotContain(event(7, 0, "after"));
        assertThat(socket.written()).isEqualTo(ack("abc"));
        assertThat(connection.malformed(MalformedCause.NOT_MSGPACK)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c1",
                "92 01 81 a161 c1",
                "92 01", // ends too early
                "92 01 81 a161 da ffff 00", // a string longer than the payload
                "dd ffffffff", // more values than the payload has bytes
                "92 01 df",
                "db ffffffff"
            })
    void aBrokenPayloadCostsItsRestAndIsAcknowledged(String bytes) {
        byte[] payload = join(entry(1, "one"), hex(bytes));
        ScriptedSocket socket = run(array(str("grid.a"), str32(payload), option("abc")));
        assertThat(eventsBefore()).containsExactly(event(1, 0, "one"));
        assertThat(socket.written()).isEqualTo(ack("abc"));
        assertThat(connection.malformed(MalformedCause.BROKEN_PAYLOAD)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(3);
    }

    @Test
    void heartbeatsAreCountedAndNotAnswered() {
        ScriptedSocket socket = run(hex("c0 c0 c0"));
        assertThat(eventsBefore()).isEmpty();
        assertThat(connection.metrics.heartbeatsReceived.sum()).isEqualTo(3);
        assertThat(socket.written()).isEmpty();
        assertThat(connection.malformed()).isZero();
    }

    @Test
    void aConnectionThatSendsNothingIsNoFault() {
        connection.run(ScriptedSocket.of());
        assertThat(connection.malformed()).isZero();
        assertThat(connection.sink.opened).hasValue(0);
    }

    @Test
    void everyPrefixOfAMessageIsCutOffAndKeepsWhatCameBefore() {
        byte[] last = array(str("grid.a"), array(entry(1, "one"), entry(2, "two")), option("b"));
        for (int length = 1; length < last.length; length++) {
            ScriptedConnection each = new ScriptedConnection();
            byte[] prefix = Arrays.copyOf(last, length);
            ScriptedSocket socket = ScriptedSocket.of(join(message("grid.a", 9, "nine", "a"), prefix));
            each.run(socket);
            assertThat(each.sink.events).startsWith(event(9, 0, "nine"));
            assertThat(socket.written()).isEqualTo(ack("a"));
            assertThat(each.malformed(MalformedCause.CUT_OFF))
                    .as("%d bytes", length)
                    .isEqualTo(1);
            assertThat(each.received()).isEqualTo(each.sink.events.size());
        }
    }

    @Test
    void theTagIsTheSameInstanceWhileItsBytesAre() {
        run(message("a", 1, "x"), message("a", 1, "x"), message("b", 1, "x"), message("b", 1, "x"));
        List<Tag> tags = connection.sink.tags;
        assertThat(tags.get(1)).isSameAs(tags.get(0));
        assertThat(tags.get(2)).isNotSameAs(tags.get(1));
        assertThat(tags.get(3)).isSameAs(tags.get(2));
    }

    @Test
    void aTagTooLongToBeReadCostsItsEventsAndIsAcknowledged() {
        String longest = "t".repeat(ForwardLimits.TAG_BYTES);
        ScriptedSocket socket = run(
                message(longest, 1, "one", "a"),
                message(longest + "t", 2, "two", "b"),
                array(str(longest + "t"), array(entry(3, "three"), entry(4, "four")), option("c")));
        assertThat(eventsBefore()).containsExactly(new Event(longest, 1, 0, "{\"log\":\"one\"}"));
        assertThat(socket.written()).isEqualTo(join(ack("a"), ack("b"), ack("c")));
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(3);
    }

    @Test
    void aTokenBeyondItsLimitIsNotAnsweredAndTheConnectionGoesOn() {
        String longest = "c".repeat(ForwardLimits.ACK_TOKEN_BYTES - 3);
        ScriptedSocket socket = run(message("grid.a", 1, "one", longest), message("grid.a", 2, "two", longest + "c"));
        assertThat(eventsBefore()).containsExactly(event(1, 0, "one"), event(2, 0, "two"));
        assertThat(socket.written()).isEqualTo(ack(longest));
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
    }

    @Test
    void nestingIsBounded() {
        ScriptedSocket socket =
                run(nested(MessageBounds.DEFAULT.nesting()), nested(MessageBounds.DEFAULT.nesting() + 1));
        assertThat(eventsBefore()).hasSize(1);
        assertThat(socket.written()).isEqualTo(join(ack("abc"), ack("abc")));
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(1);
    }

    /** A message whose record, the map included, is this deep. */
    private static byte[] nested(int depth) {
        return pack(p -> {
            p.packArrayHeader(4).packString("grid.a").packInt(1);
            p.packMapHeader(1).packString("log");
            deeper(p, depth - 1);
            p.packMapHeader(1).packString("chunk").packString("abc");
        });
    }

    private static void deeper(MessageBufferPacker packer, int levels) throws IOException {
        for (int level = 1; level < levels; level++) {
            packer.packArrayHeader(1);
        }
        packer.packArrayHeader(0);
    }

    @Test
    void eachAckIsAWriteOfItsOwn() {
        ScriptedSocket socket = run(message("a", 1, "x", "1"), message("a", 1, "x", "22"), message("a", 1, "x", "333"));
        assertThat(socket.written()).isEqualTo(join(ack("1"), ack("22"), ack("333")));
        assertThat(socket.writes).containsExactly(ack("1").length, ack("22").length, ack("333").length);
        assertThat(connection.metrics.acksSent.sum()).isEqualTo(3);
    }

    @Test
    void aStoppedIntakeEndsTheConnectionWithoutAnAck() {
        connection.sink.stopped = true;
        ScriptedSocket socket = ScriptedSocket.of(message("grid.a", 1, "one", "a"));
        connection.run(socket);
        assertThat(socket.written()).isEmpty();
        assertThat(connection.sink.events).isEmpty();
    }

    @Test
    void aBugInTheSinkEndsTheConnectionOnly() {
        connection.sink.onTake = () -> {
            throw new IllegalStateException("deliberate");
        };
        assertThatThrownBy(() -> connection.run(ScriptedSocket.of(message("grid.a", 1, "one", "a"))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("closed by a bug");
        connection.sink.onTake = () -> {};
        run(message("grid.a", 1, "one", "a"));
        assertThat(eventsBefore()).containsExactly(event(1, 0, "one"));
    }
}
