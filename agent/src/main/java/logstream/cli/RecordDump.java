package logstream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import logstream.buffer.DeadLetter;
import logstream.buffer.FolderView;
import logstream.buffer.FrameKind;
import logstream.buffer.StoredFrame;
import logstream.pipeline.KeyedFrame;

/**
 * Prints records that lie in files, one in a line.
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
            text(keyed.key() + (keyed.kind() == FrameKind.RECORD ? "" : " (" + kind(keyed) + ")") + " ");
            line(keyed.payload());
            return;
        }
        JsonOutput.line(out, object -> {
            object.writeStringField("chunk", FolderView.sequenceName(frame.sequence()));
            object.writeNumberField("index", frame.index());
            object.writeStringField("key", keyed.key());
            object.writeStringField("kind", kind(keyed));
            object.writeBooleanField("delivered", delivered);
            object.writeNumberField("bytes", keyed.payload().length);
            JsonOutput.data(object, keyed.payload());
        });
    }

    /** @param file in which it lies */
    void letter(String file, DeadLetter letter) throws IOException {
        if (json) {
            JsonOutput.line(out, object -> {
                object.writeStringField("file", file);
                object.writeStringField("time", letter.time().toString());
                object.writeStringField("cause", letter.cause());
                object.writeStringField("reason", letter.reason());
                object.writeStringField("key", letter.key());
                object.writeNumberField("bytes", letter.data().length);
                JsonOutput.data(object, letter.data());
            });
            return;
        }
        text(letter.time() + " " + (letter.cause().isEmpty() ? "-" : letter.cause()) + " " + letter.key() + " "
                + Amounts.size(letter.data().length) + ", " + file + "\n  reason: " + safe(letter.reason())
                + "\n  record: ");
        line(letter.data());
    }

    private static String kind(KeyedFrame frame) {
        return frame.kind().name().toLowerCase(Locale.ROOT);
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

    /** A reason comes from an endpoint: it must not begin lines of its own, anywhere. */
    private static String safe(String text) {
        return TerminalText.safe(text);
    }
}
