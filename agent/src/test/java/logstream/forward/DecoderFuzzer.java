package logstream.forward;

import java.io.EOFException;
import java.io.IOException;

/**
 * What Jazzer calls with bytes that it makes up: they are walked over as one msgpack value, and read if they are one.
 *
 * <p>It fails when anything but the end of the bytes is thrown, and when the walker and the cursor, of which the second
 * trusts the first, do not agree on where the value ends.
 */
public final class DecoderFuzzer {
    private static final int MOST = 32 << 10;

    private DecoderFuzzer() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        WireReader reader = new WireReader(ScriptedSocket.of(input), new ScriptedConnection().pools, new NoPauses());
        try {
            ValueWalker walker = new ValueWalker(reader, MessageBounds.DEFAULT);
            if (walker.walk(1, MOST, ValueWalker.UNBOUNDED) == ValueWalker.Outcome.WHOLE) {
                MsgpackCursor cursor = new MsgpackCursor().at(reader.bytes(), reader.position());
                int begin = cursor.position();
                cursor.skip();
                if (cursor.position() - begin != walker.length()) {
                    throw new AssertionError(
                            "walked over " + walker.length() + " bytes, read " + (cursor.position() - begin));
                }
            }
        } catch (EOFException e) {
            // The value is not whole.
            return;
        } catch (IOException | IntakeStoppedException e) {
            throw new AssertionError(e);
        } finally {
            reader.close();
        }
    }
}
