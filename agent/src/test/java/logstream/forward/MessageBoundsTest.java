package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
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

import java.util.Collections;
import java.util.List;
import logstream.Symptom;
import logstream.forward.RecordingSink.Event;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one message may cost: what is within the bounds is kept, the rest is counted, and the message is answered. */
class MessageBoundsTest {
    private ScriptedConnection connection = new ScriptedConnection();

    private ScriptedSocket run(byte[]... bytes) {
        ScriptedSocket socket = ScriptedSocket.of(join(join(bytes), message("after", 7, "after")));
        connection.run(socket);
        assertThat(connection.sink.events).last().isEqualTo(new Event("after", 7, 0, "{\"log\":\"after\"}"));
        connection.sink.events.removeLast();
        return socket;
    }

    private static byte[] entries(int count) {
        return join(Collections.nCopies(count, entry(1, "one")).toArray(byte[][]::new));
    }

    private static byte[] forward(int count) {
        return array(str("grid.a"), join(pack(p -> p.packArrayHeader(count)), entries(count)), option("f"));
    }

    @Test
    void entriesOfForward() {
        connection = new ScriptedConnection(Bounds.ofMessages(1 << 20, 3));
        ScriptedSocket socket = run(forward(3), forward(8));
        assertThat(connection.sink.events).hasSize(6);
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(5);
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(12);
        assertThat(socket.written()).isEqualTo(join(ack("f"), ack("f")));
    }

    /** Nobody counts what is skipped: it is one. */
    @Test
    void entriesOfPackedForward() {
        connection = new ScriptedConnection(Bounds.ofMessages(1 << 20, 3));
        ScriptedSocket socket = run(
                array(str("grid.a"), str32(entries(3)), option("p")),
                array(str("grid.a"), bin(entries(8)), option("p")));
        assertThat(connection.sink.events).hasSize(6);
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(1);
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(8);
        assertThat(socket.written()).isEqualTo(join(ack("p"), ack("p")));
    }

    @Test
    void bytesOfForwardAndPackedForward() {
        byte[] one = entry(1, "x".repeat(91));
        assertThat(one).hasSize(100);
        byte[] hundred = join(Collections.nCopies(100, one).toArray(byte[][]::new));
        // The entries that begin within the first 1000 bytes of a message.
        connection = new ScriptedConnection(Bounds.ofMessages(1000, 1_000_000));
        ScriptedSocket socket = run(
                array(str("grid.a"), join(hex("dc0064"), hundred), option("f")),
                array(str("grid.a"), str32(hundred), option("p")));
        assertThat(connection.sink.events).hasSize(20);
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(90 + 1);
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(2);
        assertThat(socket.written()).isEqualTo(join(ack("f"), ack("p")));
    }

