package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What real senders wrote, recorded by {@link CapturesIT}: the events in it, wherever the stream is cut. The events of
 * {@code NAME.hex} are in {@code NAME.events}; with {@code -Dgolden.write=true} these are written anew, to be read before
 * they are committed.
 */
class CapturesTest {
    /** A prime, so that the cuts of one capture fall on all kinds of bytes. */
    private static final int SINGLE_CUTS = 29;

    static List<String> names() throws IOException {
        return Capture.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theEventsAreThere(String name) throws IOException {
        String events = Replay.of(Capture.read(name).bytes(), List.of());

        Path golden = Capture.FOLDER.resolve(name + ".events");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, events);
        }
        assertThat(events).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whereItIsCutMakesNoDifference(String name) throws IOException {
        byte[] bytes = Capture.read(name).bytes();
        String events = Replay.of(bytes, List.of());

        for (int cut = 1; cut <= SINGLE_CUTS; cut++) {
            int at = (int) ((long) bytes.length * cut / (SINGLE_CUTS + 1));
            assertThat(Replay.of(bytes, List.of(at))).as("cut at %d", at).isEqualTo(events);
        }
        assertThat(Replay.of(bytes, IntStream.range(1, bytes.length).boxed().toList()))
                .as("byte by byte")
                .isEqualTo(events);
    }
}
