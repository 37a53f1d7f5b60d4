package logstream.forward;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import logstream.metrics.Metrics.DropCause;

/**
 * What Jazzer calls with bytes that it makes up: a whole connection is given them, in one piece and cut into pieces.
 *
 * <p>It fails when an exception leaves the connection, when anything borrowed is not given back, when an event that was
 * received was neither handed on nor dropped, or when the cuts change what comes out.
 *
 * <p>Format of an input: a byte that says where it is cut, then the bytes on the wire.
 */
public final class ConnectionFuzzer {
    private static final MessageBounds BOUNDS = new MessageBounds(64 << 10, 32 << 10, 32, 1 << 20, 1_000, 1 << 20, 100);

    private ConnectionFuzzer() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] wire = ByteBuffer.allocate(input.length - 1)
                .put(input, 1, input.length - 1)
                .array();
        List<RecordingSink.Event> whole = run(ScriptedSocket.of(wire));
        List<RecordingSink.Event> cut = run(ScriptedSocket.cut(wire, cuts(input[0] & 0xff, wire.length)));
        if (!whole.equals(cut)) {
            throw new AssertionError(whole.size() + " events in one piece, " + cut.size() + " or others in many");
        }
    }

    private static List<Integer> cuts(int step, int length) {
        List<Integer> cuts = new ArrayList<>();
        for (int at = step + 1; at < length && cuts.size() < 64; at += step + 1) {
            cuts.add(at);
        }
        return cuts;
    }

    private static List<RecordingSink.Event> run(ScriptedSocket socket) {
        ScriptedConnection connection = new ScriptedConnection(BOUNDS);
        connection.run(socket);
        long dropped = 0;
        for (DropCause cause : DropCause.values()) {
            dropped += connection.dropped(cause);
        }
        if (connection.received() != connection.sink.events.size() + dropped) {
            throw new AssertionError(connection.received() + " events received, " + connection.sink.events.size()
                    + " handed on, " + dropped + " dropped");
        }
        return List.copyOf(connection.sink.events);
    }
}
