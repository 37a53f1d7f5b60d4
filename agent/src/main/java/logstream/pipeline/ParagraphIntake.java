package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.buffer.FrameBatch;
import logstream.forward.MsgpackCursor;
import logstream.forward.Peer;
import logstream.forward.Tag;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines of one connection {@link Paragraph}s: each line becomes a frame at once, and is acknowledged as any other.
 *
 * <p>What is no line, no whole line, or a line of JSON that is lifted, stands for itself, and ends the paragraph before it.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class ParagraphIntake {
    private final Paragraphs paragraphs;
    private final Metrics metrics;
    private final Peer peer;
    private final ParagraphEnd end = new ParagraphEnd();
    private final MsgpackCursor cursor = new MsgpackCursor();

    /** Docker's two outputs, or whatever came last. */
    private final @Nullable KnownOutput[] known = new KnownOutput[2];

    private int replacedLast;
    private @Nullable Tag tag;

    /** Number of the batch that frames go to; 0 when there is none. */
    private long batch;

    ParagraphIntake(Paragraphs paragraphs, Metrics metrics, Peer peer) {
        this.paragraphs = paragraphs;
        this.metrics = metrics;
        this.peer = peer;
    }

    /** The bytes that an output was made of. */
    private record KnownOutput(byte[] container, byte[] source, Output output) {}

    /** What the encoder has made is handed on, or forgotten; what comes goes to another batch. */
    void handedOn() {
        batch = 0;
    }

    /** A line that may be one of a paragraph. */
    private record Arrived(
            ParagraphRule rule,
            Output output,
            String beginning,
            int length,
            long seconds,
            Tag tag,
            Paragraph.LineWriter writer) {}

    /** As {@link RecordEncoder#encode}, of an event whose tag the rule is for. */
    int encode(
            RecordEncoder encoder,
            FrameBatch frames,
            ParagraphRule rule,
            long seconds,
            int nanos,
            MsgpackCursor record,
            Tag eventTag) {
        byte[] wire = record.bytes();
        int event = record.position();
        if (batch == 0) {
            batch = paragraphs.nextBatch();
        }
        EventFields fields = encoder.look(cursor.at(wire, event));
        Output output = output(fields, eventTag);
        if (output == null) {
            return encoder.encode(frames, seconds, nanos, record, eventTag.bytes());
        }
        Paragraph open = paragraphs.of(output).orElse(null);
        if (encoder.isWholeLine()) {
            Paragraph.LineWriter writer = (id, ordinal) ->
                    encoder.appendLine(frames, seconds, nanos, cursor.at(wire, event), eventTag.bytes(), id, ordinal);
            int looked = Math.min(fields.logLength(), LineGrammar.MOST_LOOKED_AT);
            String beginning = new String(wire, fields.logAt(), looked, StandardCharsets.UTF_8);
            Arrived line = new Arrived(rule, output, beginning, fields.logLength(), seconds, eventTag, writer);
            if (open != null && goesOn(open, line, frames)) {
                return 1;
            }
            end(open, frames);
            if (begins(line, frames)) {
                return 1;
            }
        } else {
            end(open, frames);
        }
        return encoder.encode(frames, seconds, nanos, record, eventTag.bytes());
    }

    private boolean goesOn(Paragraph open, Arrived line, FrameBatch frames) {
        if (!open.rule().equals(line.rule) || !paragraphs.hasMemory()) {
            return false;
        }
        int state = line.rule.grammar().next(open.state(), line.beginning);
        if (state == LineGrammar.OTHER || !take(open, state, line, paragraphs.now(), frames)) {
            return false;
        }
        metrics.linesJoined.increment();
        return true;
    }

    private boolean begins(Arrived line, FrameBatch frames) {
        if (!paragraphs.hasRoom()) {
            return false;
        }
        int state = line.rule.grammar().first(line.beginning);
        long now = paragraphs.now();
        Paragraph one =
                new Paragraph(line.output, line.rule, paragraphs.nextId(), line.tag.bytes(), line.seconds, state, now);
        if (!take(one, state, line, now, frames)) {
            return false;
        }
        if (!paragraphs.opened(one)) {
            // Senders that nothing tells apart, such as two at a UNIX socket.
            end(one, frames);
        }
        return true;
    }

    private boolean take(Paragraph one, int state, Arrived line, long now, FrameBatch frames) {
        int taken = one.take(state, line.length, now, batch, frames, line.writer);
        paragraphs.grew(taken);
        return taken > 0;
    }

    private void end(@Nullable Paragraph open, FrameBatch frames) {
        if (open == null) {
            return;
        }
        int before = frames.count();
        Paragraph.EndWriter writer =
                (id, ordinal, seconds, tagBytes) -> end.write(frames, id, ordinal, seconds, tagBytes);
        if (open.end(batch, frames, writer)) {
            metrics.created(CreateCause.PARAGRAPH_END).add((long) frames.count() - before);
            paragraphs.closed(open);
        }
    }

    /** Null when what it is called would be too long. */
    private @Nullable Output output(EventFields fields, Tag eventTag) {
        if (eventTag != tag) {
            Arrays.fill(known, null);
            tag = eventTag;
        }
        for (KnownOutput one : known) {
            if (one != null && fields.isFrom(one.container, one.source)) {
                return one.output;
            }
        }
        byte[] container = fields.container();
        byte[] source = fields.source();
        if (container.length + source.length > Output.MOST_NAME_BYTES) {
            return null;
        }
        Output output = new Output(
                container.length == 0 ? peer.name() : peer.address().orElse(peer.name()),
                eventTag.toString(),
                new String(container, StandardCharsets.ISO_8859_1),
                new String(source, StandardCharsets.ISO_8859_1));
        replacedLast = 1 - replacedLast;
        known[replacedLast] = new KnownOutput(container, source, output);
        return output;
    }
}
