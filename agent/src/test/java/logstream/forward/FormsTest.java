package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.gzip;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.map;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.pack;
import static logstream.forward.Wire.str;
import static logstream.forward.Wire.str32;
import static logstream.forward.Wire.utf8;
import static logstream.forward.Wire.zstd;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import logstream.forward.RecordingSink.Event;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form of message with every option, and with every kind of time and of broken entry: what is kept, dropped, answered. */
class FormsTest {
    private static final String TAG = "grid.a";

    /** An event as it is sent, and what becomes of it: dropped when there is no time. */
    record Sent(String name, byte[] time, byte[] record, String json, long seconds, int nanos, DropCause drop) {}

    /** A form of message: makes the elements between tag and option of the events. */
    private record Form(String name, boolean many, UnaryOperator<byte[]> payload) {}

    private record Option(String name, byte[] msgpack, String json, boolean answered) {}

    private static final byte[] RECORD = map("log", "x");
    private static final String JSON_RECORD = "{\"log\":\"x\"}";
    private static final long NOW_SECONDS = ScriptedConnection.NOW.getEpochSecond();
    private static final int NOW_NANOS = ScriptedConnection.NOW.get(ChronoField.NANO_OF_SECOND);
    private static final String TOKEN = "p8n9gmxTQVC8/nh2wlKKeQ==";

    private static final List<Option> OPTIONS = List.of(
            new Option("no option", new byte[0], "", false),
            new Option("nil", hex("c0"), "null", false),
            new Option("no chunk", map("compressed", "text"), "{\"compressed\":\"text\"}", false),
            new Option("chunk", map("chunk", TOKEN), "{\"chunk\":\"" + TOKEN + "\"}", true),
            new Option(
                    "chunk among others",
                    map("size", "1", "chunk", TOKEN, "compressed", "gzip", "custom", "y"),
                    "{ \"size\" : 1 , \"chunk\":\"" + TOKEN + "\", \"custom\": {\"chunk\":[]} }",
                    true));

    private static final Option WITH_CHUNK = OPTIONS.getLast();

    private static final List<Form> FORMS = List.of(
            new Form("message", false, entry -> Arrays.copyOfRange(entry, 1, entry.length)),
            new Form("forward", true, entry -> join(hex("91"), entry)),
            new Form("packed str8", true, entry -> join(hex("d9"), new byte[] {(byte) entry.length}, entry)),
            new Form("packed str16", true, entry -> join(hex("da00"), new byte[] {(byte) entry.length}, entry)),
            new Form("packed str32", true, Wire::str32),
            new Form("packed bin8", true, Wire::bin),
            new Form("packed bin16", true, entry -> join(hex("c500"), new byte[] {(byte) entry.length}, entry)),
            new Form("packed bin32", true, entry -> join(hex("c6000000"), new byte[] {(byte) entry.length}, entry)),
            new Form("gzip str", true, entry -> str32(gzip(entry))),
            new Form("gzip bin, more members", true, entry -> bin(join(gzip(new byte[0]), gzip(entry)))),
            new Form("zstd str", true, entry -> str32(zstd(entry))),
            new Form("zstd bin, more frames", true, entry -> bin(join(zstd(new byte[0]), zstd(entry)))));

    private static Sent kept(String name, String time, String json, long seconds, int nanos) {
        return new Sent(name, hex(time), RECORD, json, seconds, nanos, DropCause.DAMAGED);
    }

    private static Sent dropped(String name, String time, byte[] record, String json, DropCause cause) {
        return new Sent(name, hex(time), record, json, -1, 0, cause);
    }

