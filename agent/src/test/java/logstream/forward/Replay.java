package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import logstream.metrics.Metrics.DropCause;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/**
 * What the decoder makes of the bytes of a capture, as text: a line {@code tag time record} per event, the record in JSON,
 * and a line per answer. Nothing in a capture is refused.
 */
final class Replay {
    /** A character so often that it is better told than shown. */
    private static final Pattern RUN = Pattern.compile("(.)\\1{99,}");

    private Replay() {}

    /** @param cuts offsets, ascending, at which one read ends and the next begins */
    static String of(byte[] bytes, List<Integer> cuts) {
        ScriptedConnection connection = new ScriptedConnection();
        ScriptedSocket socket = ScriptedSocket.cut(bytes, cuts);
        connection.run(socket);

        assertThat(connection.malformed()).as("malformed").isZero();
        for (DropCause cause : DropCause.values()) {
            assertThat(connection.dropped(cause)).as("dropped as %s", cause).isZero();
        }
        StringBuilder text = new StringBuilder();
        for (RecordingSink.Event event : connection.sink.events) {
            text.append("%s %d.%09d %s\n".formatted(event.tag(), event.seconds(), event.nanos(), event.record()));
        }
        appendAnswers(text, socket.written());
        return RUN.matcher(text).replaceAll(Replay::told);
    }

    private static String told(MatchResult run) {
        return run.group(1) + "{" + run.group().length() + "}";
    }

    private static void appendAnswers(StringBuilder text, byte[] answers) {
        if (answers.length > 0 && answers[0] == '{') {
            String json = new String(answers, StandardCharsets.UTF_8).replace("}{", "}\n{");
            json.lines()
                    .forEach(line -> text.append("answer in JSON ").append(line).append('\n'));
            return;
        }
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(answers)) {
            while (unpacker.hasNext()) {
                text.append("answer ").append(unpacker.unpackValue().toJson()).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