    /** The header alone says too much; what is within the bound is kept all the same. */
    @Test
    void aMessageThatIsAnnouncedTooLargeIsKeptAsFarAsItGoes() {
        connection = new ScriptedConnection(Bounds.ofMessages(1 << 20, 1_000_000));
        byte[] zeros = new byte[2 << 20];
        byte[] payload = join(entries(2), hex("c6 00200000"), zeros);
        ScriptedSocket socket = run(array(str("grid.a"), bin(payload), option("p")));
        assertThat(connection.sink.events).hasSize(2);
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(1);
        assertThat(socket.written()).isEqualTo(ack("p"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"da", "c5"})
    @Symptom("`logstream_events_dropped_total{cause=\"too_large\"}` grows")
    void strings(String type) {
        connection = new ScriptedConnection(Bounds.ofStrings(1024));
        byte[] fits = join(hex("81 a3 6c6f67", type, "0400"), new byte[1024]);
        byte[] beyond = join(hex("81 a3 6c6f67", type, "0401"), new byte[1025]);
        byte[] asKey = join(hex("81", type, "0401"), new byte[1025], hex("01"));
        byte[] nested = join(hex("81 a3 6c6f67 91", type, "0401"), new byte[1025]);
        ScriptedSocket socket = run(
                array(str("grid.a"), integer(1), fits, option("a")),
                array(str("grid.a"), integer(2), beyond, option("b")),
                array(str("grid.a"), array(array(integer(3), nested), entry(4, "four")), option("c")),
                array(str("grid.a"), bin(join(array(integer(5), asKey), entry(6, "six"))), option("d")));
        assertThat(connection.sink.events.stream().map(Event::seconds)).containsExactly(1L, 4L, 6L);
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(3);
        assertThat(connection.malformed()).isZero();
        assertThat(socket.written()).isEqualTo(join(ack("a"), ack("b"), ack("c"), ack("d")));
    }

    @Test
    void nestingIncludesTheEntry() {
        connection = new ScriptedConnection(Bounds.ofNesting(4));
        byte[] three = hex("81 a161 91 90");
        byte[] four = hex("81 a161 91 91 90");
        byte[] five = hex("81 a161 91 91 91 90");
        ScriptedSocket socket = run(
                array(str("grid.a"), integer(1), four, option("a")),
                array(str("grid.a"), integer(2), five, option("b")),
                array(
                        str("grid.a"),
                        array(array(integer(3), three), array(integer(4), four), entry(5, "five")),
                        option("c")));
        assertThat(connection.sink.events.stream().map(Event::seconds)).containsExactly(1L, 3L, 5L);
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(2);
        assertThat(socket.written()).isEqualTo(join(ack("a"), ack("b"), ack("c")));
    }

    /** Forward and Message mode tell the signal behind the entries; maps are no entries, and nothing else is in them. */
    @ParameterizedTest
    @ValueSource(strings = {"01", "cc02", "d200000003"})
    void signals(String signal) {
        byte[] says = join(hex("82"), str("fluent_signal"), hex(signal), str("chunk"), str("s"));
        byte[] metrics = map("meta", "x", "metrics", "y");
        ScriptedSocket socket = run(
                array(str("grid.a"), array(metrics), says),
                array(str("grid.a"), bin(metrics), says),
                array(str("grid.a"), integer(1), hex("c0"), says));
        assertThat(connection.sink.events).isEmpty();
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(3);
        assertThat(connection.malformed(MalformedCause.UNSUPPORTED_SIGNAL)).isEqualTo(3);
        assertThat(connection.malformed()).isEqualTo(3);
        assertThat(socket.written()).isEqualTo(join(ack("s"), ack("s"), ack("s")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "cc00", "c0", "a3 616263", "91 01", "cb 3ff0000000000000", "c3"})
    void whatIsNoOtherSignalIsLogs(String value) {
        run(array(str("grid.a"), array(entry(1, "one")), join(hex("81"), str("fluent_signal"), hex(value))));
        assertThat(connection.sink.events).hasSize(1);
        assertThat(connection.malformed()).isZero();
    }

    /** Announced lengths and counts are no reason to take memory: no large buffer is had for any of these. */
    @Test
    void memoryIsNotTakenOnTheWordOfALength() {
        List<String> liars = List.of(
                "92 a161 dd ffffffff",
                "92 a161 c6 ffffffff",
                "92 a161 db ffffffff 92 01 df ffffffff",
                "dd ffffffff a161 01",
                "93 a161 01 df 7fffffff",
                "94 a161 01 80 df ffffffff",
                "db ffffffff",
                "92 db ffffffff",
                "92 a161 c6 ffffffff 1f8b 0804 000000000000 ffff",
                "92 a161 c6 ffffffff 28b52ffd a0 00000040");
        for (String liar : liars) {
            ScriptedConnection each = new ScriptedConnection();
            ScriptedSocket socket = ScriptedSocket.of(hex(liar));
            socket.onWait = () -> {
                assertThat(each.pools.largeBuffers().inUse()).as(liar).isZero();
                assertThat(each.pools.decompression().eventBuffers().inUse()).isZero();
                assertThat(each.pools.held().total())
                        .as("no more than what has come, and the thread")
                        .isLessThanOrEqualTo(ForwardLimits.AWAKE_BYTES + hex(liar).length);
            };
            each.run(socket);
            assertThat(each.malformed()).as(liar).isEqualTo(1);
            assertThat(each.received()).isLessThanOrEqualTo(1);
        }
    }
}
