package logstream.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import logstream.buffer.DeadLetterSelection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters a command is about: those for which every option that is given holds. */
final class DeadLetterChoice {
    @Option(
            names = "--file",
            paramLabel = "NAME",
            description = "Only what is in this file; 'dead-letters ls' names them.")
    private @Nullable String file;

    @Option(
            names = "--match",
            paramLabel = "TEXT",
            description = "Only those whose cause or reason has this text in it, in upper or lower case.")
    private @Nullable String match;

    @Option(
            names = "--older",
            paramLabel = "TIME",
            converter = SendCommand.DurationConverter.class,
            description = "Only what was given up on longer ago: 30m, 2h, 7d.")
    private @Nullable Duration older;

    @Option(
            names = "--newer",
            paramLabel = "TIME",
            converter = SendCommand.DurationConverter.class,
            description = "Only what was given up on since then.")
    private @Nullable Duration newer;

    boolean isEverything() {
        return file == null && match == null && older == null && newer == null;
    }

    DeadLetterSelection selection(Instant now) {
        return new DeadLetterSelection(
                file, match, older == null ? null : now.minus(older), newer == null ? null : now.minus(newer));
    }

    /** The selection as the agent is told it. */
    static ObjectNode request(DeadLetterSelection selection) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        if (selection.file() != null) {
            request.put("file", selection.file());
        }
        if (selection.match() != null) {
            request.put("match", selection.match());
        }
        if (selection.before() != null) {
            request.put("before_ms", selection.before().toEpochMilli());
        }
        if (selection.since() != null) {
            request.put("since_ms", selection.since().toEpochMilli());
        }
        return request;
    }
}
