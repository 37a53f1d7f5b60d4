package logstream.forward;

import static logstream.forward.Wire.array;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.entry;
import static logstream.forward.Wire.gzip;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.str;

import java.nio.charset.StandardCharsets;

/** A connection on which gzip comes, then zstd, twice: prints what was answered. */
final class ZstdProbe {
    /** A frame made elsewhere, since this program is for machines on which none can be made: nothing, uncompressed. */
    private static final byte[] EMPTY_FRAME = hex("28b52ffd 00 00 010000");

    private ZstdProbe() {}

    public static void main(String[] arguments) {
        for (int time = 1; time <= 2; time++) {
            ScriptedSocket socket = ScriptedSocket.of(join(
                    array(str("grid.a"), bin(gzip(entry(1, "one"))), option("gzip")),
                    array(str("grid.a"), bin(EMPTY_FRAME), option("zstd"))));
            new ScriptedConnection().run(socket);
            System.out.println(new String(socket.written(), StandardCharsets.ISO_8859_1).replaceAll("[^a-z]+", " "));
        }
    }
}
