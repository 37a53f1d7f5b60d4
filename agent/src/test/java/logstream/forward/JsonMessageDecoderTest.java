package logstream.forward;

import static logstream.forward.Wire.join;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.forward.RecordingSink.Event;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that speaks JSON. What is common to both encodings is in {@link FormsTest}. */
class JsonMessageDecoderTest {
    private static final byte[] AFTER = utf8("[\"after\",7,{\"log\":\"after\"}]");

    private ScriptedConnection connection = new ScriptedConnection();

    /** Runs the text, then a good message, which shows whether the connection went on. */
    private ScriptedSocket run(String text) {
        return run(utf8(text));
    }

    private ScriptedSocket run(byte[] bytes) {
        ScriptedSocket socket = ScriptedSocket.of(join(bytes, AFTER));
        connection.run(socket);
        return socket;
    }

    private List<Event> eventsBefore() {
        List<Event> events = new ArrayList<>(connection.sink.events);
        assertThat(events).last().isEqualTo(new Event("after", 7, 0, "{\"log\":\"after\"}"));
        events.removeLast();
        return events;
    }

    private static Event event(long seconds, String log) {
        return new Event("grid.a", seconds, 0, "{\"log\":\"" + log + "\"}");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"grid.a\",1,{\"log\":\"one\"}][\"grid.a\",2,{\"log\":\"two\"}]",
                "[\"grid.a\",1,{\"log\":\"one\"}]\n[\"grid.a\",2,{\"log\":\"two\"}]\n",
                "[ \"grid.a\" ,\r\n1\t, { \"log\" : \"one\" } ] \r\n\r\n [\"grid.a\",2,{\"log\":\"two\"},null ] ",
                "[\"grid.a\",[[1,{\"log\":\"one\"}],[2,{\"log\":\"two\"}]]]",
                "[ \"grid.a\" , [ [ 1 , {\"log\":\"one\"} ] ,\n[ 2 , {\"log\":\"two\"} ] ] , { } ]\n",
                "[\"grid.a\",[[[1,{\"level\":3}],{\"log\":\"one\"}],[[2],{\"log\":\"two\"}]],{}]",
                "[\"grid.a\",[]][\"grid.a\",[ ]][\"grid.a\",[[1,{\"log\":\"one\"}],[2,{\"log\":\"two\"}]]]",
                "[\"\\u0067rid.a\",1,{\"log\":\"one\"}][\"grid.\\u0061\",2,{\"\\u006cog\":\"two\"}]",
                "[\"grid.a\",1,{\"log\":\"one\"},{},\"more\",[{}]][\"grid.a\",2,{\"log\":\"two\"},null,1]"
            })
    void messagesMayBeWrittenInManyWays(String text) {
        run(text);
        assertThat(eventsBefore()).containsExactly(event(1, "one"), event(2, "two"));
        assertThat(connection.malformed()).isZero();
        assertThat(connection.received()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"p8n9gmxTQVC8/nh2wlKKeQ==\"",
                "\"with a newline\\n\"",
                "\"\\u0041 and \\\"quotes\\\" and \u00e9\"",
                "\"\"",
                "17",
                "-1.5e3",
                "true",
                "[1,{\"a\":null}]",
                "{\"a\":[]}"
            })
    void aTokenIsAnsweredAsItCame(String token) {
        ScriptedSocket socket = run("[\"grid.a\",1,{\"log\":\"one\"},{\"chunk\":" + token + "}]"
                + "[\"grid.a\",[[2,{\"log\":\"two\"}]],{\"a\":1, \"chunk\" : " + token + " }]");
        assertThat(eventsBefore()).containsExactly(event(1, "one"), event(2, "two"));
        String answer = "{\"ack\":" + token + "}";
        assertThat(text(socket.written())).isEqualTo(answer + answer);
        assertThat(socket.writes).containsExactly(utf8(answer).length, utf8(answer).length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",null", ",{}", ",{\"chunk\":null}", ",5", ",\"chunk\"", ",{\"size\":1}", ",[{\"chunk\":1}]"
            })
    void withoutATokenNothingIsAnswered(String option) {
        ScriptedSocket socket = run("[\"grid.a\",1,{\"log\":\"one\"}" + option + "]");
        assertThat(eventsBefore()).containsExactly(event(1, "one"));
        assertThat(socket.written()).isEmpty();
        assertThat(connection.malformed()).isZero();
    }

    @Test
    void aTokenBeyondItsLimitIsNotAnsweredAndTheConnectionGoesOn() {
        String longest = "\"" + "c".repeat(ForwardLimits.ACK_TOKEN_BYTES - 2) + "\"";
        ScriptedSocket socket = run("[\"grid.a\",1,{\"log\":\"one\"},{\"chunk\":" + longest + "}]"
                + "[\"grid.a\",2,{\"log\":\"two\"},{\"chunk\":\"c" + longest.substring(1) + "}]");
        assertThat(eventsBefore()).hasSize(2);
        assertThat(text(socket.written())).isEqualTo("{\"ack\":" + longest + "}");
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("0", "0"),
                Arguments.of("-1", "-1"),
                Arguments.of("127", "127"),
                Arguments.of("128", "128"),
                Arguments.of("-33", "-33"),
                Arguments.of("9223372036854775807", "9223372036854775807"),
                Arguments.of("-9223372036854775808", "-9223372036854775808"),
                Arguments.of("18446744073709551615", "18446744073709551615"),
                Arguments.of("18446744073709551616", "\"18446744073709551616\""),
                Arguments.of("-9223372036854775809", "\"-9223372036854775809\""),
                Arguments.of("1".repeat(5000), "\"" + "1".repeat(5000) + "\""),
                Arguments.of("0.25", "0.25"),
                Arguments.of("-2.5E-2", "-0.025"),
                Arguments.of("1e2", "100.0"),
                Arguments.of("1e400", "\"1e400\""),
                Arguments.of("0." + "3".repeat(5000), "0.3333333333333333"),
                Arguments.of("true", "true"),
                Arguments.of("false", "false"),
                Arguments.of("null", "null"),
                Arguments.of("[]", "[]"),
                Arguments.of("{}", "{}"),
                Arguments.of("[1,[2,{\"a\":[]}]]", "[1,[2,{\"a\":[]}]]"),
                Arguments.of("{\"b\":1,\"a\":{\"\":2}}", "{\"b\":1,\"a\":{\"\":2}}"),
                Arguments.of("\"\"", "\"\""),
                Arguments.of("\"" + "s".repeat(31) + "\"", "\"" + "s".repeat(31) + "\""),
                Arguments.of("\"" + "s".repeat(32) + "\"", "\"" + "s".repeat(32) + "\""),
                Arguments.of("\"" + "s".repeat(70_000) + "\"", "\"" + "s".repeat(70_000) + "\""),
                Arguments.of("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""),
                Arguments.of("\"\\u00e9\u00e9\"", "\"\u00e9\u00e9\""),
                Arguments.of("\"\\ud83d\\ude00\ud83d\ude00\"", "\"\\uD83D\\uDE00\\uD83D\\uDE00\""),
                Arguments.of("\"a\\ud83db\"", "\"a\ufffdb\""),
                Arguments.of("\"\\ude00\"", "\"\ufffd\""),
                Arguments.of("\"\\ud83d\"", "\"\ufffd\""),
                Arguments.of("\"\\ud83d\\ud83d\\ude00\"", "\"\ufffd\\uD83D\\uDE00\""));
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyValueHasItsPlace(String json, String expected) {
        run("[\"grid.a\",1,{\"v\":" + json + ",\"w\":1}][\"grid.a\",[[1,{\"v\":" + json + "}]]]");
        assertThat(eventsBefore())
                .containsExactly(
                        new Event("grid.a", 1, 0, "{\"v\":" + expected + ",\"w\":1}"),
                        new Event("grid.a", 1, 0, "{\"v\":" + expected + "}"));
        assertThat(connection.malformed()).isZero();
    }

    @Test
    void manyValuesAreCounted() {
        String many =
                String.join(",", IntStream.range(0, 70_000).mapToObj(i -> "1").toList());
        run("[\"grid.a\",1,{\"v\":[" + many + "]}]");
        assertThat(eventsBefore()).containsExactly(new Event("grid.a", 1, 0, "{\"v\":[" + many + "]}"));
    }

    @Test
    void bytesThatAreNoUtf8AreReplaced() {
        run(join(
                utf8("[\"grid.a\",1,{\"log\":\"a"), new byte[] {(byte) 0xe2, (byte) 0x82, (byte) 0xff}, utf8("b\"}]")));
        assertThat(eventsBefore()).containsExactly(event(1, "a\ufffd\ufffdb"));
        assertThat(connection.malformed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tag\":\"grid.a\",\"log\":\"one\"}",
                "{}",
                "[]",
                "[ ]",
                "[1,2,{}]",
                "[null]",
                "[{},\"grid.a\",[[]]]",
                "[\"grid.a\"]",
                "[\"grid.a\",1]",
                "[\"grid.a\" , 1 ]",
                "[\"grid.a\",\"gwFaAaNsb2c=\"]",
                "[\"grid.a\",\"2026-01-31T13:39:27Z\",{\"log\":\"one\"}]"
            })
    void whatIsNoMessageIsCountedAndTheConnectionGoesOn(String text) {
        ScriptedSocket socket = run(text);
        assertThat(eventsBefore()).isEmpty();
        assertThat(connection.malformed(MalformedCause.NOT_A_MESSAGE)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(1);
        assertThat(socket.written()).isEmpty();
    }

    @Test
    void strayValuesBetweenMessagesAreCounted() {
        run("[\"grid.a\",1,{\"log\":\"one\"}] null 12\n\"text\"{}\ttrue ");
        assertThat(eventsBefore()).containsExactly(event(1, "one"));
        assertThat(connection.malformed(MalformedCause.NOT_A_MESSAGE)).isEqualTo(5);
        assertThat(connection.malformed()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x ",
                "]",
                ",",
                "[,]",
                "[\"grid.a\",]",
                "[\"grid.a\" 1]",
                "[\"grid.a\":1]",
                "[\"grid.a\",1,]",
                "[\"grid.a\",tru,{}]",
                "[\"grid.a\",01,{}]",
                "[\"grid.a\",+1,{}]",
                "[\"grid.a\",.5,{}]",
                "[\"grid.a\",1 1,{}]",
                "[\"grid.a\",NaN,{}]",
                "[\"grid.a\",1,{\"a\"}]",
                "[\"grid.a\",1,{\"a\":}]",
                "[\"grid.a\",1,{\"a\":1,}]",
                "[\"grid.a\",1,{a:1}]",
                "[\"grid.a\",1,{'a':1}]",
                "[\"grid.a\",1,{\"a\":1]]",
                "[\"grid.a\",1,[1}]",
                "[\"grid.a\",1,{\"a\":\"\\x\"}]",
                "[\"grid.a\",1,{\"a\":\"\\u12\"}]",
                "[\"grid.a\",1,{\"a\":\"tab\there\"}]",
                "[\"grid.a\",1,{\"log\":\"not ended}]\n",
                "[\"grid.a\",1,{}\u0000]",
                "[\"grid.a\",1,{} /* why */]",
                "[\"grid.a\\x\",1,{}]",
                "[\"grid.a\",[1,{}}]",
                "[\"grid.a\",[[1,{}] [2,{}]]]",
                "[\"grid.a\",1,{},{\"chunk\"}]",
                "[\"grid.a\",1,{},{\"chunk\" 1}]",
                "[\"grid.a\",1,{},{1:2}]",
                "[\"grid.a\",1,{},{\"chunk\":1}}",
                "[\"grid.a\",1,{}\u00e9]"
            })
    void whatIsNotJsonClosesTheConnectionAndKeepsWhatCameBefore(String text) {
        ScriptedSocket socket = run("[\"grid.a\",9,{\"log\":\"nine\"},{\"chunk\":\"a\"}]" + text);
        assertThat(connection.sink.events)
                .startsWith(event(9, "nine"))
                .doesNotContain(new Event("after", 7, 0, "{\"log\":\"after\"}"));
        assertThat(text(socket.written())).isEqualTo("{\"ack\":\"a\"}");
        assertThat(connection.malformed(MalformedCause.NOT_JSON)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
    }

    @Test
    void theFirstByteChoosesForGood() {
        ScriptedSocket msgpack = ScriptedSocket.of(join(message("grid.a", 1, "one"), utf8("[")));
        connection.run(msgpack);
        assertThat(connection.sink.events).containsExactly(event(1, "one"));
        assertThat(connection.malformed(MalformedCause.NOT_A_MESSAGE)).isEqualTo(1);

        connection = new ScriptedConnection();
        connection.run(ScriptedSocket.of(join(AFTER, message("grid.a", 1, "one"))));
        assertThat(eventsBefore()).isEmpty();
        assertThat(connection.malformed(MalformedCause.NOT_JSON)).isEqualTo(1);
    }

    @Test
    void everyPrefixOfAMessageIsCutOff() {
        String last = "[\"grid.a\", [[1,{\"log\":\"one\\n\"}],[2,{\"a\":[1.5]}]], {\"chunk\":\"b\"}]";
        for (int length = 1; length < last.length(); length++) {
            ScriptedConnection each = new ScriptedConnection();
            ScriptedSocket socket = ScriptedSocket.of(join(AFTER, utf8(" \n"), utf8(last.substring(0, length))));
            each.run(socket);
            assertThat(socket.written()).isEmpty();
            assertThat(each.malformed(MalformedCause.CUT_OFF))
                    .as("%d bytes", length)
                    .isEqualTo(1);
            assertThat(each.malformed()).isEqualTo(1);
            assertThat(each.received()).isEqualTo(each.sink.events.size());
        }
    }

    @Test
    void spaceAfterAMessageIsNoHalfMessage() {
        connection.run(ScriptedSocket.of(join(AFTER, utf8(" \r\n\t"))));
        assertThat(connection.malformed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "null", "\"x\"", "{}", "[]", "[1]", "[1,{},2]", "[1,null]", "[[],{}]", "[\"1\",{}]"})
    void anInvalidEntryCostsItselfAndIsAcknowledged(String bad) {
        ScriptedSocket socket =
                run("[\"grid.a\",[[1,{\"log\":\"one\"}]," + bad + ",[2,{\"log\":\"two\"}]],{\"chunk\":\"f\"}]");
        assertThat(eventsBefore()).containsExactly(event(1, "one"), event(2, "two"));
        assertThat(text(socket.written())).isEqualTo("{\"ack\":\"f\"}");
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(4);
    }

    @Test
    void aTimeThatIsNoneByItsLengthCostsItsEvent() {
        String time = "1".repeat(200);
        ScriptedSocket socket = run("[\"grid.a\"," + time + ",{\"log\":\"one\"},{\"chunk\":1}]"
                + "[\"grid.a\"," + time + "]"
                + "[\"grid.a\",{\"a\":{\"b\":[[" + time + "]]}},{\"log\":\"one\"},{\"chunk\":2}]");
        assertThat(eventsBefore()).isEmpty();
        assertThat(text(socket.written())).isEqualTo("{\"ack\":1}{\"ack\":2}");
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(2);
        assertThat(connection.malformed(MalformedCause.NOT_A_MESSAGE)).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(3);
    }

    @Test
    void theTagIsTheSameInstanceWhileItsBytesAre() {
        run("[\"a\",1,{}][\"a\",1,{}][\"b\",1,{}]");
        List<Tag> tags = connection.sink.tags;
        assertThat(tags.get(1)).isSameAs(tags.get(0));
        assertThat(tags.get(2)).isNotSameAs(tags.get(1));
    }

    @Test
    void aTagTooLongToBeReadCostsItsEventsAndIsAcknowledged() {
        String longest = "t".repeat(ForwardLimits.TAG_BYTES);
        ScriptedSocket socket = run("[\"" + longest + "\",1,{\"log\":\"one\"},{\"chunk\":1}]"
                + "[\"" + longest + "t\",2,{\"log\":\"two\"},{\"chunk\":2}]"
                + "[\"" + longest.repeat(100) + "\",[[3,{}],[4,{}]],{\"chunk\":3}]"
                + "[\"" + "\\u0074".repeat(ForwardLimits.TAG_BYTES) + "\",5,{\"log\":\"five\"},{\"chunk\":4}]");
        assertThat(eventsBefore())
                .containsExactly(
                        new Event(longest, 1, 0, "{\"log\":\"one\"}"), new Event(longest, 5, 0, "{\"log\":\"five\"}"));
        assertThat(text(socket.written())).isEqualTo("{\"ack\":1}{\"ack\":2}{\"ack\":3}{\"ack\":4}");
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(3);
    }

    @Test
    void nestingIsBounded() {
        connection = new ScriptedConnection(Bounds.ofNesting(10));
        ScriptedSocket socket = run(nested(10) + nested(11) + nested(1_000_000));
        assertThat(eventsBefore()).hasSize(1);
        assertThat(text(socket.written())).isEqualTo("{\"ack\":1}".repeat(3));
        assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(2);
        assertThat(connection.malformed()).isZero();
    }

    /** A message whose record, the map included, is this deep. */
    private static String nested(int depth) {
        return "[\"grid.a\",1,{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "},{\"chunk\":1}]";
    }

    @Test
    void anEventAtTheLimitIsTakenAndOneBeyondIsDroppedAndAcknowledged() {
        int most = 100_000;
        connection = new ScriptedConnection(most);
        // As msgpack: time 1 byte, map header 5, key 4, header of a str32 5.
        String fits = "f".repeat(most - 15);
        ScriptedSocket socket = run("[\"grid.a\",1,{\"log\":\"" + fits + "\"},{\"chunk\":1}]"
                + "[\"grid.a\",2,{\"log\":\"" + fits + "f\"},{\"chunk\":2}]"
                + "[\"grid.a\",[[3,{\"log\":\"three\"}],[4,{\"log\":\"" + fits.repeat(30) + "\"}]],{\"chunk\":3}]");
        assertThat(eventsBefore()).containsExactly(event(1, fits), event(3, "three"));
        assertThat(text(socket.written())).isEqualTo("{\"ack\":1}{\"ack\":2}{\"ack\":3}");
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(2);
        assertThat(connection.malformed()).isZero();
    }

    @Test
    void stringsAreBounded() {
        connection = new ScriptedConnection(Bounds.ofStrings(2000));
        run("[\"grid.a\",1,{\"log\":\"" + "s".repeat(2000) + "\"}][\"grid.a\",1,{\"log\":\"" + "s".repeat(2001)
                + "\"}]");
        assertThat(eventsBefore()).hasSize(1);
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void entriesAreBounded() {
        connection = new ScriptedConnection(Bounds.ofMessages(1 << 20, 2));
        ScriptedSocket socket =
                run("[\"grid.a\",[[1,{\"log\":\"one\"}],[2,{\"log\":\"two\"}],[3,{}],[4,{}]],{\"chunk\":1}]");
        assertThat(eventsBefore()).containsExactly(event(1, "one"), event(2, "two"));
        assertThat(text(socket.written())).isEqualTo("{\"ack\":1}");
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(2);
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(5);
    }

    @Test
    void messagesAreBounded() {
        connection = new ScriptedConnection(Bounds.ofMessages(1000, 1_000_000));
        String entry = "[1,{\"log\":\"" + "x".repeat(84) + "\"}]";
        assertThat(entry).hasSize(98);
        run("[\"a\",[" + (entry + ",").repeat(29) + entry + "]]");
        assertThat(eventsBefore()).hasSize(11);
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(19);
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
    }

    @Test
    void otherSignalsThanLogsAreCountedAndAcknowledged() {
        ScriptedSocket socket = run(
                "[\"grid.a\",[{\"meta\":{}}],{\"fluent_signal\":1,\"chunk\":1}]"
                        + "[\"grid.a\",[],{\"fluent_signal\":0,\"chunk\":2}][\"grid.a\",[],{\"fluent_signal\":\"1\",\"chunk\":3}]");
        assertThat(eventsBefore()).isEmpty();
        assertThat(connection.malformed(MalformedCause.UNSUPPORTED_SIGNAL)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
        assertThat(text(socket.written())).isEqualTo("{\"ack\":1}{\"ack\":2}{\"ack\":3}");
    }
}
