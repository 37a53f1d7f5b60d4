package logstream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import logstream.buffer.FolderView;
import logstream.buffer.FolderView.ChunkView;
import logstream.buffer.FolderView.OtherFile;

/**
 * What {@code buffer ls} prints.
 *
 * @param agent process that uses the folder
 * @param now for ages
 */
record BufferListing(FolderView view, OptionalLong agent, Instant now) {
    void print(PrintWriter out) {
        out.println(view.folder()
                + (view.identity().isPresent() ? ": buffer " + identity(view.identity()) : "")
                + (agent.isPresent() ? ", used by process " + agent.getAsLong() : ", not in use"));
        out.println();
        Table table = new Table(
                List.of("CHUNK", "STATE", "FRAMES", "BYTES", "CREATED", "LAST WRITTEN", "AGE"),
                Set.of("FRAMES", "BYTES", "AGE"));
        long frames = 0;
        long bytes = 0;
        for (ChunkView chunk : view.chunks()) {
            frames += chunk.frames();
            bytes += chunk.bytes();
            table.add(
                    chunk.name(),
                    state(chunk),
                    Amounts.count(chunk.frames()),
                    Amounts.size(chunk.bytes()),
                    seconds(chunk.created()),
                    seconds(chunk.written()),
                    Amounts.age(Duration.between(chunk.created(), now)));
        }
        for (OtherFile other : view.others()) {
            table.add(
                    TerminalText.safe(name(other.path())),
                    state(other),
                    "-",
                    Amounts.size(other.bytes()),
                    "-",
                    seconds(other.written()),
                    "-");
        }
        table.print(out);
        out.println();
        out.println(Amounts.of(view.chunks().size(), "chunk") + ", " + Amounts.of(frames, "frame") + ", "
                + Amounts.size(bytes));
        for (OtherFile other : view.others()) {
            out.println("not read: " + TerminalText.safe(name(other.path())) + ", " + other.why());
        }
        Optional<ChunkView> next = view.next();
        out.println(
                next.isEmpty()
                        ? "nothing is left to be read"
                        : "next to be read: frame " + Amounts.count(index(next.get())) + " of chunk "
                                + next.get().name() + "; " + Amounts.of(view.pendingFrames(), "frame")
                                + " to go");
        out.flush();
    }

    void json(PrintWriter to) throws IOException {
        JsonOutput.line(to, out -> {
            out.writeStringField("folder", view.folder().toString());
            out.writeObjectField("buffer", view.identity().isPresent() ? identity(view.identity()) : null);
            out.writeObjectField("agent_pid", agent.isPresent() ? agent.getAsLong() : null);
            out.writeArrayFieldStart("chunks");
            for (ChunkView chunk : view.chunks()) {
                out.writeStartObject();
                out.writeStringField("chunk", chunk.name());
                out.writeStringField("state", state(chunk));
                out.writeStringField("buffer", identity(OptionalLong.of(chunk.identity())));
                out.writeNumberField("frames", chunk.frames());
                out.writeNumberField("bytes", chunk.bytes());
                out.writeStringField("created", chunk.created().toString());
                out.writeStringField("last_written", chunk.written().toString());
                out.writeNumberField(
                        "age_seconds", Duration.between(chunk.created(), now).toSeconds());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("others");
            for (OtherFile other : view.others()) {
                out.writeStartObject();
                out.writeStringField("file", name(other.path()));
                out.writeStringField("state", state(other));
                out.writeNumberField("bytes", other.bytes());
                out.writeStringField("last_written", other.written().toString());
                out.writeStringField("why", other.why());
                out.writeEndObject();
            }
            out.writeEndArray();
            Optional<ChunkView> next = view.next();
            if (next.isPresent()) {
                out.writeObjectFieldStart("next");
                out.writeStringField("chunk", next.get().name());
                out.writeNumberField("index", index(next.get()));
                out.writeEndObject();
            }
            out.writeNumberField("frames_to_go", view.pendingFrames());
        });
    }

    private static String state(ChunkView chunk) {
        return chunk.staged() ? "staged" : "queued";
    }

    private static String state(OtherFile other) {
        return other.torn() ? "torn" : "foreign";
    }

    private long index(ChunkView next) {
        return Math.max(0, view.releasedOrdinal() - next.firstOrdinal());
    }

    private static String identity(OptionalLong identity) {
        return String.format("%015x", identity.getAsLong());
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