    private static final List<Sent> EVENTS = List.of(
            kept("fixint", "07", "7," + JSON_RECORD, 7, 0),
            kept("uint8", "ccff", "255," + JSON_RECORD, 255, 0),
            kept("uint16", "cdffff", "", 65_535, 0),
            kept("uint32", "ceffffffff", "4294967295," + JSON_RECORD, 4_294_967_295L, 0),
            kept("uint64", "cf0000000100000000", "4294967296," + JSON_RECORD, 1L << 32, 0),
            kept("int8", "d07f", "", 127, 0),
            kept("int16", "d17fff", "", 32_767, 0),
            kept("int32", "d25f5e1000", "", 0x5f5e1000L, 0),
            kept("int64", "d30000003afff4417f", "253402300799," + JSON_RECORD, 253_402_300_799L, 0),
            kept("EventTime fixext8", "d7005f5e10003b9ac9ff", "", 0x5f5e1000L, 999_999_999),
            kept("EventTime ext8", "c708005f5e100000000001", "", 0x5f5e1000L, 1),
            kept("EventTime unsigned", "d700fffffffd00000000", "", 4_294_967_293L, 0),
            kept("float64", "cb41d7d784003c8000", "1600000000.9453125," + JSON_RECORD, 1_600_000_000L, 945_312_500),
            kept("float32", "ca3fc00000", "1.5," + JSON_RECORD, 1, 500_000_000),
            kept("0 is now", "00", "0," + JSON_RECORD, NOW_SECONDS, NOW_NANOS),
            kept("float 0 is now", "cb0000000000000000", "0.0," + JSON_RECORD, NOW_SECONDS, NOW_NANOS),
            kept("EventTime 0 is now", "d7000000000000000000", "", NOW_SECONDS, NOW_NANOS),
            dropped("time nil", "c0", RECORD, "null," + JSON_RECORD, DropCause.INVALID),
            dropped("time true", "c3", RECORD, "true," + JSON_RECORD, DropCause.INVALID),
            dropped("time negative", "ff", RECORD, "-1," + JSON_RECORD, DropCause.INVALID),
            dropped("time before 1970", "cbbff8000000000000", RECORD, "-1.5," + JSON_RECORD, DropCause.INVALID),
            dropped("time NaN", "cb7ff8000000000000", RECORD, "", DropCause.INVALID),
            dropped("time after 9999", "cf0000003afff44180", RECORD, "253402300800," + JSON_RECORD, DropCause.INVALID),
            dropped("time beyond a long", "cfffffffffffffffff", RECORD, "1e400," + JSON_RECORD, DropCause.INVALID),
            dropped("time map", "80", RECORD, "{}," + JSON_RECORD, DropCause.INVALID),
            dropped("EventTime of 4 bytes", "d6005f5e1000", RECORD, "", DropCause.INVALID),
            dropped("EventTime of 2 seconds of nanos", "d7005f5e100077359400", RECORD, "", DropCause.INVALID),
            dropped("msgpack's timestamp", "d6ff5f5e1000", RECORD, "", DropCause.INVALID),
            dropped("group begins", "d700ffffffff00000000", RECORD, "", DropCause.GROUP_MARK),
            dropped("group ends", "c70800fffffffe00000000", RECORD, "", DropCause.GROUP_MARK),
            dropped("group without a record", "d700ffffffff00000000", hex("c0"), "", DropCause.GROUP_MARK),
            dropped("record nil", "07", hex("c0"), "7,null", DropCause.INVALID),
            dropped("record string", "07", str("x"), "7,\"x\"", DropCause.INVALID),
            dropped("record array", "07", hex("90"), "7,[]", DropCause.INVALID),
            dropped("record number", "07", hex("07"), "7,7", DropCause.INVALID));

    static Stream<Arguments> inMsgpack() {
        List<Arguments> rows = new ArrayList<>();
        for (Form form : FORMS) {
            for (Sent event : EVENTS) {
                byte[] entry = array(event.time(), event.record());
                rows.add(row(form, WITH_CHUNK, event, "", entry));
                if (form.many()) {
                    byte[] header = array(event.time(), map("a", "b"));
                    rows.add(row(form, WITH_CHUNK, event, ", with metadata", array(header, event.record())));
                }
            }
            for (Option option : OPTIONS) {
                Sent event = EVENTS.getFirst();
                rows.add(row(form, option, event, "", array(event.time(), event.record())));
            }
        }
        return rows.stream();
    }

    private static Arguments row(Form form, Option option, Sent event, String shape, byte[] entry) {
        int elements = (form.many() ? 2 : 3) + (option.msgpack().length > 0 ? 1 : 0);
        byte[] bytes = join(
                pack(p -> p.packArrayHeader(elements)), str(TAG), form.payload().apply(entry), option.msgpack());
        String name = form.name() + ", " + option.name() + ", " + event.name() + shape;
        return Arguments.of(name, bytes, event, option.answered() ? ack(TOKEN) : new byte[0]);
    }

    static Stream<Arguments> inJson() {
        List<Arguments> rows = new ArrayList<>();
        byte[] answer = utf8("{\"ack\":\"" + TOKEN + "\"}");
        for (Option option : OPTIONS) {
            String end = (option.json().isEmpty() ? "" : "," + option.json()) + "]";
            for (Sent event : EVENTS) {
                if (!event.json().isEmpty()) {
                    byte[] reply = option.answered() ? answer : new byte[0];
                    String name = ", " + option.name() + ", " + event.name();
                    String start = "[\"" + TAG + "\",";
                    rows.add(Arguments.of("message" + name, utf8(start + event.json() + end), event, reply));
                    rows.add(Arguments.of(
                            "forward" + name, utf8(start + "[[" + event.json() + "]]" + end), event, reply));
                }
            }
        }
        return rows.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inMsgpack")
    void msgpack(String name, byte[] bytes, Sent event, byte[] answer) {
        check(name, join(bytes, message("after", 7, "after")), event, answer);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inJson")
    void json(String name, byte[] bytes, Sent event, byte[] answer) {
        check(name, join(bytes, utf8("\n[\"after\",7,{\"log\":\"after\"}]\n")), event, answer);
    }

    private static void check(String name, byte[] stream, Sent event, byte[] answer) {
        ScriptedConnection connection = new ScriptedConnection();
        ScriptedSocket socket = ScriptedSocket.of(stream);
        connection.run(socket);
        List<Event> expected = new ArrayList<>();
        boolean kept = event.seconds() >= 0;
        if (kept) {
            expected.add(new Event(TAG, event.seconds(), event.nanos(), JSON_RECORD));
        }
        expected.add(new Event("after", 7, 0, "{\"log\":\"after\"}"));
        assertThat(connection.sink.events).as(name).isEqualTo(expected);
        assertThat(socket.written()).isEqualTo(answer);
        assertThat(connection.received()).isEqualTo(2);
        for (DropCause cause : DropCause.values()) {
            assertThat(connection.dropped(cause)).as(cause.name()).isEqualTo(!kept && cause == event.drop() ? 1 : 0);
        }
        assertThat(connection.malformed()).isZero();
        assertThat(connection.metrics.messagesReceived.sum()).isEqualTo(2);
    }
}
