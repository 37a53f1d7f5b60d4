package logstream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFile;
import logstream.buffer.FolderView;
import logstream.buffer.FrameKind;
import logstream.buffer.StoredFrame;
import logstream.pipeline.KeyedFrame;
import logstream.pipeline.KeyedFrame.LinePiece;

/**
 * Prints records that lie in files, one in a line; of a piece of a longer line, the bytes of the line.
 *
 * <p>Threading: confined to one thread.
 */
final class RecordDump {
    private final OutputStream out;
    private final boolean json;
    private final boolean terminal;

    /** @param terminal whether the output is one, which must not be driven by what it shows */
    RecordDump(OutputStream out, boolean json, boolean terminal) {
        this.out = out;
        this.json = json;
        this.terminal = terminal;
    }

    /** @param delivered whether it was delivered, and only its chunk is still there */
    void frame(StoredFrame frame, boolean delivered) throws IOException {
        KeyedFrame keyed = KeyedFrame.of(frame);
        if (!json) {
            text(keyed.key() + " " + (keyed.kind() == FrameKind.RECORD ? "" : "(" + kind(keyed) + ") "));
            line(data(keyed));
            return;
        }
        JsonOutput.line(out, object -> {
            object.writeStringField("chunk", FolderView.sequenceName(frame.sequence()));
            object.writeNumberField("index", frame.index());
            object.writeStringField("key", keyed.key());
            writeKind(object, keyed);
            object.writeBooleanField("delivered", delivered);
            JsonOutput.data(object, data(keyed));
        });
    }

    void letter(DeadLetterFile file, DeadLetter letter) throws IOException {
        KeyedFrame record = new KeyedFrame(letter.key(), FrameKind.RECORD, letter.data());
        dead(file.name(), letter.time(), letter.cause(), letter.reason(), record);
    }

    void frame(DeadLetterFile.WholeChunk chunk, StoredFrame frame) throws IOException {
        dead(chunk.name(), chunk.came(), chunk.cause(), chunk.reason(), KeyedFrame.of(frame));
    }

    private void dead(String file, Instant time, String cause, String reason, KeyedFrame record) throws IOException {
        if (json) {
            JsonOutput.line(out, object -> {
                object.writeStringField("file", file);
                object.writeStringField("time", time.toString());
                object.writeStringField("cause", cause);
                object.writeStringField("reason", reason);
                object.writeStringField("key", record.key());
                writeKind(object, record);
                JsonOutput.data(object, data(record));
            });
            return;
        }
        // A reason comes from an endpoint: it must not begin lines of its own, wherever it is shown.
        text(time + " " + (cause.isEmpty() ? "-" : cause) + " " + record.key() + " "
                + Amounts.size(record.payload().length) + ", " + file + "\n  reason: " + TerminalText.safe(reason)
                + "\n  " + kind(record) + ": ");
        line(data(record));
    }

    private static void writeKind(JsonGenerator object, KeyedFrame frame) throws IOException {
        object.writeStringField("kind", frame.kind().name().toLowerCase(Locale.ROOT));
        Optional<LinePiece> piece = frame.piece();
        if (piece.isPresent()) {
            object.writeStringField("line_id", piece.get().lineId());
            object.writeNumberField("ordinal", piece.get().ordinal());
            object.writeBooleanField("last", piece.get().last());
        }
        object.writeNumberField("bytes", frame.payload().length);
    }

    private static String kind(KeyedFrame frame) {
        return frame.piece()
                .map(piece -> (piece.last() ? "last piece, " : "piece ") + piece.ordinal() + " of line "
                        + TerminalText.safe(piece.lineId()))
                .orElse(frame.kind().name().toLowerCase(Locale.ROOT));
    }

    private static byte[] data(KeyedFrame frame) {
        return frame.piece().map(LinePiece::log).orElse(frame.payload());
    }

    private void line(byte[] data) throws IOException {
        if (terminal) {
            text(TerminalText.safe(new String(data, StandardCharsets.UTF_8)));
        } else {
            out.write(data);
        }
        out.write('\n');
    }

    private void text(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
