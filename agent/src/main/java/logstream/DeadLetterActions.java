package logstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import logstream.buffer.Buffer;
import logstream.buffer.BufferClosedException;
import logstream.buffer.DeadLetterSelection;
import logstream.buffer.DeadLettersBusyException;
import logstream.buffer.TakenOut;
import logstream.control.ControlAction;
import logstream.control.RefusedException;
import logstream.metrics.Metrics;
import logstream.pipeline.Replay;
import org.jspecify.annotations.Nullable;

/**
 * The commands {@code dead-letters replay} and {@code dead-letters purge}.
 *
 * <p>Request: {@code file}, {@code match}, {@code before_ms}, {@code since_ms} (milliseconds since 1970), each optional,
 * see {@link DeadLetterSelection}. Progress: {@code records}. Answer: {@code records}, {@code bytes}, {@code files} and
 * {@code left}, see {@link TakenOut}.
 *
 * <p>Threading: as {@link ControlAction} says.
 */
final class DeadLetterActions {
    private static final Set<String> PARTS = Set.of("command", "file", "match", "before_ms", "since_ms");

    private final Buffer buffer;
    private final Metrics metrics;

    DeadLetterActions(Buffer buffer, Metrics metrics) {
        this.buffer = buffer;
        this.metrics = metrics;
    }

    /** Puts them into the buffer again. Whoever asked goes away: it ends, with what is in the buffer by then. */
    ObjectNode replay(ObjectNode request, ControlAction.Progress progress) throws RefusedException {
        Replay replay = new Replay(buffer, metrics, count -> progress.tell(records(count)));
        DeadLetterSelection selection = selection(request);
        return answer(() -> buffer.takeOutDeadLetters(selection, replay));
    }

    ObjectNode purge(ObjectNode request, ControlAction.Progress progress) throws RefusedException {
        DeadLetterSelection selection = selection(request);
        return answer(() -> buffer.purgeDeadLetters(selection));
    }

    private interface Work {
        TakenOut run() throws IOException, BufferClosedException, DeadLettersBusyException;
    }

    private static ObjectNode answer(Work work) throws RefusedException {
        try {
            TakenOut taken = work.run();
            return records(taken.records())
                    .put("bytes", taken.bytes())
                    .put("files", taken.files())
                    .put("left", taken.left());
        } catch (DeadLettersBusyException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        } catch (BufferClosedException _) {
            throw new RefusedException("the agent is ending: what was not replayed by now is still a dead letter;"
                    + " some of it may be in the buffer, too, under the same keys");
        } catch (IOException e) {
            throw new RefusedException("the disk does not allow it: " + e);
        }
    }

    /** A word that is not understood must not widen what is meant. */
    private static DeadLetterSelection selection(ObjectNode request) throws RefusedException {
        for (Map.Entry<String, JsonNode> part : request.properties()) {
            if (!PARTS.contains(part.getKey())) {
                throw new RefusedException("there is no '" + part.getKey() + "' in a request about dead letters");
            }
        }
        return new DeadLetterSelection(
                text(request, "file"), text(request, "match"), time(request, "before_ms"), time(request, "since_ms"));
    }

    private static @Nullable String text(ObjectNode request, String name) {
        JsonNode value = request.get(name);
        return value == null ? null : value.asText();
    }

    private static @Nullable Instant time(ObjectNode request, String name) {
        JsonNode value = request.get(name);
        return value == null ? null : Instant.ofEpochMilli(value.asLong());
    }

    private static ObjectNode records(long count) {
        return JsonNodeFactory.instance.objectNode().put("records", count);
    }
}
