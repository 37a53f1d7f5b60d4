package logstream.monitor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes server-sent events.
 *
 * <p>Format: the HTML standard's {@code text/event-stream}. Data is one line: JSON of ours has no line ends.
 *
 * <p>Threading: confined to one thread.
 */
final class EventStream {
    static final String TYPE = "text/event-stream";

    private static final byte[] DATA = ascii("data: ");
    private static final byte[] END = ascii("\n\n");

    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /** Without a flush. */
    void event(String name, byte[] line) throws IOException {
        out.write(ascii("event: " + name + "\n"));
        out.write(DATA);
        out.write(line);
        out.write(END);
    }

    /** Nothing, so that a reader that has gone is noticed. */
    void beat() throws IOException {
        out.write(ascii(":\n\n"));
        out.flush();
    }

    void flush() throws IOException {
        out.flush();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
